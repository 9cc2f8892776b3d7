import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import { mostItemsAtOnce, readBatch } from "../../handlers/aws/batchGet";
import type { Target } from "../lib/target";

export type Item = Record<string, AttributeValue>;
/** Events table without its indexes. */
export type ItemTable = Pick<Target, "dynamodb" | "tableName">;

/** Calls of one command that are under way at once. */
const callsAtOnce = 32;

/**
 * Reads these attributes of events from the table, consistently; DynamoDB charges for whole items, payloads included.
 * @returns the items by transaction ID; an event that does not exist is left out
 */
export async function readItems(table: ItemTable, ids: readonly string[], attributes: readonly string[]): Promise<Map<string, Item>> {
  const unique = [...new Set(ids)];
  const parts = Array.from({ length: Math.ceil(unique.length / mostItemsAtOnce) }, (_, part) =>
    unique.slice(part * mostItemsAtOnce, (part + 1) * mostItemsAtOnce),
  );
  const found = await someAtOnce(parts, (part) =>
    readBatch(table.dynamodb, {
      tableName: table.tableName,
      keys: part.map((id) => ({ [Attribute.transactionId]: { S: id } })),
      attributes: [Attribute.transactionId, ...attributes],
      consistent: true,
    }),
  );
  return new Map(found.flatMap((items) => items.map((item) => [item[Attribute.transactionId].S!, item])));
}

/** Works on some things at once, and returns the results in their order. */
export async function someAtOnce<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < all.length; from += callsAtOnce)
    results.push(...(await Promise.all(all.slice(from, from + callsAtOnce).map(work))));
  return results;
}
