import { print } from "./output";

const cleanups = new Set<() => unknown>();
let listening = false;
let ending: Promise<unknown> | undefined;

/**
 * Has this done at the end of a run, whatever ends it: no process, folder or file of a run outlives it. At once, if the end has begun.
 * @returns what says that it need not be done any more
 */
export function onInterruption(cleanup: () => unknown): () => void {
  if (!listening) listen();
  cleanups.add(cleanup);
  if (ending) void cleanup();
  return () => void cleanups.delete(cleanup);
}

/** Does, once, all that is to be done at the end. */
export function cleanUp(): Promise<unknown> {
  ending ??= Promise.allSettled([...cleanups].map(async (cleanup) => cleanup()));
  return ending;
}

/** Runs something that a signal ends early, and says so; what fails then is of no interest. @returns its exit code, or 130 */
export async function untilInterrupted(run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interrupted = new AbortController();
  let finished = false;
  onInterruption(() => {
    if (!finished) print("\nStopping …");
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

/** Ends the run once npm is gone, which started it: a signal to npm alone reaches nothing that npm started. */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => process.ppid !== npm && interrupt(), 1_000).unref();
}

function listen(): void {
  listening = true;
  // Not `once`: a terminal and npm may both send it, and the second must not cut the cleaning short.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
}

function interrupt(): void {
  if (!ending) void cleanUp().then(() => process.exit(130));
}
