import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import type { Waiting } from "../../domain/stuck";

/** Item of a table. */
export type Item = Record<string, AttributeValue>;

/** Returns the text of an attribute; empty if the item has none. */
export function text(item: Item, attribute: string): string {
  return item[attribute]?.S ?? "";
}

/** Returns what tells whether an item's event is stuck. */
export const waiting = (item: Item): Waiting => ({
  status: item[Attribute.status]?.S,
  receivedAt: item[Attribute.receivedAt]?.S,
  requeuedAt: item[Attribute.requeuedAt]?.S,
  leaseUntil: item[Attribute.leaseUntil]?.N,
});
