import * as assert from "node:assert/strict";
import { BatchGetItemCommand, QueryCommand, type AttributeValue, type KeysAndAttributes } from "@aws-sdk/client-dynamodb";
import type { Receiver } from "./receiver";

type Item = Record<string, AttributeValue>;

/** Returns a time so many seconds ago, epoch milliseconds. */
export const before = (seconds: number) => Date.now() - seconds * 1_000;
/** Returns a time so many seconds ago, as an item has it. */
export const ago = (seconds: number) => ({ S: new Date(before(seconds)).toISOString() });

/** Returns a RECEIVED event that was stored so many seconds ago. */
export const received = (id: string, seconds = 1_000, changes: Item = {}): Item => ({
  transaction_id: { S: `stripe#${id}` },
  status: { S: "RECEIVED" },
  received_at: ago(seconds),
  attempts: { N: "0" },
  shard: { N: "0" },
  due_at: { N: String(before(seconds - 360)) },
  ...changes,
});
/** Returns a PROCESSING event whose lease expired so many seconds ago. */
export const expired = (id: string, attempts = 1, seconds = 10): Item =>
  received(id, 1_000, { status: { S: "PROCESSING" }, attempts: { N: String(attempts) }, lease_until: { N: String(before(seconds)) } });

/** Answers as a table with an index of open events. An answer has as many keys of the index, and items, as `answers` says. */
export function openEvents(dynamodb: Receiver["dynamodb"]) {
  const answers = { page: 1_000, items: 100 };

  /** Puts these items, and no others, into the table and its index. */
  function open(...items: Item[]) {
    dynamodb.on(QueryCommand).callsFake(({ IndexName, ExpressionAttributeValues: values, Limit = 1_000, ExclusiveStartKey: start }) => {
      assert.equal(IndexName, "open");
      const dueBy = Number(values[":dueBy"]?.N ?? Infinity);
      const due = (item: Item) => Number(item.due_at.N);
      const fits = items
        .filter((item) => item.shard.N === values[":shard"].N && due(item) <= dueBy)
        .sort((a, b) => due(a) - due(b))
        .map(({ transaction_id, shard, due_at }) => ({ transaction_id, shard, due_at }));
      const from = fits.findIndex(({ transaction_id }) => transaction_id.S === start?.transaction_id.S) + 1;
      const Items = fits.slice(from, from + Math.min(Limit, answers.page));
      return { Items, LastEvaluatedKey: from + Items.length < fits.length ? Items.at(-1) : undefined };
    });
    dynamodb.on(BatchGetItemCommand).callsFake(({ RequestItems }) => {
      const [[table, { Keys, ExpressionAttributeNames }]] = Object.entries(RequestItems as Record<string, KeysAndAttributes>);
      assert.ok(Keys!.length <= 100);
      const asked = new Set(Keys!.map((key) => key.transaction_id.S));
      const projected = (item: Item) => Object.fromEntries(Object.values(ExpressionAttributeNames!).map((name) => [name, item[name]]));
      const found = items.filter((item) => asked.has(item.transaction_id.S));
      const leftOut = found.splice(answers.items);
      const UnprocessedKeys = { [table]: { Keys: leftOut.map(({ transaction_id }) => ({ transaction_id })) } };
      return { Responses: { [table]: found.map(projected) }, ...(leftOut.length > 0 && { UnprocessedKeys }) };
    });
  }

  return { open, answers };
}
