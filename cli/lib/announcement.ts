import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";
import { NotFoundError, UserError } from "../../domain/userError";
import { isRunning, takeLock, withLock } from "../../local/lock";
import type { LocalPipeline } from "../../local/pipeline";

/** Content of `pipeline.json`. */
interface Announced extends LocalPipeline {
  /** Process of the local run. */
  pid: number;
}

const usualFolder = path.resolve(__dirname, "../..", ".local");
const folder = path.resolve(process.env.LOCAL_RUN_FOLDER || usualFolder);
const file = path.join(folder, "pipeline.json");

/** Returns the folder in which a local run keeps a stack's URLs, secrets and events for the next start. */
export const keptFolder = (stack: string) => path.join(folder, "kept", stack);

/** Returns a file of the local run's folder in which a start leaves something for the next one. */
export const runFile = (name: string) => path.join(folder, name);

const answerTimeoutMs = 5_000;
const connectTimeoutMs = 1_000;

/**
 * Takes the folder of the local run for this process, until it ends, and makes it where there is none.
 * @throws UserError if another run has it, or it cannot be used
 */
export async function takeRunFolder(): Promise<void> {
  makeRunFolder();
  const other = readAnnounced();
  if (other && isRunning(other.pid) && (await isListening(other.endpoint))) refuseSecondRun(`process ${other.pid}, ${other.endpoint}`);
  const holder = takeLock(path.join(folder, "lock"));
  if (typeof holder === "number") refuseSecondRun(`process ${holder}, which is starting or stopping`);
}

function refuseSecondRun(which: string): never {
  throw new UserError(
    `A pipeline runs here already (${which}). Stop it with Ctrl-C, or set LOCAL_RUN_FOLDER to another folder for this one.`,
  );
}

/** Makes the folder level by level: where nobody can make one, such as /proc, Node.js's recursive way does not end. */
export function makeRunFolder(): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = path.dirname(at)) missing.unshift(at);
  try {
    for (const one of missing) mkdirSync(one, { mode: 0o700 });
    // With the slash, a file is refused, too.
    accessSync(folder + path.sep, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return makeRunFolder();
    throw new UserError(`LOCAL_RUN_FOLDER is ${folder} (${code}). Allowed: a folder that this user can write.`);
  }
}

/** Announces a running pipeline to other commands, in a file for its owner alone: it holds keys. The folder is this process's own. */
export function announcePipeline(pipeline: LocalPipeline): void {
  if (folder === usualFolder) chmodSync(folder, 0o700);
  rmSync(file, { force: true });
  const announced: Announced = { pid: process.pid, ...pipeline };
  writeFileSync(file, JSON.stringify(announced, undefined, 2), { mode: 0o600, flag: "wx" });
}

/** Changes what the run of another process announces. Other programs read either the file before or the file after. */
export async function changeAnnouncement(change: (pipeline: LocalPipeline) => Partial<LocalPipeline>): Promise<void> {
  await withLock(
    path.join(folder, "pipeline.lock"),
    () => undefined,
    async () => {
      const announced = readAnnounced();
      if (!announced) return;
      const temporary = path.join(folder, "pipeline.json.new");
      rmSync(temporary, { force: true });
      writeFileSync(temporary, JSON.stringify({ ...announced, ...change(announced) }, undefined, 2), { mode: 0o600, flag: "wx" });
      renameSync(temporary, file);
    },
  );
}

/** Removes this process's own announcement. */
export function withdrawPipeline(): void {
  if (readAnnounced()?.pid === process.pid) rmSync(file, { force: true });
}

/** Finds the local run. @throws NotFoundError if there is none @throws UserError if it does not answer */
export async function findPipeline(): Promise<LocalPipeline> {
  const announced = readAnnounced();
  if (!announced || !isRunning(announced.pid)) throw new NotFoundError(noRun);
  await requireAnswer(announced.endpoint);
  return announced;
}

const noRun = 'No pipeline runs here. Start one with "npx webhook-pipeline start" in another terminal.';

/** Requires any answer of the local AWS: without a signature, it is a refusal. */
async function requireAnswer(endpoint: string): Promise<void> {
  try {
    const { body } = await fetch(endpoint, { signal: AbortSignal.timeout(answerTimeoutMs) });
    await body?.cancel();
  } catch {
    throw new UserError(`The pipeline at ${endpoint} does not answer. Stop "npx webhook-pipeline start" with Ctrl-C, and start it again.`);
  }
}

function readAnnounced(): Announced | undefined {
  try {
    const announced = JSON.parse(readFileSync(file, "utf8")) as Partial<Announced>;
    return typeof announced.pid === "number" && URL.canParse(announced.endpoint ?? "") ? (announced as Announced) : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether something listens at an endpoint. After a crash, another program may have the process ID of the run, but not its port, too. */
export function isListening(endpoint: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(endpoint);
  // An IPv6 address has brackets in a URL, and nowhere else.
  const host = hostname.replace(/^\[|\]$/g, "");
  const socket = connect({ host, port: Number(port || (protocol === "https:" ? 443 : 80)), timeout: connectTimeoutMs });
  return new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("timeout", () => resolve(true));
    socket.once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
