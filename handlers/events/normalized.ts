/** Reads the normalized event of an item, for the function and for tools. It makes no call. */
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Attribute, receivedSource, type Kind } from "../../domain/event";
import { text, type Item } from "./items";
import type { NormalizedEvent, storedMeaning } from "./normalize";

/** Amount and references that normalization found in an event. */
export type StoredMeaning = Partial<ReturnType<typeof storedMeaning>>;

/** Reads what normalization stored in an item; `undefined` if the event is not normalized. */
export function storedMeaningIn(item: Item): StoredMeaning | undefined {
  const normalized = item[Attribute.normalized]?.M;
  return normalized && unmarshall(normalized);
}

/** Composes the normalized event of an item. One that is not normalized has no meaning, and is of the kind `other`. */
export function normalizedOf(transactionId: string, item: Item): NormalizedEvent {
  const source = text(item, Attribute.source);
  const { amount, test = false, ...references } = storedMeaningIn(item) ?? {};
  return {
    transactionId,
    source,
    eventId: transactionId.slice(source.length + 1),
    eventType: text(item, Attribute.eventType),
    kind: (text(item, Attribute.kind) || "other") as Kind,
    occurredAt: text(item, Attribute.occurredAt) || text(item, Attribute.receivedAt),
    ...(item[Attribute.occurredAtSource] && { occurredAtSource: receivedSource }),
    ...(amount && { amount }),
    test,
    ...references,
  };
}
