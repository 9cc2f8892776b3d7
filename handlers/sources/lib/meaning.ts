import type { Kind } from "../../../domain/event";
import type { AmountRule, Condition, MeaningRow, Meanings, Paths, Scalar } from "../../../domain/meaning";
import { matchesType } from "../../request/eventFilter";
import { numberText, type Json } from "../../request/json";
import { at, idAt, lookUp, textAt } from "./fields";
import { fromDecimal, fromScaled, type Money } from "./money";

/** Meaning of an event, the same for every provider. */
export interface Meaning {
  kind: Kind;
  /** What this event moved; for a payment that failed or was canceled, what it would have moved. Never negative. */
  amount: Money | undefined;
  /** The provider's ID of the payment, charge or capture that the event is about. */
  paymentReference: string | undefined;
  customerReference: string | undefined;
}

/** Paths of a reference. A reference that no path reaches has code, and a description for docs/kinds.md. */
export type Reference = string | readonly (string | { description: string; find: (event: Json) => string | undefined })[];

/** Row of a table in code. */
export type CodedMeaningRow = MeaningRow<Reference>;
export type CodedMeanings = Meanings<Reference>;

/** Meaning of an event that no row fits. */
export const unknownMeaning: Meaning = { kind: "other", amount: undefined, paymentReference: undefined, customerReference: undefined };

/**
 * Returns an event's meaning by a provider's table. A payment or an authorization of nothing, such as an order that a discount pays, a check
 * of a card, or what a partial capture leaves of an authorization, is none. It never fails.
 */
export function meaningOf(meanings: CodedMeanings, event: Json, eventType: string): Meaning {
  const row = meanings.rows.find(({ types, when = [] }) => matchesType(eventType, types) && holdAll(event, when));
  if (!row) return unknownMeaning;
  const moved = row.amount && amountOf(row.amount, event, meanings.exponents ?? {});
  const amount = moved && moved.value >= 0 ? moved : undefined;
  const isPayment = row.kind === "payment.succeeded" || row.kind === "payment.authorized";
  const isNothing = isPayment && moved !== undefined && moved.value <= 0;
  return {
    ...(isNothing ? { kind: "other", amount: undefined } : { kind: row.kind, amount }),
    paymentReference: firstId(event, row.payment ?? meanings.payment),
    customerReference: firstId(event, meanings.customer),
  };
}

/** Tells whether all conditions hold. */
const holdAll = (value: unknown, conditions: readonly Condition[]) => conditions.every((one) => holds(value, one));

/** Tells whether a condition holds for a value. */
function holds(value: unknown, condition: Condition): boolean {
  if ("some" in condition) return elementsAt(value, condition.some).some((element) => holdAll(element, condition.where));
  const found = valueAt(value, condition.path) ?? null;
  return "is" in condition ? condition.is.includes(found as Scalar) : !condition.isNot.includes(found as Scalar);
}

const valueAt = (value: unknown, path: string): unknown => at(value, ...path.split("."));

function elementsAt(value: unknown, path: string): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** Returns the first value that a path leads to. */
const firstAt = (value: unknown, paths: Paths): unknown =>
  [paths].flat().reduce<unknown>((found, path) => found ?? valueAt(value, path) ?? undefined, undefined);

/** Returns the first ID that a path leads to. */
function firstId(event: Json, reference: Reference = []): string | undefined {
  const find = (one: string | { find: (event: Json) => string | undefined }) =>
    typeof one === "string" ? idAt(event, ...one.split(".")) : one.find(event);
  return [reference].flat().reduce<string | undefined>((found, one) => found ?? find(one), undefined);
}

/**
 * Returns what an event moved, which is negative if a sum is less than before; `undefined` if a part of it is missing, is not exact, or has
 * another currency than the rest.
 */
function amountOf(rule: AmountRule, event: Json, exponents: Readonly<Record<string, number>>): Money | undefined {
  if (rule.each === undefined)
    return difference(moneyOf(rule, event, exponents), rule.less === undefined ? 0 : earlierSum(rule, event, exponents));
  const parts = elementsAt(event, rule.each).filter((element) => holdAll(element, rule.where ?? []));
  return sumOf(parts.map((part) => moneyOf(rule, part, exponents)));
}

function moneyOf(
  { value, currency, unit, negative }: AmountRule,
  event: unknown,
  exponents: Readonly<Record<string, number>>,
): Money | undefined {
  const code = [currency].flat().reduce<string | undefined>((found, path) => found ?? textAt(event, ...path.split(".")), undefined);
  const amount = firstAt(event, value);
  const money =
    unit !== "decimal"
      ? fromScaled(unit === "minor" ? amount : numberIn(amount), code, lookUp(exponents, code?.toLowerCase()))
      : fromDecimal(typeof amount === "string" ? amount : numberText(amount), code);
  if (money === undefined) return undefined;
  const moved = negative ? Math.abs(money.value) : money.value;
  return moved < 0 ? undefined : { ...money, value: moved };
}

/** Returns the whole number that a text has in digits. */
const numberIn = (text: unknown): unknown => (typeof text === "string" && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined);

/** Returns the minor units of an earlier sum; none if the event does not have it; `undefined` if it is not an amount. */
function earlierSum(rule: AmountRule, event: Json, exponents: Readonly<Record<string, number>>): number | undefined {
  if ((valueAt(event, rule.less!) ?? null) === null) return 0;
  return moneyOf({ ...rule, value: rule.less! }, event, exponents)?.value;
}

function difference(money: Money | undefined, earlier: number | undefined): Money | undefined {
  if (money === undefined || earlier === undefined) return undefined;
  return { ...money, value: money.value - earlier };
}

function sumOf(parts: readonly (Money | undefined)[]): Money | undefined {
  const [first] = parts;
  if (first === undefined || !parts.every((part) => part?.currency === first.currency)) return undefined;
  const value = parts.reduce((sum, part) => sum + part!.value, 0);
  return Number.isSafeInteger(value) ? { ...first, value } : undefined;
}
