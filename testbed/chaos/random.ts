import { createHash } from "node:crypto";

/** Pseudo-random choices, equal for equal seeds. Not for secrets. */
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

/** @param seed a whole number */
export function seeded(seed: number): Random {
  const fraction = fractions(seed);
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

/** Returns numbers from a hash of seed and position: slow, but evenly distributed. */
function fractions(seed: number): () => number {
  let place = 0;
  return () => createHash("sha256").update(`${seed}/${place++}`).digest().readUInt32BE() / 2 ** 32;
}
