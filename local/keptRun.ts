import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../domain/userError";
import { isRunning, takeLock } from "./lock";
import type { SigningKeys } from "./signing";

/** A run as the next one continues it, beside its events: URLs and secrets stay the same. */
export interface KeptRun {
  /** Port of the local AWS; `undefined` before the first start. */
  port: number | undefined;
  /** ID of the REST API, which is a part of each URL. */
  apiId: string;
  /** Names that Pulumi would generate, by type and logical name. */
  names: Record<string, string>;
  signing: SigningKeys;
}

/** Services whose state is kept. The others are deployed anew, so that a changed program or configuration counts. */
const keptServices = ["dynamodb", "eventbridge", "s3", "secretsmanager", "sqs"].map((service) => `${service}.json`);

/** Time for the local AWS of a run that was killed to store its state. */
const predecessorTimeoutMs = 60_000;

/** Names the file in which a run is kept. */
const fileIn = (folder: string) => path.join(folder, "run.json");

/** Names the folder of the local AWS in a kept run's folder. */
export const awsFolderIn = (folder: string) => path.join(folder, "aws");

/**
 * Reads what a run before has kept in a folder, and creates the folder for its owner alone if there is none. The folder is this process's
 * until it ends.
 * @throws UserError if another process has the folder, or the file is damaged
 */
export function openKeptRun(folder: string): KeptRun {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = takeLock(path.join(folder, "lock"));
  if (typeof holder === "number") throw new UserError(`Process ${holder} runs with ${folder} already. Stop it, or start without --keep.`);
  if (!existsSync(fileIn(folder))) {
    rmSync(awsFolderIn(folder), { recursive: true, force: true });
    return { port: undefined, apiId: randomBytes(4).toString("hex"), names: {}, signing: {} };
  }
  try {
    const run = JSON.parse(readFileSync(fileIn(folder), "utf8")) as KeptRun;
    if (typeof run.apiId !== "string" || [run.names, run.signing].some((one) => typeof one !== "object")) throw new Error("not a kept run");
    return run;
  } catch {
    throw new UserError(`${fileIn(folder)} cannot be read. Delete the folder ${folder} to start with new URLs, secrets and no events.`);
  }
}

/** Keeps a run for the next start, in a file for its owner alone. */
export function saveKeptRun(folder: string, run: KeptRun): void {
  const temporary = `${fileIn(folder)}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, JSON.stringify(run, undefined, 2), { mode: 0o600, flag: "wx" });
  renameSync(temporary, fileIn(folder));
}

/** Waits until the local AWS of a run that was killed has stored its state. */
export async function awaitPredecessor(folder: string): Promise<void> {
  const deadline = Date.now() + predecessorTimeoutMs;
  while (Date.now() < deadline && isRunning(processOf(folder))) await sleep(100);
}

/** Notes the process of the local AWS that uses a folder. */
export function noteProcess(folder: string, pid: number): void {
  writeFileSync(path.join(folder, "pid"), String(pid), { mode: 0o600 });
}

/** Returns the process of the local AWS that used a folder last; an ID that no process has if there is none. */
function processOf(folder: string): number {
  try {
    return Number(readFileSync(path.join(folder, "pid"), "utf8")) || noProcess;
  } catch {
    return noProcess;
  }
}

const noProcess = 2 ** 31 - 1;

/** Removes from the folder of a local AWS all but the state that is kept. */
export function pruneAwsFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) if (name !== "state" && name !== "s3") remove(path.join(folder, name));
  const state = path.join(folder, "state");
  if (!existsSync(state)) return;
  for (const name of readdirSync(state)) if (!keptServices.includes(name)) remove(path.join(state, name));
}

const remove = (file: string) => rmSync(file, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
