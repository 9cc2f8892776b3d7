import { digitsOf } from "./currencies";
import type { Money } from "./types";

/**
 * An amount counted in units of `10^-exponent`, as ISO 4217's minor units.
 * @returns `undefined` if it is not a whole number, or the currency is unknown, or it cannot be expressed exactly.
 */
export function fromScaled(value: unknown, currency: unknown, exponent?: number): Money | undefined {
  if (typeof currency !== "string" || typeof value !== "number" || !Number.isSafeInteger(value)) return undefined;
  const code = currency.toUpperCase();
  const right = digitsOf(code);
  if (right === undefined) return undefined;
  const shift = right - (exponent ?? right);
  const scaled = shift >= 0 ? value * 10 ** shift : value / 10 ** -shift;
  return Number.isSafeInteger(scaled) ? { value: scaled, currency: code, exponent: right } : undefined;
}

/** An amount written as a decimal number, such as "12.34", in minor units; without floating point. */
export function fromDecimal(value: unknown, currency: unknown): Money | undefined {
  const match = typeof value === "string" ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) : null;
  if (!match) return undefined;
  const [, sign, whole, fraction = ""] = match;
  return fromScaled(Number(`${sign}${whole}${fraction}`), currency, fraction.length);
}
