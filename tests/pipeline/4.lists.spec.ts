import * as assert from "node:assert/strict";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  QueryCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type QueryCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { chooseBy, idsOf } from "../../cli/events/chosen";
import { readCursor } from "../../cli/events/cursor";
import { readFilters } from "../../cli/events/filters";
import { countByStatus } from "../../cli/events/find";
import { Follower } from "../../cli/events/follow";
import { listNewest } from "../../cli/events/list";
import type { Table } from "../../cli/events/query";
import { redriveAll, redriveOne } from "../../cli/events/redrive";
import { Attribute, indexes, Status } from "../../domain/event";
import { entryOf } from "../../domain/history";
import { conditionalWrite, transitions } from "../../domain/lifecycle";
import { dueAfter } from "../../domain/processing";
import { shardOf } from "../../domain/shards";
import { scanTable } from "../../local/scan";
import { sharedPipeline, type Item } from "../helpers/pipeline";

const begin = Date.now() - 3_600_000;
const at = (second: number) => new Date(begin + second * 1_000);
const idOf = (index: number) => `${index % 3 ? "stripe" : "adyen"}#${index}`;
const total = 240;
const text = (value: string) => ({ S: value });
const moment = (now: Date) => ({ now: text(now.toISOString()), nowMs: { N: String(now.getTime()) }, dueAt: { N: String(dueAfter(now)) } });

