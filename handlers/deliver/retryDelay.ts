import { secondsAfter } from "../../domain/destinations";

/** Longest time that an endpoint may ask for, milliseconds. SQS hides a message for 12 hours at most. */
const longestRetryAfterMs = 11 * 3_600_000;

/** Least part of an interval. The rest is random, so that deliveries that failed together are not repeated together. */
export const leastPart = 0.8;

/**
 * Returns the milliseconds until the next attempt.
 * @param attempts number of attempts so far, at least 1
 * @param retryAfter milliseconds that the endpoint asked for
 * @param random from 0 to 1
 */
export function delayMs(attempts: number, retryAfter: number, random: number): number {
  const scheduled = secondsAfter(attempts) * 1_000 * (leastPart + (1 - leastPart) * random);
  return Math.round(Math.max(scheduled, Math.min(retryAfter, longestRetryAfterMs)));
}

/**
 * Returns the milliseconds until the next attempt within `retryHours`, whose end is the time of the last one.
 * @param scheduledMs sum of the delays so far: time that passes otherwise, such as in a pause, does not count
 * @returns `undefined` if nothing is left
 */
export function delayWithin(retryHours: number, scheduledMs: number, delay: number): number | undefined {
  const left = retryHours * 3_600_000 - scheduledMs;
  return left > 0 ? Math.min(delay, left) : undefined;
}

/**
 * Reads a header Retry-After: seconds, or a date in any of HTTP's forms.
 * @param now epoch milliseconds
 * @returns milliseconds from now; 0 if the header is missing, past or something else
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  if (!/^[A-Z][a-z]{2}/.test(header)) return 0;
  // One of the forms names no time zone. It means GMT, too.
  const at = Date.parse(header.endsWith("GMT") ? header : `${header} GMT`);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
