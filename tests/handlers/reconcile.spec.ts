import * as assert from "node:assert/strict";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { mock } from "node:test";
import { mockClient } from "aws-sdk-client-mock";
import { reconcilerQueries } from "../../tools/cost/model";
import { handler } from "../../handlers/reconcile";
import { transitions } from "../../domain/lifecycle";
import { capturingOutput, lambdaContext } from "../../testbed/handlers";

const dynamodb = mockClient(DynamoDBClient);
const sqs = mockClient(SQSClient);
const refused = new ConditionalCheckFailedException({ message: "failed", $metadata: {} });

const ago = (seconds: number) => ({ S: new Date(Date.now() - seconds * 1_000).toISOString() });
const event = (id: string, attempts = 1): Record<string, AttributeValue> => ({
  transaction_id: { S: `stripe#${id}` },
  received_at: ago(1_000),
  attempts: { N: String(attempts) },
});

/** Content of the index: events with an expired lease, and events that nothing claimed. */
function stuck({ expired = [], stale = [] }: { expired?: Record<string, AttributeValue>[]; stale?: Record<string, AttributeValue>[] }) {
  const of = (status: string) => ({ ExpressionAttributeValues: { ":status": { S: status } } });
  const asked = (status: string) => dynamodb.on(QueryCommand, of(status) as never, false);
  asked("PROCESSING").resolves({ Items: expired });
  asked("RECEIVED").resolves({ Items: stale });
}

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
    sqs.on(SendMessageCommand).callsFake(() => void order.push("dead letter"));
    stuck({});
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
    assert.equal(dynamodb.commandCalls(QueryCommand).length, reconcilerQueries, "as the bill counts them");
  });

  it("queries the index for expired leases, and for events not claimed for 15 minutes", async () => {
    await run();
    const [, expired, stale] = dynamodb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    assert.deepEqual([expired.IndexName, stale.IndexName], ["by_status", "by_status"]);
    assert.equal(expired.FilterExpression, "#leaseUntil < :nowMs");
    assert.deepEqual(expired.ExpressionAttributeValues![":nowMs"], { N: String(Date.now()) });
    assert.equal(stale.KeyConditionExpression, "#status = :status AND #receivedAt < :staleBefore");
    assert.deepEqual(stale.ExpressionAttributeValues![":staleBefore"], ago(900));
  });

  it("requeues an event whose worker died", async () => {
    stuck({ expired: [event("evt_1")] });
    holds("requeueExpired");
    const { result } = await run();
    assert.equal(result.requeued, 1);
    assert.deepEqual(writes()[0].Key, { transaction_id: { S: "stripe#evt_1" } });
    assert.equal(writes()[0].UpdateExpression, transitions.requeueExpired.update);
  });

  it("requeues an event that nothing claimed", async () => {
    stuck({ stale: [event("evt_1", 0)] });
    holds("requeueStale");
    const { result } = await run();
    assert.equal(result.requeued, 1);
    assert.deepEqual(order, [transitions.requeueStale.condition]);
  });

  it("does not touch an event that is settled by now, whatever the index says", async () => {
    stuck({ expired: [event("evt_1", 9)] });
    holds();
    const { result } = await run();
    assert.deepEqual(result, { requeued: 0, exhausted: 0, settled: 1, errors: 0 });
    assert.equal(sqs.commandCalls(SendMessageCommand).length, 0);
  });

  for (const [what, found, reason] of [
    ["whose worker died too often", () => ({ expired: [event("evt_1", 5)] }), "Exhausted: the worker died in each of 5 attempts"],
    ["that nothing claimed for a day", () => ({ stale: [event("evt_1", 0)] }), "Exhausted: not claimed for a day"],
  ] as const)
    it(`exhausts an event ${what}: claimed, then the dead letter, then FAILED`, async () => {
      stuck(found());
      holds("exhaust", "fail");
      const { result } = await run();
      assert.equal(result.exhausted, 1);
      assert.deepEqual(order.slice(-3), [transitions.exhaust.condition, "dead letter", transitions.fail.condition]);
      const deadLetter = JSON.parse(sqs.commandCalls(SendMessageCommand)[0].args[0].input.MessageBody!) as object;
      assert.deepEqual(deadLetter, { transactionId: "stripe#evt_1", error: reason, execution: "reconciler#invocation-1" });
      assert.deepEqual(writes().at(-1)!.ExpressionAttributeValues![":me"], { S: "reconciler#invocation-1" });
      assert.deepEqual(writes().at(-1)!.ExpressionAttributeValues![":error"], { S: reason });
    });

  it("fails no event without its dead letter", async () => {
    stuck({ expired: [event("evt_1", 5)] });
    holds("exhaust", "fail");
    sqs.on(SendMessageCommand).rejects(new Error("no queue"));
    await assert.rejects(run(), /^Error: 1 events could not be requeued\. See the log\.$/);
    assert.ok(!order.includes(transitions.fail.condition));
  });

  it("continues with other events if one cannot be written, and fails at the end", async () => {
    stuck({ expired: [event("evt_1"), event("evt_2")] });
    let calls = 0;
    dynamodb.on(UpdateItemCommand).callsFake(() => {
      if (calls++ === 0) throw new Error("throttled");
      return {};
    });
    await assert.rejects(run(), /^Error: 1 events could not be requeued\. See the log\.$/);
    assert.equal(writes().length, 2);
  });

  it("reads every page of the index", async () => {
    dynamodb.reset();
    const last = { transaction_id: { S: "stripe#evt_1" } };
    dynamodb.on(QueryCommand).callsFake(({ ExclusiveStartKey, ExpressionAttributeValues }) => {
      if (ExpressionAttributeValues[":status"].S !== "PROCESSING") return {};
      return ExclusiveStartKey === undefined ? { Items: [event("evt_1")], LastEvaluatedKey: last } : { Items: [event("evt_2")] };
    });
    dynamodb.on(UpdateItemCommand).resolves({});
    const { result } = await run();
    assert.equal(result.requeued, 2);
  });

  it("handles a thousand events and leaves the rest to the next run", async () => {
    stuck({ expired: Array.from({ length: 1_200 }, (_, index) => event(`evt_${index}`)) });
    const { result } = await run();
    assert.equal(result.requeued, 1_000);
  });

  it("ends in order before its timeout", async () => {
    stuck({ expired: [event("evt_1")] });
    const { result } = await run(5_000);
    assert.deepEqual(result, { requeued: 0, exhausted: 0, settled: 0, errors: 0 });
  });

  it("counts its work for alarm and dashboard", async () => {
    stuck({ expired: [event("evt_1")] });
    holds("requeueExpired");
    const { lines } = await run();
    const metrics = lines.find((line) => "_aws" in line)!;
    assert.equal(metrics.EventsRequeued, 1);
    assert.equal(metrics.EventsExhausted, undefined, "a metric costs in each month in which it has data");
  });

  for (const [what, stale, seconds] of [
    ["since it was stored", () => [event("evt_1")], 1_000],
    ["since it was requeued", () => [{ ...event("evt_1"), requeued_at: ago(100) }], 100],
    ["unless it is less than a minute", () => [{ ...event("evt_1"), requeued_at: ago(50) }], undefined],
    ["unless none is waiting", () => [], undefined],
  ] as const)
    it(`reports how long the oldest event has waited, ${what}`, async () => {
      stuck({ stale: stale() });
      holds();
      const { lines } = await run();
      const [asked] = dynamodb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
      assert.deepEqual([asked.Limit, asked.IndexName, asked.FilterExpression], [1, "by_status", undefined]);
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
    stuck({ expired: [event("evt_1", 5), event("evt_2", 5)] });
    holds("exhaust", "fail");
    const { lines } = await run();
    const told = lines.filter(({ message }) => message === "Exhausted").map(({ transactionId }) => transactionId);
    assert.deepEqual(told.sort(), ["stripe#evt_1", "stripe#evt_2"]);
    assert.equal(lines.find(({ message }) => message === "Reconciled")!.transactionId, undefined);
  });
});
