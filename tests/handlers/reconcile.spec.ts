import * as assert from "node:assert/strict";
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { mock } from "node:test";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../handlers/reconcile";
import { transitions } from "../../domain/lifecycle";
import { Variable } from "../../domain/variables";
import { capturingOutput, lambdaContext } from "../../testbed/handlers";
import { ago, before, expired, openEvents, received } from "../helpers/openEvents";

const dynamodb = mockClient(DynamoDBClient);
const sqs = mockClient(SQSClient);
const { open, answers } = openEvents(dynamodb);
const refused = new ConditionalCheckFailedException({ message: "failed", $metadata: {} });

/** Lets only the conditions of these transitions hold. */
function holds(...names: (keyof typeof transitions)[]) {
  const conditions: string[] = names.map((name) => transitions[name].condition);
  dynamodb.on(UpdateItemCommand).callsFake(({ ConditionExpression }: { ConditionExpression: string }) => {
    order.push(ConditionExpression);
    if (!conditions.includes(ConditionExpression)) throw refused;
    return {};
  });
}

const context = (milliseconds = 60_000) => ({ ...lambdaContext, getRemainingTimeInMillis: () => milliseconds }) as Context;
const run = (milliseconds?: number) => capturingOutput(() => handler({}, context(milliseconds)));
const writes = () => dynamodb.commandCalls(UpdateItemCommand).map(({ args }) => args[0].input);

/** Conditions of writes, and dead letters, in the order of sending. */
let order: string[] = [];

