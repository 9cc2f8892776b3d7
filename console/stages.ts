import type { EventView } from "../cli/console/api";

/** An attempt to deliver an event, as the picture shows it. */
export interface Attempt {
  time: number;
  durationMs: number;
  isFailure: boolean;
}

/** A destination's line of the picture. */
export interface Lane {
  destination: string;
  status: string;
  attempts: Attempt[];
  /** When it is tried next, epoch milliseconds. */
  next?: number;
}

/** Returns the line of each destination with its attempts. */
export function lanesOf(deliveries: EventView["deliveries"]): Lane[] {
  return deliveries.map(({ destination, status, history = [], nextAt }) => ({
    destination,
    status,
    attempts: history.map(({ at, durationMs, status: answer }) => ({
      time: Date.parse(at),
      durationMs,
      isFailure: answer === undefined || answer < 200 || answer > 299,
    })),
    ...(nextAt !== undefined && { next: Date.parse(nextAt) }),
  }));
}

/** The least distance of two moments, in the same unit as the logarithm of milliseconds. */
const least = 0.7;

/**
 * Returns where a moment is on a line. Distances between the given moments are logarithms of durations, so a millisecond and a day fit into
 * one picture; in between they are even.
 * @param times at least one
 * @param width of the line
 */
export function scaleOf(times: readonly number[], width: number): (time: number) => number {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const places = [0];
  for (const [index, time] of sorted.slice(1).entries()) places.push(places[index] + least + Math.log10(1 + time - sorted[index]));
  const unit = width / Math.max(places[places.length - 1], least);
  return (time) => {
    const after = sorted.findIndex((one) => one >= time);
    if (after <= 0) return after === 0 ? 0 : width;
    const part = (time - sorted[after - 1]) / (sorted[after] - sorted[after - 1]);
    return (places[after - 1] + part * (places[after] - places[after - 1])) * unit;
  };
}
