import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import type { Table } from "./find";

export type Item = Record<string, AttributeValue>;

/** The most that one BatchGetItem takes. */
export const mostAtOnce = 100;

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/**
 * Reads these attributes of events from the table, consistently; DynamoDB charges for whole items, payloads included.
 * @returns the items by transaction ID; an event that does not exist is left out
 */
export async function readItems(
  { dynamodb, tableName }: Table,
  ids: readonly string[],
  attributes: readonly string[],
): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  const names = Object.fromEntries([Attribute.transactionId, ...attributes].map((attribute, index) => [`#${index}`, attribute]));
  const selection = { ConsistentRead: true, ProjectionExpression: Object.keys(names).join(", "), ExpressionAttributeNames: names };
  let keys: Item[] = [...new Set(ids)].map((id) => ({ [Attribute.transactionId]: { S: id } }));
  for (let pauseMs = firstPauseMs; keys.length > 0;) {
    const RequestItems = { [tableName]: { Keys: keys.slice(0, mostAtOnce), ...selection } };
    const { Responses, UnprocessedKeys } = await dynamodb.send(new BatchGetItemCommand({ RequestItems }));
    const found = Responses?.[tableName] ?? [];
    for (const item of found) items.set(item[Attribute.transactionId].S!, item);
    const unprocessed = UnprocessedKeys?.[tableName]?.Keys ?? [];
    keys = [...keys.slice(mostAtOnce), ...unprocessed];
    // A response ends at 16 MB; one without any item is a throttle.
    pauseMs = found.length > 0 ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
    if (unprocessed.length > 0) await sleep(pauseMs);
  }
  return items;
}
