/** Returns the median: for an even number of values, the mean of the middle two. @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the smallest value that is at least as large as this part of all. @param part from 0 to 1, such as 0.99 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** Returns the median ratio of two things measured in turns, so that disturbances of the machine affect both. */
export function pairedRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, index) => value / others[index]));
}

/** A measured figure. */
export interface Figure {
  id: string;
  what: string;
  value: number;
  unit: "×" | "kB" | "ms" | "events/s";
  /** Upper bound. */
  bound?: number;
}

/** Factor above a bound that fails the run. A busy machine moves ratios, so a small excess does not. */
const tolerance = 1.5;

export function isFarOutside({ value, bound }: Figure): boolean {
  return bound !== undefined && value > bound * tolerance;
}
