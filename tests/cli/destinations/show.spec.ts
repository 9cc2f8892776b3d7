import * as assert from "node:assert/strict";
import { DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { showDestination } from "../../../cli/destinations/show";
import { describePause } from "../../../cli/destinations/state";
import { testDestination } from "../../../cli/destinations/test";
import { printedBy, withStackOutputs } from "../../helpers/deployedStack";

const stack = "dev";
const at = "2026-01-31T12:00:00.000Z";
const orders = {
  type: "https",
  url: "https://orders.example.com/",
  sources: ["stripe", "adyen"],
  maxPerSecond: 5,
  retryHours: 24,
  queueUrl: "https://sqs/q",
  deadLetterQueueUrl: "https://sqs/d",
  ruleName: "r",
};

describe("What is shown of a destination", () => {
  withStackOutputs({
    tableName: "events",
    indexShards: 1,
    webhookUrls: {},
    destinations: { orders },
    deliveriesTableName: "deliveries",
    deliverFunctionName: "deliver",
  });
  let mocks: ReturnType<typeof mockClient>[];
  const dynamodb = () => mocks[0];
  beforeEach(() => {
    mocks = [mockClient(DynamoDBClient), mockClient(SQSClient), mockClient(LambdaClient)];
    mocks[1].on(GetQueueAttributesCommand).resolves({ Attributes: {} });
    dynamodb().on(GetItemCommand).resolves({});
    dynamodb().on(QueryCommand).resolves({ Items: [] });
  });
  afterEach(() => {
    for (const one of mocks) one.restore();
  });

  it("is its pause, its limits and its filters", async () => {
    dynamodb()
      .on(GetItemCommand)
      .resolves({ Item: { paused: { S: "breaker" }, paused_at: { S: at } } });
    const { stdout } = await printedBy(() => showDestination("orders", undefined, { stack }));
    assert.match(stdout, /^orders is paused by its breaker since 2026-01-31T12:00:00\.000Z\.\n/);
    assert.match(stdout, /\n {2}sources {6}stripe, adyen\n/);
    assert.match(stdout, /\n {2}a second {5}5\n {2}tried for {4}24 h\n/);
  });

  it("is a JSON document without a cursor, if there is no more", async () => {
    const { stdout } = await printedBy(() => showDestination("orders", undefined, { stack, json: true }));
    const { cursor, undelivered } = JSON.parse(stdout) as { cursor: null; undelivered: object[] };
    assert.deepEqual([cursor, undelivered], [null, []]);
  });

  it("is a row an event that failed, which is tried no more, and how to continue", async () => {
    const row = (id: string) => ({ transaction_id: { S: id }, status: { S: "FAILED" }, attempts: { N: "12" }, since: { S: at } });
    dynamodb()
      .on(QueryCommand)
      .callsFake(({ ExpressionAttributeValues }: { ExpressionAttributeValues: Record<string, { S: string }> }) =>
        ExpressionAttributeValues[":key"].S.includes("FAILED") ? { Items: [row("stripe#1"), row("stripe#2")] } : { Items: [] },
      );
    const { stdout, stderr } = await printedBy(() => showDestination("orders", undefined, { stack, limit: 1 }));
    assert.match(stdout, /\nFAILED {2}2026-01-31T12:00:00\.000Z {2}stripe#1 {2}12 attempts\n$/);
    assert.match(
      stderr,
      /^More is undelivered\. Continue with:\n {2}npx webhook-pipeline destinations show orders --stack dev --limit 1 --cursor \S+\n$/,
    );
  });

  it("is each attempt of a delivery, with what was answered or went wrong", async () => {
    const attempt = (rest: object) => ({ M: { at: { S: at }, durationMs: { N: "31" }, duration_ms: { N: "31" }, ...rest } });
    dynamodb()
      .on(GetItemCommand)
      .resolves({
        Item: {
          transaction_id: { S: "stripe#1" },
          status: { S: "DELIVERED" },
          attempts: { N: "3" },
          finished_at: { S: at },
          history: { L: [attempt({ error: { S: "timeout" } }), attempt({ status: { N: "503" }, body: { S: "busy" } })] },
        },
      });
    const { stdout, stderr } = await printedBy(() => showDestination("orders", "stripe#1", { stack }));
    assert.match(stdout, /^stripe#1 to orders is DELIVERED\.\n/);
    assert.match(stdout, /\n {2}finished {2}2026-01-31T12:00:00\.000Z\n/);
    assert.match(stdout, /\n {2}\S+ +31 ms {2}timeout\n {2}\S+ +31 ms {2}503 {2}busy\n$/);
    assert.equal(stderr, "");
  });

  it("is a test's answer as JSON, with 0 if it was accepted", async () => {
    mocks[2].on(InvokeCommand).resolves({ Payload: Buffer.from('{"delivered":true,"status":204,"durationMs":3}') as never });
    const { code, stdout } = await printedBy(() => testDestination("orders", { stack, json: true }));
    assert.deepEqual(
      [code, JSON.parse(stdout)],
      [0, { destination: "orders", url: orders.url, delivered: true, status: 204, durationMs: 3 }],
    );
  });

  it("is a pause without a time or a reason, and by whom it is", () => {
    assert.equal(describePause({ by: "endpoint" }), "paused by its endpoint");
    assert.equal(describePause({ by: "new" as never }), "paused by new");
  });
});
