/** Computes the median; of an even number of values, the mean of the two in the middle. @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the least value that is not smaller than this part of all. @param part from 0 to 1, such as 0.99 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/** Values of two things that were measured in turns: what disturbs the machine meets both. @returns the median of their ratios */
export function pairedRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, index) => value / others[index]));
}

/** One figure of a run. */
export interface Figure {
  id: string;
  what: string;
  value: number;
  unit: "×" | "kB" | "ms" | "events/s";
  /** What it should be at most. */
  bound?: number;
}

/** A machine that is busy otherwise moves a ratio; only what is far outside its bound is a fault. */
const tolerance = 1.5;

export function isFarOutside({ value, bound }: Figure): boolean {
  return bound !== undefined && value > bound * tolerance;
}
