import { createHash } from "node:crypto";

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

/** Makes a generator of random numbers. @param seed a whole number */
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

/** Numbers of a hash over seed and place: slow, which does not matter here, and surely even. */
function fractions(seed: number): () => number {
  let place = 0;
  return () => createHash("sha256").update(`${seed}/${place++}`).digest().readUInt32BE() / 2 ** 32;
}
