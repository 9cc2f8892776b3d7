import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { connectionTo, type LocalAws } from "./clients";
import { UserError } from "../domain/userError";
import { awaitPredecessor, noteProcess, pruneAwsFolder } from "./keptRun";
import { ensurePythonEnvironment } from "./python";

const loopback = "127.0.0.1";
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 3_000;
/** Time to store the state of some ten thousand executions. */
const saveTimeoutMs = 60_000;
const miniStack = { what: "The local AWS", requirements: path.join(__dirname, "requirements.txt") };
/** Runs MiniStack, and verifies the signatures that it does not. */
const guard = path.join(__dirname, "guard.py");
const cacheFolder = path.resolve(__dirname, "..", ".cache");

/** Returns the Python interpreter of the local AWS's packages. @throws UserError if they cannot be installed */
export const ensureMiniStackPython = (progress: (message: string) => void) => ensurePythonEnvironment(miniStack, progress);

/** A local AWS that runs until it is stopped. */
export interface RunningAws {
  aws: LocalAws;
  /** Returns the process group of the local AWS and the functions' workers. A restart creates another one. */
  processGroup(): number;
  /**
   * Stops the local AWS, lets it store its state, and starts it again at the same address with that state.
   * @throws Error if it was not started as `persistent`, or does not stop or start in time
   */
  restart(): Promise<void>;
  /** Stops the local AWS and everything that it started, and removes its files unless they are kept. */
  stop(): Promise<void>;
}

export interface MiniStackOptions {
  region: string;
  /** A free port if left out. */
  port?: number;
  /** Stores the state at a restart. */
  persistent?: boolean;
  /** Folder that keeps events, secrets and queues for the next start. */
  keptFolder?: string;
  /** Receives the function that stops the process, as soon as there is one: an interruption during the start leaves nothing behind. */
  onSpawn?: (stop: () => Promise<void>) => void;
  /** Receives a line about work that takes long. */
  progress?: (message: string) => void;
}

/**
 * Starts MiniStack on the loopback interface, with IAM enforced. A guard serves only requests signed with this run's keys, and requests to
 * the webhooks' path. MiniStack ends with this process, however that ends.
 * @throws UserError if Python is missing, MiniStack cannot be installed, or the port is in use
 */
export async function startMiniStack(options: MiniStackOptions): Promise<RunningAws> {
  const { region, port, keptFolder, persistent = false, onSpawn = () => {}, progress = () => {} } = options;
  const python = await ensureMiniStackPython(progress);
  if (keptFolder !== undefined) await awaitPredecessor(keptFolder);
  const chosenPort = await freePort(port);
  const folder = keptFolder ?? temporaryFolder();
  if (keptFolder !== undefined) pruneAwsFolder(keptFolder);
  const logFile = path.join(folder, "ministack.log");
  const aws: LocalAws = {
    endpoint: `http://${loopback}:${chosenPort}`,
    region,
    accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  const env = environment(folder, chosenPort, aws, { persistent, kept: keptFolder !== undefined });

  let child = spawnMiniStack(python, folder, logFile, env);
  if (keptFolder !== undefined) noteProcess(keptFolder, child.pid!);
  let stopped = false;
  const stop = async () => {
    stopped = true;
    await endGroup(child, keptFolder === undefined ? stopTimeoutMs : saveTimeoutMs);
    if (keptFolder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    else pruneAwsFolder(keptFolder);
  };
  const restart = async () => {
    if (!persistent) throw new Error("MiniStack keeps nothing over a restart unless it is started as persistent.");
    if (!(await endGroup(child, saveTimeoutMs))) throw new Error(`MiniStack did not store its state within ${saveTimeoutMs} ms.`);
    if (stopped) return;
    child = spawnMiniStack(python, folder, logFile, env);
    await waitUntilReady(aws, child, logFile);
  };
  onSpawn(stop);
  try {
    await waitUntilReady(aws, child, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { aws, processGroup: () => child.pid!, restart, stop };
}

function temporaryFolder(): string {
  mkdirSync(cacheFolder, { recursive: true });
  return mkdtempSync(path.join(cacheFolder, "run-"));
}

function spawnMiniStack(python: string, folder: string, logFile: string, env: NodeJS.ProcessEnv): ChildProcess {
  const log = openSync(logFile, "a");
  // The guard ends when its standard input is closed, which happens when this process ends.
  const child = spawn(python, ["-I", guard], { cwd: folder, env, stdio: ["pipe", log, log], detached: true });
  closeSync(log);
  return child;
}

/** Returns MiniStack's environment, without the caller's own AWS settings. Other accounts of the machine can read arguments, so keys are here. */
function environment(
  folder: string,
  port: number,
  aws: LocalAws,
  { persistent, kept }: { persistent: boolean; kept: boolean },
): NodeJS.ProcessEnv {
  return {
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`,
    HOME: folder,
    TMPDIR: folder,
    PERSIST_STATE: persistent || kept ? "1" : "0",
    S3_PERSIST: kept ? "1" : "0",
    KEEP_FOLDER: kept ? "1" : "0",
    STATE_DIR: path.join(folder, "state"),
    S3_DATA_DIR: path.join(folder, "s3"),
    GATEWAY_PORT: String(port),
    BIND_HOST: loopback,
    MINISTACK_HOST: loopback,
    MINISTACK_REGION: aws.region,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    AUTH: "true",
    // These servers would listen on every interface, without the guard.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    LOG_LEVEL: "WARNING",
    POWERTOOLS_TRACE_ENABLED: "false",
    ...quickened(process.env.EMULATOR_QUICKENED === "true"),
  };
}

/** Shortens the emulator's waits, for tests: between two reads of a pipe's stream, and in state machines. */
function quickened(quick: boolean): NodeJS.ProcessEnv {
  return quick ? { PIPE_POLL_SECONDS: "0.2", SFN_WAIT_SCALE: "0.1" } : {};
}

/** Returns a free port, or the wanted one. @throws UserError if the wanted port is in use */
async function freePort(wanted?: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE" || error.code === "EACCES"
          ? new UserError(`Port ${wanted} is not free: choose another with --port, or leave it out.`)
          : error,
      ),
    );
    server.listen(wanted ?? 0, loopback, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Waits until MiniStack accepts this run's keys, which no other program at this address would. */
async function waitUntilReady(aws: LocalAws, child: ChildProcess, logFile: string): Promise<void> {
  const sts = new STSClient({ ...connectionTo(aws), maxAttempts: 1 });
  const given = AbortSignal.timeout(readyTimeoutMs);
  while (!given.aborted) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const ready = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: given }).then(
      () => true,
      () => false,
    );
    if (ready) return sts.destroy();
    await sleep(50);
  }
  sts.destroy();
  throw new UserError(`MiniStack did not start; the end of its log:\n${readFileSync(logFile, "utf8").slice(-2000)}`);
}

/**
 * Ends the process group: MiniStack and the functions' workers.
 * @returns whether MiniStack ended by itself in time
 */
async function endGroup(child: ChildProcess, timeoutMs: number): Promise<boolean> {
  if (child.pid === undefined) return true;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const gone = new Promise((resolve) => (hasEnded() ? resolve(undefined) : child.once("exit", resolve)));
  signalGroup(child.pid, "SIGTERM");
  await Promise.race([gone, sleep(timeoutMs, undefined, { ref: false })]);
  const ended = hasEnded();
  signalGroup(child.pid, "SIGKILL");
  return ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}
