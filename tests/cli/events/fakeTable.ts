import { BatchGetItemCommand, DynamoDBClient, QueryCommand, type AttributeValue, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { Attribute } from "../../../domain/event";
import type { Table } from "../../../cli/events/find";

type Item = Record<string, AttributeValue>;

/** A table that answers the queries of its index and reads of its items, page by page, at the client's level. */
export interface FakeTable {
  table: Table;
  items: Map<string, Item>;
  /** Puts an event there, or changes it. */
  put(id: string, status: string, receivedAt: string, rest?: Item): void;
  /** The number of events that all queries have returned. */
  read: number;
  /** Is called after each query of the index. */
  afterQuery: () => void;
  restore(): void;
}

/** @param largestPage events that one query returns at most */
export function fakeTable(largestPage = 3): FakeTable {
  const mock = mockClient(DynamoDBClient);
  const items = new Map<string, Item>();
  const fake: FakeTable = {
    table: { dynamodb: new DynamoDBClient({}), tableName: "events" },
    items,
    put: (id, status, receivedAt, rest = {}) =>
      void items.set(id, {
        [Attribute.transactionId]: { S: id },
        [Attribute.status]: { S: status },
        [Attribute.receivedAt]: { S: receivedAt },
        ...rest,
      }),
    read: 0,
    afterQuery: () => {},
    restore: () => mock.restore(),
  };
  mock.on(QueryCommand).callsFake((query: QueryCommandInput) => {
    const values = query.ExpressionAttributeValues!;
    const value = (name: string) => values[name]?.S;
    const [since, until] = [value(":since") ?? "", value(":until") ?? "9"];
    const matching = [...items.values()]
      .filter((item) => item[Attribute.status].S === value(":status"))
      .filter(({ received_at: { S } }) => S! >= since && S! <= until)
      // Events of the same time come in an order that says nothing.
      .sort((a, b) => key(a).localeCompare(key(b)));
    if (query.ScanIndexForward === false) matching.reverse();
    const after = query.ExclusiveStartKey?.[Attribute.transactionId].S;
    const from = after === undefined ? 0 : matching.findIndex((item) => item[Attribute.transactionId].S === after) + 1;
    const page = matching.slice(from, from + Math.min(query.Limit ?? largestPage, largestPage));
    fake.read += page.length;
    const LastEvaluatedKey = from + page.length < matching.length ? page[page.length - 1] : undefined;
    const passes = (item: Item) => [":source", ":kind"].every((name) => !values[name] || item[name.slice(1)]?.S === value(name));
    fake.afterQuery();
    return { Items: page.filter(passes), ScannedCount: page.length, LastEvaluatedKey };
  });
  mock.on(BatchGetItemCommand).callsFake(({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) => {
    // Not all that is asked for, as where items are large.
    const { Keys } = RequestItems.events;
    const served = Keys.slice(-Math.max(1, Keys.length - 1));
    const rest = Keys.slice(0, -served.length);
    return {
      Responses: { events: served.map((one) => items.get(one[Attribute.transactionId].S!)).filter((item) => item !== undefined) },
      UnprocessedKeys: rest.length > 0 ? { events: { Keys: rest } } : {},
    };
  });
  return fake;
}

const key = (item: Item) => `${item[Attribute.receivedAt].S} ${item[Attribute.transactionId].S!.split("").reverse().join("")}`;
