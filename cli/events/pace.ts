import { setTimeout as sleep } from "node:timers/promises";

/** Pace of work on many events: its rate, and the signal that ends it. */
export interface Pace {
  /** Events a second, at most. */
  rate: number;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

/** How far work on many things came. */
export interface Worked<T> {
  done: number;
  /** Why it did not work on all: the signal, `work`, or an error said stop. */
  stopped?: {
    /** The first thing that it did not work on; `undefined` if it could not be read. */
    next?: T;
    error?: unknown;
  };
}

/**
 * Works on many things, some at once, no faster than asked, until all are done, the signal says stop, or an error occurs. It takes things
 * as it needs them.
 * @param work returns false or throws to stop: what it was given then counts as not worked on
 */
export async function inPace<T>(
  all: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  { rate, signal, onProgress }: Pace,
  work: (some: T[]) => Promise<boolean | void>,
): Promise<Worked<T>> {
  const started = Date.now();
  const parts = partsOf(all, Math.min(atOnce, rate));
  let done = 0;
  for (;;) {
    let next: T | undefined;
    try {
      const { value: some } = await parts.next();
      if (!some) return { done };
      [next] = some;
      const ahead = (done / rate) * 1_000 - (Date.now() - started);
      if (ahead > 0) await sleep(ahead, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || (await work(some)) === false) return { done, stopped: { next } };
      done += some.length;
    } catch (error) {
      return { done, stopped: { next, error } };
    }
    onProgress(done);
  }
}

async function* partsOf<T>(all: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[], undefined> {
  let part: T[] = [];
  for await (const one of all) {
    part.push(one);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
  return undefined;
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
