import * as assert from "node:assert/strict";
import { GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeArchiveCommand, EventBridgeClient, PutEventsCommand, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { printedBy, withStackOutputs } from "../../helpers/deployedStack";
import { fakeTable, type FakeTable } from "./fakeTable";

/** Name of the stack on which the commands work. */
export const stack = "dev";
/** Times at which its events were received. */
export const times = ["2026-01-31T12:00:01.000Z", "2026-01-31T12:00:02.000Z", "2026-01-31T12:00:03.000Z"];
/** Its events: one is FAILED, one PROCESSED and has a failed delivery, and one waits, with its body in the bucket. */
export const [failed, paid, large] = ["stripe#evt_1", "stripe#evt_2", "stripe#evt_3"];
const archive = { ArchiveArn: "arn:archive", EventSourceArn: "arn:aws:events:eu-central-1:123456789012:event-bus/bus" };

/** A deployed stack with three events and a dead letter, at the clients' level. */
export interface FakeStack {
  table: FakeTable;
  eventBridge: ReturnType<typeof mockClient>;
  s3: ReturnType<typeof mockClient>;
  /** IDs of the events whose dead letters are in the queue. */
  deadLetters: string[];
}

/** Makes a stack anew for each test of a block. */
export function withFakeStack(): FakeStack {
  withStackOutputs({
    tableName: "events",
    indexShards: 1,
    payloadBucketName: "payloads",
    deadLetterQueueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/d",
    eventBusName: "bus",
    eventArchiveName: "archive",
    webhookUrls: { stripe: "https://example.com/webhook/stripe", square: "https://example.com/webhook/square" },
    destinations: { orders: { type: "https", url: "https://orders.example.com/" } },
    deliveriesTableName: "deliveries",
  });
  const fake = {} as FakeStack;
  let sqs: ReturnType<typeof mockClient>;

  beforeEach(() => {
    const [table, eventBridge] = [fakeTable(10), mockClient(EventBridgeClient)];
    Object.assign(fake, { table, eventBridge, s3: mockClient(S3Client), deadLetters: [failed] });
    sqs = mockClient(SQSClient);
    const amount = { M: { value: { N: "4200" }, currency: { S: "EUR" }, exponent: { N: "2" } } };
    const type = { source: { S: "stripe" }, event_type: { S: "charge.succeeded" } };
    table.put(failed, "FAILED", times[0], { ...type, kind: { S: "other" }, error: { S: "Unprocessable" }, attempts: { N: "1" } });
    table.put(paid, "PROCESSED", times[1], {
      ...type,
      kind: { S: "payment.succeeded" },
      occurred_at: { S: times[0] },
      normalized: { M: { amount } },
      payload: { B: Buffer.from('{"id":"evt_2"}') },
    });
    table.put(large, "RECEIVED", times[2], { ...type, payload_key: { S: "stripe/1/2" } });
    table.mock.on(GetItemCommand).callsFake(({ TableName, Key }: { TableName: string; Key: Record<string, { S: string }> }) => {
      if (TableName === "events") return { Item: table.items.get(Key.transaction_id.S) };
      const at = { transaction_id: { S: paid }, status: { S: "FAILED" }, attempts: { N: "2" }, error: { S: "timeout" } };
      return Key.delivery_id.S.includes("evt_2") ? { Item: at } : {};
    });
    table.mock.on(UpdateItemCommand).resolves({});
    sqs.on(GetQueueAttributesCommand).callsFake(() => ({ Attributes: { ApproximateNumberOfMessages: String(fake.deadLetters.length) } }));
    sqs.on(ReceiveMessageCommand).callsFake(() => ({
      Messages: fake.deadLetters.map((id) => ({
        MessageId: id,
        ReceiptHandle: id,
        Attributes: { SentTimestamp: String(Date.parse(times[0])) },
        Body: JSON.stringify({ transactionId: id }),
      })),
    }));
    sqs.on(DeleteMessageCommand).callsFake(({ ReceiptHandle }: { ReceiptHandle: string }) => {
      fake.deadLetters = fake.deadLetters.filter((id) => id !== ReceiptHandle);
      return {};
    });
    eventBridge
      .on(PutEventsCommand)
      .callsFake(({ Entries }: { Entries: object[] }) => ({ Entries: Entries.map(() => ({ EventId: "1" })) }));
    eventBridge.on(DescribeArchiveCommand).resolves(archive);
    eventBridge.on(StartReplayCommand).resolves({ ReplayArn: "arn:replay", State: "STARTING" });
  });
  afterEach(() => {
    for (const one of [fake.table, fake.eventBridge, fake.s3, sqs]) one.restore();
  });
  return fake;
}

/** Asserts that a command is refused with such an error. */
export const refuses = (run: () => Promise<number>, name: string, message: RegExp) =>
  assert.rejects(
    () => printedBy(run),
    (error: Error) => {
      assert.equal(error.constructor.name, name);
      assert.match(error.message, message);
      return true;
    },
  );
