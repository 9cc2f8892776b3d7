import * as assert from "node:assert/strict";
import { GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { showDestination } from "../../../cli/destinations/show";
import { printedBy } from "../../helpers/deployedStack";
import { stack, withFakeStack } from "./fakeStack";

const at = "2026-01-31T12:00:00.000Z";
const counts = { ApproximateNumberOfMessages: "4", ApproximateNumberOfMessagesNotVisible: "2", ApproximateNumberOfMessagesDelayed: "0" };
const row = (id: string, rest: object = {}) => ({
  transaction_id: { S: id },
  status: { S: "OPEN" },
  attempts: { N: "1" },
  since: { S: at },
  next_at: { N: String(Date.parse(at) + 60_000) },
  error: { S: "timeout" },
  ...rest,
});

describe("What `destinations show` prints", () => {
  const fake = withFakeStack();
  /** Items of both tables by a part of their key, and what the index of undelivered events has. */
  let items: Record<string, object>;
  let undelivered: object[];

  beforeEach(() => {
    items = {};
    undelivered = [];
    fake.dynamodb.on(GetItemCommand).callsFake(({ Key }: { Key: Record<string, { S: string }> }) => {
      const [key] = Object.values(Key);
      return { Item: Object.entries(items).find(([name]) => key.S.includes(name))?.[1] };
    });
    fake.dynamodb
      .on(QueryCommand)
      .callsFake(({ ExpressionAttributeValues }: { ExpressionAttributeValues: Record<string, { S: string }> }) =>
        /FAILED/.test(ExpressionAttributeValues[":key"].S) ? { Items: [] } : { Items: undelivered },
      );
    fake.sqs.on(GetQueueAttributesCommand).resolves({ Attributes: counts });
  });
  const refuses = (run: () => Promise<number>, message: RegExp) => assert.rejects(() => printedBy(run), { message });

  it("is a destination's settings, and what is undelivered", async () => {
    undelivered = [row("stripe#evt_1")];
    const { stdout } = await printedBy(() => showDestination("orders", undefined, { stack }));
    assert.match(stdout, /^orders is delivering\.\n/);
    assert.match(stdout, /\n {2}kinds {8}refund\n {2}sources {6}stripe, adyen\n {2}event types {2}all\n/);
    assert.match(stdout, /\n {2}timeout {6}10 s\n/);
    assert.match(stdout, /\n {2}waiting {6}4\n {2}in flight {4}2\n/);
    assert.match(
      stdout,
      /\nOPEN {4}2026-01-31T12:00:00\.000Z {2}stripe#evt_1 {2}1 attempt {2}next 2026-01-31T12:01:00\.000Z {2}timeout\n$/,
    );
  });

  it("says that nothing is undelivered", async () =>
    assert.equal((await printedBy(() => showDestination("orders", undefined, { stack }))).stderr, "Nothing is undelivered.\n"));

  it("says how to continue, also as JSON", async () => {
    undelivered = [row("stripe#evt_1"), row("stripe#evt_2")];
    const { stdout, stderr } = await printedBy(() => showDestination("orders", undefined, { stack, limit: 1, json: true }));
    const { cursor, undelivered: listed } = JSON.parse(stdout) as { cursor: string; undelivered: object[] };
    assert.equal(listed.length, 1);
    assert.equal(
      stderr,
      `More is undelivered. Continue with:\n  npx webhook-pipeline destinations show orders --stack dev --limit 1 --cursor ${cursor} --json\n`,
    );
    await printedBy(() => showDestination("orders", undefined, { stack, cursor, limit: 1 }));
  });

  it("has no deliveries of a queue that is polled", async () => {
    const { stdout, stderr } = await printedBy(() => showDestination("ledger", undefined, { stack }));
    assert.match(stdout, /^ledger is polled\.\n/);
    assert.equal(stderr, "");
    await refuses(() => showDestination("ledger", "stripe#evt_1", { stack }), /^ledger is a queue that its consumers poll\./);
  });

  it("prints one delivery with its attempts, and how a failed one is sent again", async () => {
    const attempt = { M: { at: { S: at }, duration_ms: { N: "31" }, status: { N: "503" } } };
    items.evt_1 = row("stripe#evt_1", { status: { S: "FAILED" }, history: { L: [attempt] } });
    const { stdout, stderr } = await printedBy(() => showDestination("orders", "stripe#evt_1", { stack }));
    assert.match(stdout, /^stripe#evt_1 to orders is FAILED\.\n/);
    assert.match(stdout, /\n {2}attempts {2}1\n/);
    assert.equal(stderr, "Deliver it again: npx webhook-pipeline destinations redeliver orders 'stripe#evt_1' --stack dev\n");
    const json = await printedBy(() => showDestination("orders", "stripe#evt_1", { stack, json: true }));
    assert.deepEqual((JSON.parse(json.stdout) as { destination: string; status: string }).destination, "orders");
  });

  it("tells an event without a delivery from one that does not exist", async () => {
    await refuses(() => showDestination("orders", "stripe#none", { stack }), /^There is no event stripe#none in events\./);
    items["stripe#evt_9"] = { transaction_id: { S: "stripe#evt_9" }, status: { S: "PROCESSED" } };
    fake.dynamodb
      .on(GetItemCommand)
      .callsFake(({ TableName }: { TableName: string }) => (TableName === "events" ? { Item: items["stripe#evt_9"] } : {}));
    await refuses(() => showDestination("orders", "stripe#evt_9", { stack }), /^No delivery of stripe#evt_9 to orders is stored\./);
  });

  it("is its pause, its limits and its filters", async () => {
    fake.dynamodb.on(GetItemCommand).resolves({ Item: { paused: { S: "breaker" }, paused_at: { S: at } } });
    const { stdout } = await printedBy(() => showDestination("orders", undefined, { stack }));
    assert.match(stdout, /^orders is paused by its breaker since 2026-01-31T12:00:00\.000Z\.\n/);
    assert.match(stdout, /\n {2}a second {5}5\n {2}tried for {4}24 h\n/);
  });

  it("is a JSON document without a cursor, if there is no more", async () => {
    const { stdout } = await printedBy(() => showDestination("orders", undefined, { stack, json: true }));
    const { cursor, undelivered } = JSON.parse(stdout) as { cursor: null; undelivered: object[] };
    assert.deepEqual([cursor, undelivered], [null, []]);
  });

  it("is a row an event that failed, which is tried no more, and how to continue", async () => {
    const row = (id: string) => ({ transaction_id: { S: id }, status: { S: "FAILED" }, attempts: { N: "12" }, since: { S: at } });
    fake.dynamodb
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
    fake.dynamodb.on(GetItemCommand).resolves({
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
});
