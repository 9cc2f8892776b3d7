import * as assert from "node:assert/strict";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { isOver, readDeadLetter } from "../../../cli/destinations/deadLetters";
import { messageOf, operationOf } from "../../../cli/destinations/messages";
import { settleDeadLetters } from "../../../cli/destinations/settle";
import type { NamedDestination } from "../../../cli/destinations/target";
import { UsageError } from "../../../cli/lib/errors";
import type { DestinationsTarget } from "../../../cli/lib/target";
import { deliveryId, generationOf, triggerOf } from "../../../domain/destinations";
import { readMessage } from "../../../handlers/deliver/message";
import { fakeTable, type FakeTable } from "../events/fakeTable";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-to-orders-test";
const operation = { trigger: "redelivery", generation: "redelivery-1" } as const;
const event = {
  transactionId: "stripe#evt_1",
  source: "stripe",
  eventType: "charge.refunded",
  kind: "refund",
  occurredAt: "2026-01-31T11:59:59.000Z",
  receivedAt: "2026-01-31T12:00:00.000Z",
  test: false,
} as const;

describe("A message of an operation", () => {
  it("is one that the function understands, with its trigger and generation", () => {
    const message = messageOf(event, operation, queueUrl, "eu-central-1");
    assert.deepEqual([triggerOf(message), generationOf(message)], ["redelivery", "redelivery-1"]);
    assert.deepEqual(readMessage("orders", JSON.stringify(message), 7), {
      destination: "orders",
      transactionId: "stripe#evt_1",
      trigger: "redelivery",
      generation: "redelivery-1",
      sentAt: 7,
    });
  });

  it("is in EventBridge's form, for consumers of a queue", () => {
    const now = new Date("2026-01-31T12:00:00.123Z");
    const { id, ...message } = messageOf(event, operation, queueUrl, "eu-central-1", now);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(message, {
      version: "0",
      "detail-type": "refund",
      source: "webhook.pipeline",
      account: "123456789012",
      time: "2026-01-31T12:00:00Z",
      region: "eu-central-1",
      resources: [],
      detail: event,
      ...operation,
    });
  });

  it("belongs to a new operation, or to the one that is continued", () => {
    const [one, other] = [operationOf("backfill", undefined), operationOf("backfill", undefined)];
    assert.notEqual(one.generation, other.generation);
    assert.deepEqual(operationOf("backfill", one.generation), one);
    for (const given of ["redelivery-1", "backfill-", "", "backfill-a b", `backfill-${"x".repeat(65)}`])
      assert.throws(() => operationOf("backfill", given), UsageError);
  });
});

describe("A dead letter of a destination", () => {
  it("is read in each form: of the function, of EventBridge or crashes, of an operation", () => {
    const read = (body: unknown) => readDeadLetter({ Body: typeof body === "string" ? body : JSON.stringify(body) });
    assert.deepEqual(read({ destination: "orders", transactionId: "stripe#evt_1", error: "…", generation: "" }), {
      transactionId: "stripe#evt_1",
      generation: "",
    });
    assert.deepEqual(read({ detail: event, source: "webhook.pipeline" }), { transactionId: "stripe#evt_1", generation: "" });
    assert.deepEqual(read({ detail: event, "replay-name": "replay-1" }), { transactionId: "stripe#evt_1", generation: "replay-1" });
    for (const foreign of ["no JSON", { detail: {} }, {}, "null"]) assert.equal(read(foreign), undefined, JSON.stringify(foreign));
    assert.equal(readDeadLetter({}), undefined);
  });

  const delivery = { transactionId: "stripe#evt_1", attempts: 1 } as const;
  for (const [what, generation, stored, over] of [
    ["of an event that was delivered since", "", { status: "DELIVERED", generation: "redelivery-1" }, true],
    ["of an event that FAILED", "", { status: "FAILED" }, false],
    ["of an event whose later redelivery is OPEN", "", { status: "OPEN", generation: "redelivery-1" }, true],
    ["of a redelivery that FAILED", "redelivery-1", { status: "FAILED", generation: "redelivery-1" }, false],
  ] as const)
    it(`${over ? "says nothing any more" : "still counts"}: one ${what}`, () =>
      assert.equal(isOver({ transactionId: "stripe#evt_1", generation }, { ...delivery, ...stored }), over));
});

