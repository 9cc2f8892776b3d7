import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetItemCommand, type AttributeValue, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { abortAtDeadline } from "./deadline";

type Item = Record<string, AttributeValue>;

/** The most items that one BatchGetItem takes. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
export const mostItemsAtOnce = 100;
const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** Items to read. */
export interface Batch {
  tableName: string;
  keys: readonly Item[];
  /** Attributes to return. DynamoDB charges for whole items all the same. */
  attributes: readonly string[];
  /** True to read what a write before has stored, at twice the price. */
  consistent?: boolean;
}

/**
 * Reads items by their keys, and again what DynamoDB leaves out of its answer: an answer ends at 16 MB, and a throttled one has none. Ends at
 * the deadline of a function's invocation.
 * @returns the items in any order, without those that do not exist
 */
export async function readBatch(
  dynamodb: Pick<DynamoDBClient, "send">,
  { tableName, keys, attributes, consistent = false }: Batch,
): Promise<Item[]> {
  const ExpressionAttributeNames = Object.fromEntries(attributes.map((attribute, index) => [`#${index}`, attribute]));
  const ProjectionExpression = Object.keys(ExpressionAttributeNames).join(", ");
  const { abortSignal: signal } = abortAtDeadline();
  const items: Item[] = [];
  let pauseMs = firstPauseMs;
  for (let left = [...keys]; left.length > 0;) {
    const Keys = left.slice(0, mostItemsAtOnce);
    const RequestItems = { [tableName]: { Keys, ConsistentRead: consistent, ProjectionExpression, ExpressionAttributeNames } };
    const { Responses, UnprocessedKeys } = await dynamodb.send(new BatchGetItemCommand({ RequestItems }), { abortSignal: signal });
    const found = Responses?.[tableName] ?? [];
    items.push(...found);
    const unprocessed = UnprocessedKeys?.[tableName]?.Keys ?? [];
    left = [...unprocessed, ...left.slice(mostItemsAtOnce)];
    pauseMs = unprocessed.length < Keys.length ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
    if (unprocessed.length > 0) await sleep(pauseMs, undefined, { signal });
  }
  return items;
}
