import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import type { Target } from "../lib/target";

export type Item = Record<string, AttributeValue>;
/** Events table without its indexes. */
export type ItemTable = Pick<Target, "dynamodb" | "tableName">;

/** The most that one BatchGetItem takes. */
export const mostAtOnce = 100;
/** Calls of one command that are under way at once. */
const callsAtOnce = 32;

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Reads these attributes of events from the table, consistently; DynamoDB charges for whole items, payloads included.
 * @returns the items by transaction ID; an event that does not exist is left out
 */
export async function readItems(table: ItemTable, ids: readonly string[], attributes: readonly string[]): Promise<Map<string, Item>> {
  const unique = [...new Set(ids)];
  const parts = Array.from({ length: Math.ceil(unique.length / mostAtOnce) }, (_, part) =>
    unique.slice(part * mostAtOnce, (part + 1) * mostAtOnce),
  );
  const found = await someAtOnce(parts, (part) => readPart(table, part, attributes));
  return new Map(found.flatMap((items) => items.map((item) => [item[Attribute.transactionId].S!, item])));
}

/** Reads the items of one call, and what DynamoDB leaves out of its answer: an answer ends at 16 MB, and a throttled one has none. */
async function readPart({ dynamodb, tableName }: ItemTable, ids: readonly string[], attributes: readonly string[]): Promise<Item[]> {
  const items: Item[] = [];
  const names = Object.fromEntries([Attribute.transactionId, ...attributes].map((attribute, index) => [`#${index}`, attribute]));
  const selection = { ConsistentRead: true, ProjectionExpression: Object.keys(names).join(", "), ExpressionAttributeNames: names };
  let keys: Item[] = ids.map((id) => ({ [Attribute.transactionId]: { S: id } }));
  for (let pauseMs = firstPauseMs; keys.length > 0;) {
    const RequestItems = { [tableName]: { Keys: keys, ...selection } };
    const { Responses, UnprocessedKeys } = await dynamodb.send(new BatchGetItemCommand({ RequestItems }));
    const found = Responses?.[tableName] ?? [];
    items.push(...found);
    keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    pauseMs = found.length > 0 ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
    if (keys.length > 0) await sleep(pauseMs);
  }
  return items;
}

/** Works on some things at once, and returns the results in their order. */
export async function someAtOnce<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < all.length; from += callsAtOnce)
    results.push(...(await Promise.all(all.slice(from, from + callsAtOnce).map(work))));
  return results;
}
