import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";
import { UserError } from "../../domain/userError";
import type { LocalPipeline } from "../../local/pipeline";

/** The content of `pipeline.json`. */
interface Announced extends LocalPipeline {
  /** The process that runs it. */
  pid: number;
}

const usualFolder = path.resolve(__dirname, "../..", ".local");
const folder = path.resolve(process.env.LOCAL_RUN_FOLDER || usualFolder);
const file = path.join(folder, "pipeline.json");

const answerTimeoutMs = 5_000;
const connectTimeoutMs = 1_000;

/** @throws UserError if a pipeline runs here already: its file would be lost */
export async function refuseSecondRun(): Promise<void> {
  const other = readAnnounced();
  if (!other || !isAlive(other.pid) || !(await isListening(other.endpoint))) return;
  throw new UserError(
    `A pipeline runs here already (process ${other.pid}, ${other.endpoint}): end it with Ctrl-C first, or give this one a folder of its own with LOCAL_RUN_FOLDER.`,
  );
}

/**
 * Leaves word of a running pipeline for other programs; readable by its owner alone, for it holds keys.
 * @throws UserError if another one has done so meanwhile
 */
export async function announcePipeline(pipeline: LocalPipeline): Promise<void> {
  await refuseSecondRun();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (folder === usualFolder) chmodSync(folder, 0o700);
  rmSync(file, { force: true });
  const announced: Announced = { pid: process.pid, ...pipeline };
  writeFileSync(file, JSON.stringify(announced, undefined, 2), { mode: 0o600, flag: "wx" });
}

/** Takes this process's own word back. */
export function withdrawPipeline(): void {
  if (readAnnounced()?.pid === process.pid) rmSync(file, { force: true });
}

/** @throws UserError if no pipeline runs, or the one that does answers nothing */
export async function findPipeline(): Promise<LocalPipeline> {
  const announced = readAnnounced();
  if (!announced || !isAlive(announced.pid)) throw new UserError('No pipeline runs here: start one with "npm start" in another terminal.');
  await requireAnswer(announced.endpoint);
  return announced;
}

/** Any answer will do: without a signature, it is a refusal. */
async function requireAnswer(endpoint: string): Promise<void> {
  try {
    const { body } = await fetch(endpoint, { signal: AbortSignal.timeout(answerTimeoutMs) });
    await body?.cancel();
  } catch {
    throw new UserError(`The pipeline at ${endpoint} does not answer: end "npm start" with Ctrl-C, and start it again.`);
  }
}

function readAnnounced(): Announced | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Announced;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Another program may have the process id of one that was killed, but hardly its port as well. */
function isListening(endpoint: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(endpoint);
  const socket = connect({ host: hostname, port: Number(port || (protocol === "https:" ? 443 : 80)), timeout: connectTimeoutMs });
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("timeout", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