describe("The reconciler", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-01-31T12:00:00Z") });
    dynamodb.reset();
    sqs.reset();
    order = [];
    Object.assign(answers, { page: 1_000, items: 100 });
    sqs.on(SendMessageCommand).callsFake(() => void order.push("dead letter"));
    open();
    dynamodb.on(UpdateItemCommand).resolves({});
  });
  afterEach(() => mock.timers.reset());
  after(() => {
    dynamodb.restore();
    sqs.restore();
  });

  it("does nothing if nothing is stuck", async () => {
    const { result } = await run();
    assert.deepEqual(result, { requeued: 0, exhausted: 0, settled: 0, errors: 0 });
    assert.equal(writes().length, 0);
    assert.equal(dynamodb.commandCalls(QueryCommand).length, 1, "one a shard");
    assert.equal(dynamodb.commandCalls(BatchGetItemCommand).length, 0);
  });

  it("looks only into the shards whose oldest event may wait longest", async () => {
    process.env[Variable.indexShards] = "4";
    try {
      open(...["0", "1", "2", "3"].map((shard) => received(`evt_${shard}`, 100 + Number(shard) * 100, { shard: { N: shard } })));
      const { lines } = await run();
      assert.equal(lines.find((line) => "_aws" in line)?.OldestWaiting, 400);
      assert.equal(dynamodb.commandCalls(QueryCommand).length, 4 + 1 + 1, "each once, the oldest for its wait, and for what is due");
    } finally {
      process.env[Variable.indexShards] = "1";
    }
  });

  it("leaves alone what is open, and not stuck", async () => {
    const leased = { status: { S: "PROCESSING" }, lease_until: { N: String(before(-10)) } };
    open(
      received("young", 10),
      received("backlog", 899),
      received("again", 2_000, { requeued_at: ago(899) }),
      received("slow", 400, leased),
    );
    const { result } = await run();
    assert.deepEqual(result, { requeued: 0, exhausted: 0, settled: 0, errors: 0 });
    assert.equal(writes().length, 0);
  });

  it("reads every shard, and starts at another one each minute", async () => {
    process.env[Variable.indexShards] = "4";
    try {
      open(...["0", "1", "2", "3"].map((shard) => received(`evt_${shard}`, 1_000, { shard: { N: shard } })));
      const orders: string[] = [];
      for (let minute = 0; minute < 4; minute++) {
        dynamodb.resetHistory();
        const { result } = await run();
        assert.equal(result.requeued, 4);
        orders.push(writes()[0].Key!.transaction_id.S!);
        mock.timers.tick(60_000);
      }
      assert.equal(new Set(orders).size, 4);
    } finally {
      process.env[Variable.indexShards] = "1";
    }
  });

  it("requeues an event whose worker died", async () => {
    open(expired("evt_1"));
    holds("requeueExpired");
    const { result } = await run();
    assert.equal(result.requeued, 1);
    assert.deepEqual(writes()[0].Key, { transaction_id: { S: "stripe#evt_1" } });
    assert.equal(writes()[0].UpdateExpression, transitions.requeueExpired.update);
    const { ":dueAt": dueAt } = writes()[0].ExpressionAttributeValues!;
    assert.equal(Number(dueAt.N) - Date.now(), 360_000, "not before the lease of a worker that claims it at once");
  });

  it("reads again what DynamoDB leaves out of an answer", async () => {
    answers.items = 1;
    open(expired("evt_1"), expired("evt_2"), expired("evt_3"));
    assert.equal((await run()).result.requeued, 3);
  });

  it("requeues an event that nothing claimed", async () => {
    open(received("evt_1"));
    holds("requeueStale");
    const { result } = await run();
    assert.equal(result.requeued, 1);
    assert.deepEqual(order, [transitions.requeueStale.condition]);
  });

  it("does not touch an event that is settled by now, whatever the index says", async () => {
    open(expired("evt_1", 9));
    holds();
    const { result } = await run();
    assert.deepEqual(result, { requeued: 0, exhausted: 0, settled: 1, errors: 0 });
    assert.equal(sqs.commandCalls(SendMessageCommand).length, 0);
  });

  for (const [what, found, reason] of [
    ["whose worker died too often", () => expired("evt_1", 5), "Exhausted: the worker died in each of 5 attempts"],
    ["that nothing claimed for a day", () => received("evt_1"), "Exhausted: not claimed for a day"],
  ] as const)
    it(`exhausts an event ${what}: claimed, then the dead letter, then FAILED`, async () => {
      open(found());
      holds("exhaust", "fail");
      const { result } = await run();
      assert.equal(result.exhausted, 1);
      const claim = writes().find(({ UpdateExpression }) => UpdateExpression === transitions.exhaust.update)!;
      assert.equal(Number(claim.ExpressionAttributeValues![":leaseUntil"].N) - Date.now(), 360_000);
      assert.deepEqual(order.slice(-3), [transitions.exhaust.condition, "dead letter", transitions.fail.condition]);
      const deadLetter = JSON.parse(sqs.commandCalls(SendMessageCommand)[0].args[0].input.MessageBody!) as object;
      assert.deepEqual(deadLetter, { transactionId: "stripe#evt_1", error: reason, execution: "reconciler#invocation-1" });
      assert.deepEqual(writes().at(-1)!.ExpressionAttributeValues![":me"], { S: "reconciler#invocation-1" });
      assert.deepEqual(writes().at(-1)!.ExpressionAttributeValues![":error"], { S: reason });
    });

  it("fails no event without its dead letter", async () => {
    open(expired("evt_1", 5));
    holds("exhaust", "fail");
    sqs.on(SendMessageCommand).rejects(new Error("no queue"));
    await assert.rejects(run(), /^Error: 1 events could not be requeued\. See the log\.$/);
    assert.ok(!order.includes(transitions.fail.condition));
  });

  it("continues with other events if one cannot be written, and fails at the end", async () => {
    open(expired("evt_1"), expired("evt_2"));
    let calls = 0;
    dynamodb.on(UpdateItemCommand).callsFake(() => {
      if (calls++ === 0) throw new Error("throttled");
      return {};
    });
    await assert.rejects(run(), /^Error: 1 events could not be requeued\. See the log\.$/);
    assert.equal(writes().length, 2);
  });

  it("reads every page of the index, and no item that does not exist any more", async () => {
    answers.page = 2;
    open(expired("evt_1"), expired("evt_2"), expired("evt_3"));
    dynamodb.on(UpdateItemCommand).resolves({});
    assert.equal((await run()).result.requeued, 3);
    dynamodb.on(BatchGetItemCommand).resolves({});
    assert.equal((await run()).result.requeued, 0);
  });

  it("handles a thousand events and leaves the rest to the next run", async () => {
    open(...Array.from({ length: 1_200 }, (_, index) => expired(`evt_${index}`)));
    const { result } = await run();
    assert.equal(result.requeued, 1_000);
  });

  it("ends in order before its timeout", async () => {
    open(expired("evt_1"));
    const { result } = await run(5_000);
    assert.deepEqual(result, { requeued: 0, exhausted: 0, settled: 0, errors: 0 });
  });

  it("counts its work for alarm and dashboard", async () => {
    open(expired("evt_1"));
    holds("requeueExpired");
    const { lines } = await run();
    const metrics = lines.find((line) => "_aws" in line)!;
    assert.equal(metrics.EventsRequeued, 1);
    assert.equal(metrics.EventsExhausted, undefined, "a metric costs in each month in which it has data");
  });

  for (const [what, items, seconds] of [
    ["since it was stored", () => [received("evt_1")], 1_000],
    ["since it was requeued", () => [received("evt_1", 1_000, { requeued_at: ago(100) })], 100],
    [
      "passing over those that are being processed",
      () => [
        ...Array.from({ length: 98 }, (_, index) => expired(`evt_${index}`)),
        received("evt_98", 200, { due_at: { N: String(before(-100)) } }),
        received("evt_99", 300, { due_at: { N: String(before(-101)) } }),
      ],
      300,
    ],
    ["unless it is less than a minute", () => [received("evt_1", 50)], undefined],
    ["unless none is waiting", () => [], undefined],
  ] as const)
    it(`reports how long the oldest event has waited, ${what}`, async () => {
      open(...items());
      holds();
      const { lines } = await run();
      assert.equal(lines.find((line) => "_aws" in line)?.OldestWaiting, seconds);
    });

  it("logs one line, and counts nothing, if there was nothing to do", async () => {
    const { lines, output } = await run();
    assert.deepEqual(
      lines.map(({ message }) => message),
      ["Reconciled"],
    );
    assert.doesNotMatch(output, /EventsRequeued|No application metrics/);
  });

  it("names each event only in its own log line", async () => {
    open(expired("evt_1", 5), expired("evt_2", 5));
    holds("exhaust", "fail");
    const { lines } = await run();
    const told = lines.filter(({ message }) => message === "Exhausted").map(({ transactionId }) => transactionId);
    assert.deepEqual(told.sort(), ["stripe#evt_1", "stripe#evt_2"]);
    assert.equal(lines.find(({ message }) => message === "Reconciled")!.transactionId, undefined);
  });
});
