import { printError } from "./output";

const cleanups = new Set<() => unknown>();
let listening = false;
let ending: Promise<unknown> | undefined;
let interruptedAt: number | undefined;
/** A terminal and npm can both send a signal: only a later one is a second request to end. */
const sameSignalMs = 1_000;

/**
 * Calls a function at the end of a run, also after a signal, so that no process, folder or file outlives the run. Calls it at once if the end
 * has begun.
 * @returns a function that cancels the call
 */
export function onInterruption(cleanup: () => unknown): () => void {
  if (!listening) listen();
  cleanups.add(cleanup);
  if (ending) void cleanup();
  return () => void cleanups.delete(cleanup);
}

/** Calls, once, every function that `onInterruption` was given. */
export function cleanUp(): Promise<unknown> {
  ending ??= Promise.allSettled([...cleanups].map(async (cleanup) => cleanup()));
  return ending;
}

/** Runs a function that a signal ends early. Ignores its error then. @returns its exit code, or 130 after a signal */
export async function untilInterrupted(run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interrupted = new AbortController();
  let finished = false;
  onInterruption(() => {
    if (!finished) printError("\nStopping … Press Ctrl-C again to stop at once.");
    interrupted.abort();
  });
  try {
    return await run(interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    throw error;
  } finally {
    finished = true;
  }
}

/** Ends the run when the npm that started it has ended. npm does not pass a signal on. */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => process.ppid !== npm && interrupt(), 1_000).unref();
}

function listen(): void {
  listening = true;
  // Not `once`: without a listener, the second signal would end the process before the cleanup has.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
}

/** Cleans up and ends. A second request ends at once: a cleanup can wait for something that has stopped. */
function interrupt(): void {
  if (interruptedAt !== undefined && Date.now() - interruptedAt > sameSignalMs) process.exit(130);
  interruptedAt ??= Date.now();
  if (!ending) void cleanUp().then(() => process.exit(130));
}
