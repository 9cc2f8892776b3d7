import { setTimeout as sleep } from "node:timers/promises";

/** Pace of work on many events: its rate, and the signal that ends it. */
export interface Pace {
  /** Events a second, at most. */
  rate: number;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

/**
 * Works on many things, some at once, no faster than asked, until all are done or the signal says stop.
 * @param work returns false to stop: what it was given then counts as not worked on
 * @returns how many were worked on
 */
export async function inPace<T>(
  all: readonly T[],
  atOnce: number,
  { rate, signal, onProgress }: Pace,
  work: (some: T[]) => Promise<boolean | void>,
): Promise<number> {
  const started = Date.now();
  let done = 0;
  while (done < all.length && !signal.aborted) {
    const some = all.slice(done, done + Math.min(atOnce, rate));
    if ((await work(some)) === false) break;
    done += some.length;
    onProgress(done);
    const ahead = (done / rate) * 1_000 - (Date.now() - started);
    if (ahead > 0 && done < all.length) await sleep(ahead, undefined, { signal }).catch(() => undefined);
  }
  return done;
}

/** Runs something that Ctrl-C stops in good order: what is under way is finished, and the command says where it stopped. */
export async function stoppable<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const stop = () => interruption.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, stop);
  try {
    return await run(interruption.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}