for (const shards of [1, 4])
  describe(`Events in somebody else's table, with ${shards === 1 ? "one shard" : `${shards} shards`}`, () => {
    let table: Table;
    let client: DynamoDBClient;
    /** Queries of the indexes: the entries that each has read. */
    let queries: { index: string; read: number }[];
    let afterQuery: () => Promise<void>;

    before(async () => {
      client = (await sharedPipeline()).clients.dynamodb;
      const send = async (command: QueryCommand) => {
        const answer = (await client.send(command)) as QueryCommandOutput;
        if (!(command instanceof QueryCommand)) return answer;
        queries.push({ index: command.input.IndexName!, read: answer.ScannedCount! });
        await afterQuery();
        return answer;
      };
      table = { dynamodb: { send } as never, tableName: `lists-${shards}`, indexShards: shards };
      await client.send(new CreateTableCommand(definitionOf(table.tableName)));
      await put(Array.from({ length: total }, (_, index) => index));
      // A third of the events waits, was requeued, or is being processed; the others have settled.
      for (let index = 0; index < total; index++) {
        if (index % 8 === 0)
          await write(idOf(index), "requeueStale", { ...moment(new Date(Date.now() - index)), staleBefore: text(at(total).toISOString()) });
        else if (index % 8 > 2) await settle(index, index % 8 === 7 ? "fail" : "complete");
        else if (index % 8 === 2) await claim(index);
      }
    });
    beforeEach(() => {
      queries = [];
      afterQuery = async () => {};
    });

    async function put(numbers: readonly number[]) {
      for (let from = 0; from < numbers.length; from += 25) {
        const requests = numbers.slice(from, from + 25).map((index) => ({ PutRequest: { Item: received(idOf(index), at(index)) } }));
        await client.send(new BatchWriteItemCommand({ RequestItems: { [table.tableName]: requests } }));
      }
    }
    const received = (id: string, now: Date): Item => ({
      [Attribute.transactionId]: text(id),
      [Attribute.status]: text(Status.received),
      [Attribute.source]: text(id.split("#")[0]),
      [Attribute.receivedAt]: text(now.toISOString()),
      [Attribute.attempts]: { N: "0" },
      [Attribute.shard]: { N: String(shardOf(id, shards)) },
      [Attribute.dueAt]: { N: String(dueAfter(now)) },
    });
    async function write(id: string, name: keyof typeof transitions, given: Item) {
      const change = conditionalWrite(transitions[name], given as never);
      await client.send(
        new UpdateItemCommand({ TableName: table.tableName, Key: { [Attribute.transactionId]: text(id) }, ...change } as never),
      );
    }
    const owner = { me: text("execution#0"), ...moment(new Date()), leaseUntil: { N: String(Date.now() + 360_000) } };
    const claim = (index: number) => write(idOf(index), "claim", owner);
    async function settle(index: number, outcome: "complete" | "fail") {
      await claim(index);
      const failure = { error: text("Transient"), entry: entryOf("failed", owner.now, text("Transient")) };
      await write(idOf(index), outcome, { ...owner, ...(outcome === "fail" && failure) });
    }
    /** Lists what the table has, newest first, without its indexes. */
    async function stored(): Promise<{ id: string; status: string }[]> {
      const items = await scanTable(client, table.tableName, [Attribute.transactionId, Attribute.status, Attribute.receivedAt]);
      items.sort((a, b) => (a[Attribute.receivedAt].S! > b[Attribute.receivedAt].S! ? -1 : 1));
      return items.map((item) => ({ id: item[Attribute.transactionId].S!, status: item[Attribute.status].S! }));
    }
    const list = (limit: number, cursor?: string) =>
      listNewest(table, readFilters({}), { limit, after: cursor ? readCursor(cursor) : undefined });

    it("are listed newest first, page by page, each once", async () => {
      const expected = await stored();
      const found: typeof expected = [];
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const listing = await list(37, cursor);
        found.push(...listing.events.map(({ transactionId, status }) => ({ id: transactionId, status })));
        ({ cursor } = listing);
      }
      assert.deepEqual(found, expected);
    });

    it("are listed newest first without reading the older ones", async () => {
      const { events } = await list(10);
      assert.deepEqual(
        events.map(({ transactionId }) => transactionId),
        (await stored()).slice(0, 10).map(({ id }) => id),
      );
      const read = queries.filter(({ index }) => index === "by_time").reduce((sum, query) => sum + query.read, 0);
      assert.ok(read <= 11 * shards, `${read} entries`);
    });

    it("are counted by status", async () => {
      const expected: Record<string, number> = Object.fromEntries(Object.values(Status).map((status) => [status, 0]));
      for (const { status } of await stored()) expected[status]++;
      assert.deepEqual(await countByStatus(table, readFilters({})), expected);
      const adyen = (await stored()).filter(({ id, status }) => id.startsWith("adyen#") && status === (Status.failed as string));
      assert.deepEqual(await countByStatus(table, readFilters({ source: "adyen", status: "failed" })), { FAILED: adyen.length });
    });

    it("are followed through a redrive", async () => {
      const follower = new Follower(table);
      await follower.start();
      assert.equal(await redriveOne(table, idOf(7)), true);
      const seen = async () => (await follower.poll()).map(({ transactionId, status }) => [transactionId, status]);
      assert.deepEqual(await seen(), [[idOf(7), Status.received]]);
      await settle(7, "fail");
      assert.deepEqual(await seen(), [[idOf(7), Status.failed]]);
    });

    it("are all listed while those that wait settle", async () => {
      const before = (await stored()).map(({ id }) => id);
      const waiting = Array.from({ length: total / 8 }, (_, index) => 8 * index + 1);
      afterQuery = async () => {
        const index = waiting.shift();
        if (index !== undefined) await settle(index, "complete");
      };
      const { events } = await list(1_000);
      assert.deepEqual(
        events.map(({ transactionId }) => transactionId),
        before,
      );
      assert.ok(waiting.length < total / 8);
    });

    it("are redriven if they have FAILED, all and no others", async () => {
      const failed = (await stored()).filter(({ status }) => status === (Status.failed as string)).map(({ id }) => id);
      const { count, events } = await chooseBy(table, readFilters({ status: "failed" }), new Date(Date.now() + 1_000));
      const pace = { rate: 100_000, signal: new AbortController().signal, onProgress: () => {} };
      const { redriven, left } = await redriveAll(table, idsOf(events()), pace);
      assert.deepEqual([count, redriven, left], [failed.length, failed.length, []]);
      const now = new Map((await stored()).map(({ id, status }) => [id, status]));
      assert.ok(failed.length > 20 && failed.every((id) => now.get(id) === (Status.received as string)));
      assert.deepEqual(await countByStatus(table, readFilters({ status: "failed" })), { FAILED: 0 });
      assert.deepEqual(
        (await list(1_000)).events.map(({ transactionId }) => transactionId),
        (await stored()).map(({ id }) => id),
      );
    });
  });

/** Defines a table with the program's keys and indexes. */
function definitionOf(TableName: string) {
  const keys = (hash: string, range?: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    ...(range ? [{ AttributeName: range, KeyType: "RANGE" as const }] : []),
  ];
  const numbers = [Attribute.shard, Attribute.dueAt, Attribute.settledShard, Attribute.failedShard];
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST" as const,
    AttributeDefinitions: [
      ...[Attribute.transactionId, Attribute.receivedAt].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      ...numbers.map((AttributeName) => ({ AttributeName, AttributeType: "N" as const })),
    ],
    KeySchema: keys(Attribute.transactionId),
    GlobalSecondaryIndexes: Object.values(indexes).map(({ name, hashKey, rangeKey, attributes }) => ({
      IndexName: name,
      KeySchema: keys(hashKey, rangeKey),
      Projection:
        attributes.length === 0
          ? { ProjectionType: "KEYS_ONLY" as const }
          : { ProjectionType: "INCLUDE" as const, NonKeyAttributes: [...attributes] },
    })),
  };
}
