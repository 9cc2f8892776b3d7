import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { removeSettledDeadLetters } from "../../../cli/events/dlq";
import { redriveAll, redriveOne } from "../../../cli/events/redrive";
import type { Target } from "../../../cli/lib/target";

describe("A redrive of many events", () => {
  const mock = mockClient(DynamoDBClient);
  const target = { dynamodb: new DynamoDBClient({}), tableName: "webhook-events-test" };
  /** Events that are FAILED; what is redriven is so no more. */
  let failed: Set<string>;
  beforeEach(() => {
    failed = new Set(Array.from({ length: 100 }, (_, index) => `stripe#evt_${index}`));
    mock.reset();
    mock.on(UpdateItemCommand).callsFake(({ Key }) => {
      const id = Key.transaction_id.S as string;
      if (id === "stripe#evt_7") throw new Error("throttled");
      if (!failed.delete(id)) throw new ConditionalCheckFailedException({ message: "failed", $metadata: {} });
      return {};
    });
  });
  after(() => mock.restore());
  const pace = { rate: 100_000, signal: new AbortController().signal, onProgress: () => {} };

  it("counts what it redrove, what it left, and what failed, with AWS's words", async () => {
    const { redriven, left, failed: broken } = await redriveAll(target, [...failed, "stripe#gone"], pace);
    assert.deepEqual([redriven, left, [...broken]], [99, ["stripe#gone"], [["stripe#evt_7", "throttled"]]]);
  });

  it("stops where it is told to, and the same command goes on from there", async () => {
    const interruption = new AbortController();
    const stopped = await redriveAll(target, [...failed], {
      ...pace,
      signal: interruption.signal,
      onProgress: (done) => done >= 50 && interruption.abort(),
    });
    assert.equal(stopped.redriven, 49);
    const rest = await redriveAll(target, [...failed], pace);
    assert.equal(stopped.redriven + rest.redriven, 99);
    assert.deepEqual(rest.left, []);
  });

  it("redrives events as they are read, and says where the reading stopped", async () => {
    let read = 0;
    async function* ids() {
      for (const id of [...failed]) {
        if (read === 35) throw new Error("throttled");
        read++;
        yield Promise.resolve(id);
      }
    }
    const atMost: number[] = [];
    const {
      redriven,
      failed: broken,
      stopped,
    } = await redriveAll(target, ids(), { ...pace, onProgress: (done) => atMost.push(read - done) });
    assert.deepEqual([redriven, broken.size, (stopped!.error as Error).message], [29, 1, "throttled"]);
    assert.ok(
      atMost.every((ahead) => ahead <= 10),
      "reads no more ahead than it writes at once",
    );
  });

  it("makes the event due a lease later", async () => {
    const now = new Date("2026-01-31T12:00:00Z");
    await redriveOne(target, "stripe#evt_1", now);
    const values = mock.commandCalls(UpdateItemCommand)[0].args[0].input.ExpressionAttributeValues!;
    assert.deepEqual([values[":now"].S, values[":dueAt"].N], [now.toISOString(), String(now.getTime() + 360_000)]);
  });

  it("stops where nobody answers, after the events that it asked for at once", async () => {
    mock.on(UpdateItemCommand).rejects(new Error("connect ECONNREFUSED"));
    const { redriven, failed: broken } = await redriveAll(target, [...failed], pace);
    assert.deepEqual([redriven, broken.size], [0, 10]);
  });

  it("is no faster than asked", async () => {
    const started = performance.now();
    await redriveAll(target, [...failed].slice(20, 60), { ...pace, rate: 100 });
    const ms = performance.now() - started;
    assert.ok(ms >= 290, `${ms} ms`);
  });
});

describe("The dead letters after a redrive", () => {
  const sent = Date.parse("2026-01-31T12:00:00Z");
  const [before, since] = ["2026-01-31T11:59:59.000Z", "2026-01-31T12:00:01.000Z"];
  const rows: [what: string, item: Record<string, { S: string }> | undefined, removed: boolean][] = [
    ["of a PROCESSED event", { status: { S: "PROCESSED" } }, true],
    ["of an event that was redriven since", { status: { S: "RECEIVED" }, requeued_at: { S: since } }, true],
    ["of an event that failed again, whose dead letter was sent since", { status: { S: "PROCESSING" }, requeued_at: { S: before } }, false],
    ["of a FAILED event", { status: { S: "FAILED" } }, false],
    ["of an event that is not there", undefined, false],
  ];
  const [dynamodb, sqs] = [mockClient(DynamoDBClient), mockClient(SQSClient)];
  beforeEach(() => [dynamodb, sqs].forEach((client) => client.reset()));
  after(() => [dynamodb, sqs].forEach((client) => client.restore()));

  async function removedOf(body: string): Promise<number> {
    const message = { MessageId: "dead-letter-1", Body: body, ReceiptHandle: "receipt", Attributes: { SentTimestamp: String(sent) } };
    sqs
      .on(ReceiveMessageCommand)
      .resolvesOnce({ Messages: [message] })
      .resolves({});
    sqs.on(DeleteMessageCommand).resolves({});
    const target = { dynamodb: new DynamoDBClient({}), sqs: new SQSClient({}), tableName: "t", deadLetterQueueUrl: "https://q" } as Target;
    const removed = await removeSettledDeadLetters(target, new AbortController().signal);
    assert.equal(sqs.commandCalls(DeleteMessageCommand).length, removed);
    return removed;
  }

  for (const [what, Item, removed] of rows)
    it(`${removed ? "go" : "stay"}: one ${what}`, async () => {
      dynamodb.on(GetItemCommand).resolves({ Item });
      assert.equal(await removedOf(JSON.stringify({ transactionId: "stripe#evt_1", error: "…", execution: "…" })), removed ? 1 : 0);
    });

  it("end the search when one comes back that stayed", async () => {
    dynamodb.on(GetItemCommand).resolves({ Item: { status: { S: "FAILED" } } });
    const deadLetter = {
      MessageId: "dead-letter-1",
      Body: '{"transactionId":"stripe#evt_1"}',
      Attributes: { SentTimestamp: String(sent) },
    };
    sqs.on(ReceiveMessageCommand).resolves({ Messages: [deadLetter] });
    const target = { dynamodb: new DynamoDBClient({}), sqs: new SQSClient({}), tableName: "t", deadLetterQueueUrl: "https://q" } as Target;
    assert.equal(await removeSettledDeadLetters(target, new AbortController().signal), 0);
    assert.equal(sqs.commandCalls(ReceiveMessageCommand).length, 4, "looked for others three times more");
  });

  it("stay: what is no dead letter of an event", async () => {
    assert.equal(await removedOf('{"DDBStreamBatchInfo":{}}'), 0);
    sqs.reset();
    assert.equal(await removedOf("no JSON"), 0);
  });
});
