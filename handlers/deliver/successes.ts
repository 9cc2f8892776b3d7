import { windowOf } from "./breaker";

/** Successes of this container since its last failure, by destination. Only failures are written: the next one takes them along. */
const kept = new Map<string, { window: number; count: number }>();

/** Keeps a success. @param now epoch milliseconds */
export function keepSuccess(destination: string, now: number): void {
  const window = windowOf(now);
  const before = kept.get(destination);
  kept.set(destination, { window, count: (before?.window === window ? before.count : 0) + 1 });
}

/** Takes the successes of the present window, so that they count once. */
export function takeSuccesses(destination: string, now: number): number {
  const before = kept.get(destination);
  kept.delete(destination);
  return before?.window === windowOf(now) ? before.count : 0;
}
