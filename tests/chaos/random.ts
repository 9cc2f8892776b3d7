/** Pseudo-random choices that are the same for the same seed: nothing here is secret. */
export interface Random {
  /** At least 0 and less than 1. */
  fraction(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  oneOf<T>(values: readonly T[]): T;
  /** The same values in another order. */
  shuffled<T>(values: readonly T[]): T[];
  /** This many hexadecimal digits, in lower case. */
  hex(digits: number): string;
}

/** @param seed a whole number; its lowest 32 bits count */
export function seeded(seed: number): Random {
  const fraction = mulberry32(seed);
  const between = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    between,
    oneOf: (values) => values[between(0, values.length - 1)],
    shuffled: (values) => {
      const result = [...values];
      for (let index = result.length - 1; index > 0; index--) {
        const other = between(0, index);
        [result[index], result[other]] = [result[other], result[index]];
      }
      return result;
    },
    hex: (digits) => Array.from({ length: digits }, () => between(0, 15).toString(16)).join(""),
  };
}

/** @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
