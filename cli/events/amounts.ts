import { Attribute } from "../../domain/event";
import type { NormalizedEvent } from "../../handlers/events/normalize";
import { storedMeaningIn, normalizedOf } from "../../handlers/events/normalized";
import { UsageError } from "../lib/errors";
import { readItems, type Item, type ItemTable } from "./items";

/** An amount as it is stored: `value` in whole minor units of the currency. */
export type Amount = NonNullable<NormalizedEvent["amount"]>;

/** Attributes of an item that make up the normalized event. */
export const normalizedAttributes = [
  Attribute.source,
  Attribute.eventType,
  Attribute.kind,
  Attribute.occurredAt,
  Attribute.occurredAtSource,
  Attribute.normalized,
] as const;

/** Composes the normalized event of an item; `undefined` if the event is not normalized. */
export function normalizedIn(transactionId: string, item: Item): NormalizedEvent | undefined {
  return item[Attribute.normalized] && normalizedOf(transactionId, item);
}

/** Writes an amount in major units, such as `149.00 EUR`. */
export function inMajorUnits({ value, currency, exponent }: Amount): string {
  const digits = String(Math.abs(value)).padStart(exponent + 1, "0");
  const [whole, fraction] = [digits.slice(0, digits.length - exponent), digits.slice(digits.length - exponent)];
  return `${value < 0 ? "-" : ""}${whole}${exponent > 0 ? `.${fraction}` : ""} ${currency}`;
}

/** The most decimal places that a currency has. */
const places = 4;

/**
 * Makes the check of `--min-amount` (major units of any currency) and `--currency`.
 * @returns `undefined` if neither is given: then no event needs an amount
 * @throws UsageError that names the option, its value, and what is allowed
 */
export function amountFilter(
  minimum: string | undefined,
  currency: string | undefined,
): ((amount: Amount | undefined) => boolean) | undefined {
  if (minimum === undefined && currency === undefined) return undefined;
  const [, whole, fraction = ""] = /^(\d{1,15})(?:\.(\d{1,4}))?$/.exec(minimum ?? "0") ?? [];
  if (whole === undefined) throw new UsageError(`--min-amount is "${minimum}". Allowed: a number, such as 100 or 99.50.`);
  if (currency !== undefined && !/^[a-z]{3}$/i.test(currency))
    throw new UsageError(`--currency is "${currency}". Allowed: three letters, such as EUR.`);
  const least = BigInt(whole + fraction.padEnd(places, "0"));
  const wanted = currency?.toUpperCase();
  return (amount) =>
    amount !== undefined &&
    (wanted === undefined || amount.currency === wanted) &&
    BigInt(amount.value) * 10n ** BigInt(places - amount.exponent) >= least;
}

/** Reads the amounts of events; the index does not have them. @returns them by transaction ID */
export async function readAmounts(table: ItemTable, ids: readonly string[]): Promise<Map<string, Amount>> {
  const items = await readItems(table, ids, [Attribute.normalized]);
  return new Map(
    [...items].flatMap(([id, item]) => {
      const amount = storedMeaningIn(item)?.amount;
      return amount ? [[id, amount] as const] : [];
    }),
  );
}
