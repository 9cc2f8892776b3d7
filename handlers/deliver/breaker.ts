/** Milliseconds of a window in which the breaker counts. */
const windowMs = 5 * 60_000;

/** Failures in a row that open the breaker. */
const mostInRow = 20;

/**
 * Part of a window's attempts whose failure opens the breaker, if there are at least so many: in all, and for each execution at once. Each
 * container keeps its successes until its next failure, so that many containers at first count too few.
 */
export const failing = { part: 0.7, attempts: 20, attemptsEach: 5 } as const;

/** What the breaker counts. */
export interface Counts {
  failuresInRow: number;
  /** Attempts in the window, as far as they are counted, and those of them that failed. */
  windowSent: number;
  windowFailed: number;
}

/** Returns the number of the window of a time. @param now epoch milliseconds */
export const windowOf = (now: number): number => Math.floor(now / windowMs);

/** Tells why the breaker opens; `undefined` if it stays closed. @param concurrency executions that deliver to the destination at once */
export function openingReason({ failuresInRow, windowSent, windowFailed }: Counts, concurrency: number): string | undefined {
  if (failuresInRow >= mostInRow) return `${failuresInRow} attempts failed in a row.`;
  const least = Math.max(failing.attempts, failing.attemptsEach * concurrency);
  if (windowSent < least || windowFailed < failing.part * windowSent) return undefined;
  return `${windowFailed} of ${windowSent} attempts failed within five minutes.`;
}
