import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { connectionTo, type LocalAws } from "./clients";
import { UserError } from "../domain/userError";
import { ensurePythonEnvironment } from "./python";

const loopback = "127.0.0.1";
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 3_000;
/** Writing the state of some ten thousand executions takes a while. */
const saveTimeoutMs = 60_000;
const miniStack = { what: "The local AWS", requirements: path.join(__dirname, "requirements.txt") };
/** MiniStack itself with what it lacks: it asks nobody for a signature. */
const guard = path.join(__dirname, "guard.py");
const cacheFolder = path.resolve(__dirname, "..", ".cache");

/** The Python of the local AWS's own packages. @throws UserError if it cannot be made. */
export const ensureMiniStackPython = (progress: (message: string) => void) => ensurePythonEnvironment(miniStack, progress);

/** A local AWS that runs until it is stopped. */
export interface RunningAws {
  aws: LocalAws;
  /** The process group in which it and the functions' workers run; another one after a restart. */
  processGroup(): number;
  /**
   * Ends it in good order with everything that is under way, and starts it again at the same address with what it has stored.
   * @throws Error if it was not started as `persistent`, or did not end or start again in time
   */
  restart(): Promise<void>;
  /** Ends it with everything that it started, and removes what it stored. */
  stop(): Promise<void>;
}

export interface MiniStackOptions {
  region: string;
  /** A free one if not given. */
  port?: number;
  /** Whether it can be restarted: it stores its state when it ends. */
  persistent?: boolean;
  /** Told how to stop it as soon as there is something to stop, so that an interruption while it starts leaves nothing behind. */
  onSpawn?: (stop: () => Promise<void>) => void;
  /** Told what is going on, where it takes long. */
  progress?: (message: string) => void;
}

/**
 * Starts MiniStack on the loopback interface, with IAM enforced, behind a guard that serves nobody without the keys of this run, but for
 * the public webhook path. It ends with this process, however that ends.
 * @throws UserError if Python is missing, it cannot be installed, or the port is in use.
 */
export async function startMiniStack(options: MiniStackOptions): Promise<RunningAws> {
  const { region, port, persistent = false, onSpawn = () => {}, progress = () => {} } = options;
  const python = await ensureMiniStackPython(progress);
  const chosenPort = await freePort(port);
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(path.join(cacheFolder, "run-"));
  const logFile = path.join(folder, "ministack.log");
  const aws: LocalAws = {
    endpoint: `http://${loopback}:${chosenPort}`,
    region,
    accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  const env = environment(folder, chosenPort, aws, persistent);

  let child = spawnMiniStack(python, folder, logFile, env);
  let stopped = false;
  const stop = async () => {
    stopped = true;
    await endGroup(child, stopTimeoutMs);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
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

function spawnMiniStack(python: string, folder: string, logFile: string, env: NodeJS.ProcessEnv): ChildProcess {
  const log = openSync(logFile, "a");
  // Its standard input is closed with this process, and the guard ends with that.
  const child = spawn(python, ["-I", guard], { cwd: folder, env, stdio: ["pipe", log, log], detached: true });
  closeSync(log);
  return child;
}

/** Nothing of the caller's own AWS settings reaches the emulator or the functions that it runs. Keys are here and not among the arguments,
 * which other accounts of the machine can read. */
function environment(folder: string, port: number, aws: LocalAws, persistent: boolean): NodeJS.ProcessEnv {
  return {
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`,
    HOME: folder,
    TMPDIR: folder,
    PERSIST_STATE: persistent ? "1" : "0",
    STATE_DIR: path.join(folder, "state"),
    S3_DATA_DIR: path.join(folder, "s3"),
    GATEWAY_PORT: String(port),
    BIND_HOST: loopback,
    MINISTACK_HOST: loopback,
    MINISTACK_REGION: aws.region,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    AUTH: "true",
    // These would listen on every interface, with no guard before them.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    LOG_LEVEL: "WARNING",
    POWERTOOLS_TRACE_ENABLED: "false",
    ...quickened(process.env.EMULATOR_QUICKENED === "true"),
  };
}

/** Shortens what the emulator waits for: between two readings of a pipe's stream, and in a state machine's waits. For tests alone. */
function quickened(quick: boolean): NodeJS.ProcessEnv {
  return quick ? { PIPE_POLL_SECONDS: "0.2", SFN_WAIT_SCALE: "0.1" } : {};
}

/** @throws UserError if the port that was asked for is in use. */
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

/** Until it takes the keys of this run: whatever else listens at this address would not. */
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
  throw new UserError(`MiniStack did not start; its last words were:\n${readFileSync(logFile, "utf8").slice(-2000)}`);
}

/**
 * The functions' workers are its children: the whole process group goes.
 * @returns whether it ended by itself in this time
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
    // The group is gone already.
  }
}
