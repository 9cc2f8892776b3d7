import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Attribute, receivedSource, type Kind } from "../../domain/event";
import type { NormalizedEvent, storedMeaning } from "../../handlers/events/normalize";
import { UsageError } from "../lib/errors";
import { readItems, type Item, type ItemTable } from "./items";

/** An amount as it is stored: `value` in whole minor units of the currency. */
export type Amount = NonNullable<NormalizedEvent["amount"]>;
/** Amount and references that normalization found in an event. */
export type Meaning = Partial<ReturnType<typeof storedMeaning>>;

/** Attributes of an item that make up the normalized event. */
export const normalizedAttributes = [
  Attribute.source,
  Attribute.eventType,
  Attribute.kind,
  Attribute.occurredAt,
  Attribute.occurredAtSource,
  Attribute.normalized,
] as const;

/** Reads what normalization stored in an item; `undefined` if the event is not normalized. */
function meaningOf(item: Item): Meaning | undefined {
  const normalized = item[Attribute.normalized]?.M;
  return normalized && unmarshall(normalized);
}

/** Composes the normalized event of an item; `undefined` if the event is not normalized. */
export function normalizedOf(transactionId: string, item: Item): NormalizedEvent | undefined {
  const meaning = meaningOf(item);
  if (!meaning) return undefined;
  const text = (attribute: string) => item[attribute]?.S ?? "";
  const source = text(Attribute.source);
  const { amount, test = false, ...references } = meaning;
  return {
    transactionId,
    source,
    eventId: transactionId.slice(source.length + 1),
    eventType: text(Attribute.eventType),
    kind: text(Attribute.kind) as Kind,
    occurredAt: text(Attribute.occurredAt),
    ...(item[Attribute.occurredAtSource] && { occurredAtSource: receivedSource }),
    ...(amount && { amount }),
    test,
    ...references,
  };
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
  if (whole === undefined) throw new UsageError(`--min-amount is "${minimum}", but must be a number such as 100 or 99.50.`);
  if (currency !== undefined && !/^[a-z]{3}$/i.test(currency))
    throw new UsageError(`--currency is "${currency}", but must be three letters, such as EUR.`);
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
      const amount = meaningOf(item)?.amount;
      return amount ? [[id, amount] as const] : [];
    }),
  );
}
