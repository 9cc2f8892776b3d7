/** Milliseconds of a window in which the breaker counts. */
const windowMs = 5 * 60_000;

/** Failures in a row that open the breaker. */
const mostInRow = 20;

/** Part of a window's attempts whose failure opens the breaker, if there are at least so many. */
const failing = { part: 0.7, attempts: 20 } as const;

/** What the breaker counts. */
export interface Counts {
  failuresInRow: number;
  /** Attempts in the window, as far as they are counted, and those of them that failed. */
  windowSent: number;
  windowFailed: number;
}

/** Returns the number of the window of a time. @param now epoch milliseconds */
export const windowOf = (now: number): number => Math.floor(now / windowMs);

/** Tells why the breaker opens; `undefined` if it stays closed. */
export function openingReason({ failuresInRow, windowSent, windowFailed }: Counts): string | undefined {
  if (failuresInRow >= mostInRow) return `${failuresInRow} attempts failed in a row.`;
  if (windowSent < failing.attempts || windowFailed < failing.part * windowSent) return undefined;
  return `${windowFailed} of ${windowSent} attempts failed within five minutes.`;
}