describe("The dead letters after a redelivery", () => {
  const sqs = mockClient(SQSClient);
  let events: FakeTable;
  /** Letters in the queue, by the ID of their event. */
  let letters: string[];
  /** Status and generation of stored deliveries, by event. */
  let rows: Record<string, { status: string; generation: string }>;
  beforeEach(() => {
    sqs.reset();
    events = fakeTable();
    rows = {};
    const visible = () => letters.map((id) => letterOf(id));
    sqs.on(ReceiveMessageCommand).callsFake(() => ({ Messages: visible() }));
    sqs.on(DeleteMessageCommand).callsFake(({ ReceiptHandle }) => {
      letters = letters.filter((id) => id !== ReceiptHandle);
      return {};
    });
    sqs.on(ChangeMessageVisibilityCommand).resolves({});
    sqs.on(SendMessageCommand).resolves({});
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: "2" } });
    events.mock.on(GetItemCommand).callsFake(({ Key }: { Key: { delivery_id: { S: string } } }) => {
      const [id] = Object.keys(rows).filter((one) => deliveryId("orders", one) === Key.delivery_id.S);
      if (id === undefined) return {};
      const { status, generation } = rows[id];
      return { Item: { transaction_id: { S: id }, status: { S: status }, generation: { S: generation }, attempts: { N: "1" } } };
    });
  });
  afterEach(() => events.restore());
  after(() => sqs.restore());
  const put = (...ids: string[]) =>
    ids.forEach((id) => events.put(id, "PROCESSED", event.receivedAt, { normalized: { M: {} }, kind: { S: "refund" } }));

  const generations: Record<string, string> = {};
  const letterOf = (id: string) => ({
    MessageId: id,
    ReceiptHandle: id,
    Body: JSON.stringify(
      id.startsWith("crash") ? { detail: { transactionId: id } } : { transactionId: id, error: "…", generation: generations[id] ?? "" },
    ),
  });
  const target = () =>
    ({
      ...events.table,
      sqs: new SQSClient({ region: "eu-central-1" }),
      deliveriesTableName: "deliveries",
      deliverFunctionName: "deliver",
    }) as unknown as DestinationsTarget;
  const destination: NamedDestination = { name: "orders", type: "https", queueUrl, deadLetterQueueUrl: "https://d", ruleName: "r" };
  const settle = async (sent: string[], isAll: boolean, changes: Partial<NamedDestination> = {}) => {
    const before = { sent: new Set(sent), failed: new Map<string, string>() };
    const { signal } = new AbortController();
    const result = await settleDeadLetters(
      { target: target(), destination: { ...destination, ...changes }, operation, signal, isAll },
      before,
    );
    return { ...result, failed: [...before.failed] };
  };
  const sentIds = () =>
    sqs
      .commandCalls(SendMessageCommand)
      .map(({ args }) => (JSON.parse(args[0].input.MessageBody!) as { detail: { transactionId: string } }).detail.transactionId);

  it("of what was sent go; the others stay, and are visible again at once", async () => {
    letters = ["stripe#sent", "stripe#other"];
    rows = { "stripe#other": { status: "FAILED", generation: "" } };
    assert.deepEqual(await settle(["stripe#sent"], false), { removed: 1, sent: 0, failed: [] });
    assert.deepEqual(letters, ["stripe#other"]);
    const shown = sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args }) => args[0].input);
    assert.deepEqual(shown, [{ QueueUrl: "https://d", ReceiptHandle: "stripe#other", VisibilityTimeout: 0 }]);
    assert.deepEqual(sentIds(), []);
  });

  it("of what failed again in this very operation stay", async () => {
    letters = ["stripe#again"];
    generations["stripe#again"] = operation.generation;
    assert.equal((await settle(["stripe#again"], true)).removed, 0);
  });

  it("of what was delivered since go", async () => {
    letters = ["stripe#done"];
    rows = { "stripe#done": { status: "DELIVERED", generation: "" } };
    assert.equal((await settle([], false)).removed, 1);
  });

  it("that no delivery tells of are sent with --failed, and then go", async () => {
    letters = ["crash#1", "crash#expired"];
    put("crash#1");
    assert.deepEqual(await settle([], true), { removed: 1, sent: 1, failed: [["crash#expired", "There is no such event."]] });
    assert.deepEqual([sentIds(), letters], [["crash#1"], ["crash#expired"]]);
  });

  it("of a queue are all sent with --failed: its consumers have failed", async () => {
    letters = ["crash#1", "crash#2"];
    put("crash#1", "crash#2");
    assert.deepEqual(await settle([], true, { type: "queue" }), { removed: 2, sent: 2, failed: [] });
  });

  it("stay where the event cannot be sent", async () => {
    letters = ["crash#1"];
    put("crash#1");
    sqs.on(SendMessageCommand).rejects(new Error("AccessDenied"));
    await assert.rejects(settle([], true), /AccessDenied/);
    assert.deepEqual(letters, ["crash#1"]);
  });
});
