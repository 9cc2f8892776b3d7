import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../../domain/event";

/** Item of a table. */
export type Item = Record<string, AttributeValue>;

/** Returns the text of an attribute; empty if the item has none. */
export function text(item: Item, attribute: string): string {
  return item[attribute]?.S ?? "";
}

/** Tells whether an event's worker has died: another one may claim the event. */
export function hasExpiredLease(item: Item, now: Date): boolean {
  return text(item, Attribute.status) === Status.processing && Number(item[Attribute.leaseUntil]?.N) < now.getTime();
}
