import * as z from "zod/mini";
import { Attribute, kinds, receivedSource } from "../../domain/event";
import { mediaTypes, usualMediaType, type MediaType } from "../../domain/payload";
import { ProcessingError } from "../../domain/processing";
import { providerOf } from "../configuredSources";
import { Failure } from "../errors";
import { parseBody } from "../request/body";
import type { Json } from "../request/json";
import { meaningOf } from "../sources/lib/meaning";
import { unknownOrigin } from "../sources/lib/types";
import { meaningsOf } from "../sources/meanings";
import { text, type Item } from "./items";
import { longestAccount, longestReference, usable } from "./texts";

/** Schema of a normalized event, the same for every provider. */
export const normalizedEvent = z.object({
  transactionId: z.string().check(z.minLength(1)),
  source: z.string().check(z.minLength(1)),
  eventId: z.string().check(z.minLength(1)),
  eventType: z.string().check(z.minLength(1)),
  kind: z.enum(kinds),
  occurredAt: z.iso.datetime(),
  occurredAtSource: z.optional(z.literal(receivedSource)),
  amount: z.optional(
    z.object({
      /** Number of minor units of the currency. */
      value: z.int(),
      currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
      exponent: z.int().check(z.gte(0), z.lte(4)),
    }),
  ),
  test: z.boolean(),
  account: z.optional(z.string()),
  paymentReference: z.optional(z.string()),
  customerReference: z.optional(z.string()),
});
export type NormalizedEvent = z.infer<typeof normalizedEvent>;

/** Returns what the item's `normalized` holds: what no other attribute says. An event without `test` is none. */
export function storedMeaning({ amount, test, account, paymentReference, customerReference }: NormalizedEvent) {
  return { amount, ...(test && { test }), account, paymentReference, customerReference };
}

/** Converts a stored event to the common shape. @throws Failure Unprocessable, if it does not fit */
export function normalize(transactionId: string, item: Item, payload: Uint8Array): NormalizedEvent {
  const name = text(item, Attribute.source);
  const eventType = text(item, Attribute.eventType);
  const provider = text(item, Attribute.provider) || name;
  const headers = headersOf(item);
  const mediaType = mediaTypes.find((one) => one === (text(item, Attribute.mediaType) || usualMediaType));
  if (!mediaType) throw new Failure(ProcessingError.unprocessable, "The item's media type is unknown.");
  const usedProvider = providerOf(name, provider);
  const event = parsePayload(payload, mediaType, usedProvider?.jsonField);
  const meaning = meaningOf(usedProvider?.meanings ?? meaningsOf(provider), usedProvider?.itemIn?.(event) ?? event, eventType);
  const { test, account } = usedProvider?.originOf?.(event, { headers, mediaType }) ?? unknownOrigin;
  const result = normalizedEvent.safeParse({
    transactionId,
    source: name,
    eventId: transactionId.slice(name.length + 1),
    eventType,
    ...occurrenceOf(item),
    ...meaning,
    test,
    account: usable(account, longestAccount),
    paymentReference: usable(meaning.paymentReference, longestReference),
    customerReference: usable(meaning.customerReference, longestReference),
  });
  if (!result.success)
    throw new Failure(ProcessingError.unprocessable, `The event does not fit the normalized shape: ${placesOf(result.error)}.`);
  return result.data;
}

/** Returns the stored headers. */
function headersOf(item: Item): Record<string, string> {
  return Object.fromEntries(Object.entries(item[Attribute.headers]?.M ?? {}).map(([name, { S = "" }]) => [name, S]));
}

/** Returns when the event happened: as it says, or the time of receipt. */
function occurrenceOf(item: Item): Pick<NormalizedEvent, "occurredAt" | "occurredAtSource"> {
  const occurredAt = text(item, Attribute.occurredAt);
  const said = text(item, Attribute.occurredAtSource) !== receivedSource;
  return said ? { occurredAt } : { occurredAt: text(item, Attribute.receivedAt), occurredAtSource: receivedSource };
}

/** Returns the paths of values that do not fit, never the values. */
function placesOf(error: { issues: readonly { path: readonly PropertyKey[] }[] }): string {
  return error.issues.map(({ path }) => path.join(".")).join(", ");
}

/** Parses the payload as the receiver did. */
function parsePayload(payload: Uint8Array, mediaType: MediaType, jsonField: string | undefined): Json {
  const event = parseBody(payload, mediaType, jsonField);
  if (!event) throw new Failure(ProcessingError.unprocessable, "The payload is not a JSON object.");
  return event;
}
