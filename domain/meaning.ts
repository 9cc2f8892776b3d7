import type { Kind } from "./event";

/** Defines tables of meanings: what a provider's events mean, as data. */

/** Path of a value in an event: keys and indexes separated by dots. Of several paths, the first with a value counts. */
export type Paths = string | readonly string[];

/**
 * Condition on a value: it is one of these, or none of those, where `null` also stands for a missing value; or an array has an element that
 * fits.
 */
export type Condition =
  | { path: string; is: readonly Scalar[] }
  | { path: string; isNot: readonly Scalar[] }
  | { some: string; where: readonly Condition[] };
export type Scalar = string | number | boolean | null;

export const amountUnits = ["minor", "minorText", "decimal"] as const;
export type AmountUnit = (typeof amountUnits)[number];

/** Describes where the amount of an event is. */
export interface AmountRule {
  /** Path of the amount; with `each`, in an element. */
  value: Paths;
  /** Path of the currency; with `each`, in an element. */
  currency: Paths;
  /**
   * `minor`: a whole number in the provider's smallest unit; `minorText`: the same as text; `decimal`: a decimal number, such as "12.34".
   */
  unit: AmountUnit;
  /** Path of an earlier sum: the event moved the difference. A missing one counts as none. */
  less?: string;
  /** Path of an array: the event moved the sum of its elements that fit `where`. */
  each?: string;
  where?: readonly Condition[];
  /** True if the provider writes what left the account as a negative number. */
  negative?: true;
}

/** One row of a provider's table: events of these types, in this state, have this meaning. */
export interface MeaningRow<Reference = Paths> {
  /** Event types, with `*` for any part of a type. */
  types: readonly string[];
  /** State of the event's object; absent: any. */
  when?: readonly Condition[];
  kind: Kind;
  /** Absent: the event moved nothing, or does not say how much. */
  amount?: AmountRule;
  /** Instead of the table's `payment`. */
  payment?: Reference;
  /** The provider's page about these types. */
  documentation: string;
}

/** A provider's table. The first row that fits an event counts; an event that fits none is `other`. docs/kinds.md shows it. */
export interface Meanings<Reference = Paths> {
  /** Where the payment's reference is. */
  payment?: Reference;
  /** Where the customer's reference is. */
  customer?: Reference;
  /** Exponents of currencies that the provider counts in other units than ISO 4217, by lower-case code. */
  exponents?: Readonly<Record<string, number>>;
  rows: readonly MeaningRow<Reference>[];
}
