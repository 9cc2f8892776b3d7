import { concurrencyOf, type DestinationSettings } from "../../domain/destinations";

/** Seconds in which the rate doubles after a pause. */
const doublingSeconds = 30;

/** Interval below which the ramp has ended, milliseconds. */
const shortest = 1;

/**
 * Returns the milliseconds from one send of an execution to its next. All executions of a destination together then stay within its rate:
 * `maxPerSecond`, and after a pause at first `maxConcurrency` a second, doubling every 30 seconds.
 * @param resumedAt when sending began again, epoch milliseconds; 0 if it never paused
 */
export function intervalMs(settings: DestinationSettings, resumedAt: number, now: number): number {
  const { maxConcurrency, maxPerSecond = Infinity } = settings;
  const ramp = maxConcurrency * 2 ** (Math.max(0, now - resumedAt) / 1_000 / doublingSeconds);
  const interval = (concurrencyOf(settings) / Math.min(ramp, maxPerSecond)) * 1_000;
  return interval < shortest ? 0 : interval;
}
