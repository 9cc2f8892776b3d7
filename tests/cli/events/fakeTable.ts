import * as assert from "node:assert/strict";
import {
  BatchGetItemCommand,
  DynamoDBClient,
  QueryCommand,
  type AttributeValue,
  type KeysAndAttributes,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { Attribute, indexes, Status } from "../../../domain/event";
import { dueAfter } from "../../../domain/processing";
import { shardOf } from "../../../domain/shards";
import type { Table } from "../../../cli/events/query";

type Item = Record<string, AttributeValue>;
type IndexDefinition = (typeof indexes)[keyof typeof indexes];

/** A query as the fake table has answered it. */
export interface FakeQuery {
  index: string;
  shard: number;
  /** Entries that it has read. */
  read: number;
  /** True if it has only counted them. */
  counts: boolean;
}

/** A table that answers the queries of its indexes and reads of its items, page by page, at the client's level. */
export interface FakeTable {
  table: Table;
  items: Map<string, Item>;
  /** Puts an event there, or changes it. Whoever wrote `requeued_at` last wrote `due_at` as well. */
  put(id: string, status: string, receivedAt: string, rest?: Item): void;
  /** Entries that indexes show beside those of the items, because they lag behind the table. */
  stale: Item[];
  queries: FakeQuery[];
  /** The number of items that were read from the table itself. */
  itemsRead: number;
  /** Is called after each query of an index. */
  afterQuery: (query: FakeQuery) => void;
  /** Answers what this table does not, as a test says. */
  mock: ReturnType<typeof mockDynamodb>;
  restore(): void;
}

const mockDynamodb = () => mockClient(DynamoDBClient);

/** @param largestPage events that one query returns at most */
export function fakeTable(largestPage = 3, indexShards = 1): FakeTable {
  const mock = mockDynamodb();
  const items = new Map<string, Item>();
  const fake: FakeTable = {
    table: { dynamodb: new DynamoDBClient({}), tableName: "events", indexShards },
    items,
    put: (id, status, receivedAt, rest = {}) => void items.set(id, itemOf(id, status, receivedAt, rest, indexShards)),
    stale: [],
    queries: [],
    itemsRead: 0,
    afterQuery: () => {},
    mock,
    restore: () => mock.restore(),
  };
  mock.on(QueryCommand).callsFake((query: QueryCommandInput) => {
    const index = Object.values(indexes).find(({ name }) => name === query.IndexName)!;
    const values = query.ExpressionAttributeValues!;
    const fitting = [...items.values(), ...fake.stale].filter(
      (item) => isIn(index, item) && holds(query.KeyConditionExpression!, query, item),
    );
    fitting.sort((a, b) => before(sortValue(index, a), sortValue(index, b)) || tieOf(a).localeCompare(tieOf(b)));
    if (query.ScanIndexForward === false) fitting.reverse();
    const start = query.ExclusiveStartKey;
    const isPast = (item: Item) => {
      const order = before(sortValue(index, start!), sortValue(index, item)) || tieOf(start!).localeCompare(tieOf(item));
      return query.ScanIndexForward === false ? order > 0 : order < 0;
    };
    const left = start ? fitting.filter(isPast) : fitting;
    const page = left.slice(0, Math.min(query.Limit ?? largestPage, largestPage));
    const key = (item: Item) => pick(item, [Attribute.transactionId, index.hashKey, index.rangeKey]);
    const answered = { index: index.name, shard: Number(values[":shard"].N), read: page.length, counts: query.Select === "COUNT" };
    fake.queries.push(answered);
    const passing = page.filter((item) => holds(query.FilterExpression, query, item)).map((item) => projected(index, item));
    // As DynamoDB, which does not look ahead: a page that is full has a next one, which may be empty.
    const isFull = page.length === Math.min(query.Limit ?? largestPage, largestPage);
    const LastEvaluatedKey = isFull ? key(page[page.length - 1]) : undefined;
    fake.afterQuery(answered);
    const Items = query.Select === "COUNT" ? undefined : passing;
    return { Items, Count: passing.length, ScannedCount: page.length, LastEvaluatedKey };
  });
  mock.on(BatchGetItemCommand).callsFake(({ RequestItems }: { RequestItems: Record<string, KeysAndAttributes> }) => {
    const { Keys = [], ConsistentRead, ExpressionAttributeNames = {} } = RequestItems.events;
    assert.equal(ConsistentRead, true);
    if (Keys.length > 100) throw new Error("Too many items requested for the BatchGetItem call");
    // Not all of many that are asked for, as where items are large.
    const served = Keys.slice(Keys.length > 30 ? 1 : 0);
    const rest = Keys.slice(0, Keys.length - served.length);
    fake.itemsRead += served.length;
    return {
      Responses: {
        events: served
          .map((one) => items.get(one[Attribute.transactionId].S!))
          .filter((item) => item !== undefined)
          .map((item) => pick(item, Object.values(ExpressionAttributeNames))),
      },
      UnprocessedKeys: rest.length > 0 ? { events: { Keys: rest } } : {},
    };
  });
  return fake;
}

/** Returns an item as the receiver, the workflow and the reconciler write it. */
function itemOf(id: string, status: string, receivedAt: string, rest: Item, shards: number): Item {
  const shard = { N: String(shardOf(id, shards)) };
  const isSettled = status === Status.processed || status === Status.failed;
  const waitsSince = rest[Attribute.requeuedAt]?.S ?? receivedAt;
  return {
    [Attribute.transactionId]: { S: id },
    [Attribute.status]: { S: status },
    [Attribute.source]: { S: id.split("#")[0] },
    [Attribute.receivedAt]: { S: receivedAt },
    [Attribute.shard]: shard,
    ...(isSettled
      ? { [Attribute.settledShard]: shard, [Attribute.finishedAt]: { S: receivedAt } }
      : { [Attribute.dueAt]: { N: String(dueAfter(new Date(waitsSince))) } }),
    ...(status === Status.failed && { [Attribute.failedShard]: shard }),
    ...rest,
  };
}

const isIn = ({ hashKey, rangeKey }: IndexDefinition, item: Item) => hashKey in item && rangeKey in item;

const projected = (index: IndexDefinition, item: Item) =>
  pick(item, [Attribute.transactionId, index.hashKey, index.rangeKey, ...index.attributes]);

const pick = (item: Item, attributes: readonly string[]): Item =>
  Object.fromEntries(attributes.flatMap((name) => (name in item ? [[name, item[name]]] : [])));

const sortValue = (index: IndexDefinition, item: Item) => valueOf(item[index.rangeKey]);
const valueOf = ({ S, N }: AttributeValue): string | number => S ?? Number(N);
const before = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
/** Events of the same time come in an order that says nothing. */
const tieOf = (item: Item) => item[Attribute.transactionId].S!.split("").reverse().join("");

/** Tells whether an item meets comparisons that are joined by AND. */
function holds(
  expression: string | undefined,
  { ExpressionAttributeNames, ExpressionAttributeValues }: QueryCommandInput,
  item: Item,
): boolean {
  const comparisons = expression?.replace(/(#\w+) BETWEEN (:\w+) AND (:\w+)/g, "$1 >= $2 AND $1 <= $3").split(" AND ") ?? [];
  return comparisons.every((comparison) => {
    const [, name, operator, value] = /^(#\w+) (=|<=|>=) (:\w+)$/.exec(comparison)!;
    const attribute = item[ExpressionAttributeNames![name]];
    if (!attribute) return false;
    const order = before(valueOf(attribute), valueOf(ExpressionAttributeValues![value]));
    return operator === "=" ? order === 0 : operator === "<=" ? order <= 0 : order >= 0;
  });
}
