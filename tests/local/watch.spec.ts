import * as assert from "node:assert/strict";
import { BatchGetItemCommand, DescribeTableCommand, DynamoDBClient, ScanCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { mockClient } from "aws-sdk-client-mock";
import type { Clients } from "../../local/clients";
import { Watcher } from "../../local/watch";

type Item = Record<string, AttributeValue>;

const at = (milliseconds: number) => ({ S: new Date(Date.UTC(2026, 0, 31, 12) + milliseconds).toISOString() });

const mockDynamodb = () => mockClient(DynamoDBClient);
const mockStreams = () => mockClient(DynamoDBStreamsClient);

describe("What watches the events of a local run", () => {
  let dynamodb: ReturnType<typeof mockDynamodb>;
  let streams: ReturnType<typeof mockStreams>;
  // Not while the file is loaded: the mock would take the client from the specifications of before.
  before(() => ([dynamodb, streams] = [mockDynamodb(), mockStreams()]));
  after(() => [dynamodb, streams].forEach((client) => client.restore()));
  let items: Map<string, Item>;
  let records: string[];
  let shown: string[];
  let watcher: Watcher;
  /** Iterators before this place have expired. */
  let expired: number;

  function put(id: string, status: string, rest: Item = {}) {
    items.set(id, { transaction_id: { S: id }, received_at: at(0), ...items.get(id), ...rest, status: { S: status } });
    records.push(id);
  }

  beforeEach(() => {
    [items, records, shown, expired] = [new Map(), [], [], -1];
    [dynamodb, streams].forEach((client) => client.reset());
    dynamodb.on(DescribeTableCommand).resolves({ Table: { LatestStreamArn: "arn:stream" } });
    dynamodb.on(ScanCommand).callsFake(() => ({ Items: [...items.values()] }));
    dynamodb.on(BatchGetItemCommand).callsFake(({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) => {
      const { Keys } = RequestItems.events;
      assert.ok(Keys.length <= 100);
      return { Responses: { events: Keys.map((key) => items.get(key.transaction_id.S!)).filter((item) => item !== undefined) } };
    });
    streams.on(DescribeStreamCommand).resolves({ StreamDescription: { Shards: [{ ShardId: "shard" }] } });
    streams.on(GetShardIteratorCommand).callsFake(({ ShardIteratorType, SequenceNumber }) => {
      expired = -1;
      return { ShardIterator: String(ShardIteratorType === "LATEST" ? records.length : Number(SequenceNumber) + 1) };
    });
    streams.on(GetRecordsCommand).callsFake(({ ShardIterator, Limit }) => {
      const from = Number(ShardIterator);
      if (from <= expired) throw new ExpiredIteratorException({ message: "expired", $metadata: {} });
      const page = records.slice(from, from + Number(Limit));
      const Records = page.map((id, index) => ({
        dynamodb: { Keys: { transaction_id: { S: id } }, SequenceNumber: String(from + index) },
      }));
      return { Records, NextShardIterator: String(from + page.length) };
    });
    const clients = { dynamodb: new DynamoDBClient({}), dynamodbStreams: new DynamoDBStreamsClient({}) } as Clients;
    watcher = new Watcher(clients, "events", (line) => shown.push(line.trim()));
  });

  it("shows each change of a status once, with what the stage before took", async () => {
    await watcher.skip();
    put("stripe#1", "RECEIVED");
    await watcher.look();
    await watcher.look();
    put("stripe#1", "PROCESSING", { claimed_at: at(40) });
    put("stripe#2", "RECEIVED", { received_at: at(30) });
    await watcher.look();
    const amount = { M: { value: { N: "1490" }, exponent: { N: "2" }, currency: { S: "EUR" } } };
    put("stripe#1", "PROCESSED", { finished_at: at(100), kind: { S: "refund" }, normalized: { M: { amount } } });
    put("stripe#2", "PROCESSED", { claimed_at: at(40), finished_at: at(90), kind: { S: "other" }, normalized: { M: {} } });
    await watcher.look();
    put("square#3", "FAILED", { claimed_at: at(40), finished_at: at(90), error: { S: "Transient: Error" } });
    await watcher.look();
    assert.deepEqual(shown, [
      "RECEIVED   stripe#1  stored",
      "PROCESSING stripe#1  +40 ms",
      "RECEIVED   stripe#2  stored",
      "PROCESSED  stripe#1  +60 ms, 100 ms in all  refund 14.90 EUR",
      "PROCESSED  stripe#2  +50 ms, 60 ms in all  other",
      "FAILED     square#3  +50 ms, 90 ms in all  Transient: Error",
    ]);
    assert.deepEqual(
      [watcher.isFinished("stripe#1"), watcher.isFinished("stripe#4"), watcher.statusOf("square#3")],
      [true, false, "FAILED"],
    );
  });

  it("reads nothing of the table while nothing changes, and then what has changed", async () => {
    for (let index = 0; index < 500; index++) put(`stripe#${index}`, "PROCESSED");
    await watcher.skip();
    for (let look = 0; look < 10; look++) await watcher.look();
    put("stripe#7", "PROCESSED");
    put("stripe#new", "RECEIVED");
    await watcher.look();
    assert.deepEqual([dynamodb.commandCalls(ScanCommand).length, dynamodb.commandCalls(BatchGetItemCommand).length], [1, 1]);
    assert.deepEqual(shown, ["RECEIVED   stripe#new  stored"]);
  });

  it("says nothing of what an earlier run has kept, until it changes", async () => {
    put("stripe#kept", "RECEIVED");
    put("stripe#failed", "FAILED");
    await watcher.skip();
    assert.deepEqual([watcher.size, watcher.open], [2, { kept: 1, own: 0 }]);
    put("stripe#own", "RECEIVED", { received_at: at(10) });
    put("stripe#kept", "PROCESSING", { claimed_at: at(900) });
    await watcher.look();
    assert.deepEqual(watcher.open, { kept: 1, own: 1 });
    assert.deepEqual(shown, ["PROCESSING stripe#kept  +900 ms", "RECEIVED   stripe#own  stored"]);
  });

  it("reads more changes than one call returns, and passes over what is deleted", async () => {
    await watcher.look();
    for (let index = 0; index < 2_500; index++) put(`stripe#${index}`, "RECEIVED", { received_at: at(index) });
    items.delete("stripe#7");
    await watcher.look();
    assert.deepEqual([shown.length, watcher.size], [2_499, 2_499]);
    assert.equal(dynamodb.commandCalls(ScanCommand).length, 0);
  });

  it("misses nothing that it cannot read at once", async () => {
    await watcher.skip();
    put("stripe#1", "RECEIVED");
    const answers = [
      () => Promise.reject(new Error("socket hang up")),
      () => ({ UnprocessedKeys: { events: { Keys: [{ transaction_id: { S: "stripe#1" } }] } } }),
      () => ({ Responses: { events: [items.get("stripe#1")!] } }),
    ];
    dynamodb.on(BatchGetItemCommand).callsFake(() => answers.shift()!());
    await assert.rejects(watcher.look(), /socket hang up/);
    await watcher.look();
    assert.deepEqual(shown, ["RECEIVED   stripe#1  stored"]);
  });

  it("goes on from the last change where the place in the stream has expired, as after the sleep of the machine", async () => {
    await watcher.skip();
    expired = records.length;
    put("stripe#0", "RECEIVED");
    await watcher.look();
    put("stripe#1", "RECEIVED");
    await watcher.look();
    expired = records.length;
    put("stripe#2", "RECEIVED");
    await watcher.look();
    assert.deepEqual(shown, ["RECEIVED   stripe#1  stored", "RECEIVED   stripe#2  stored"]);
    streams.on(GetRecordsCommand).rejects(new Error("gone"));
    await assert.rejects(watcher.look(), /gone/);
  });
});
