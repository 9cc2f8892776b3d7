import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { listDestinations } from "../../../cli/destinations/list";
import { pauseDestination, resumeDestination } from "../../../cli/destinations/pause";
import { redeliverEvents } from "../../../cli/destinations/redeliver";
import { backfillDestination } from "../../../cli/destinations/backfill";
import { showDestination } from "../../../cli/destinations/show";
import { testDestination } from "../../../cli/destinations/test";
import { printedBy, withStackOutputs } from "../../helpers/deployedStack";

const stack = "dev";
const at = "2026-01-31T12:00:00.000Z";
const queues = { queueUrl: "https://sqs/q", deadLetterQueueUrl: "https://sqs/d", ruleName: "r" };
const outputs = {
  tableName: "events",
  indexShards: 1,
  eventBusName: "bus",
  webhookUrls: { stripe: "https://example.com/webhook/stripe" },
  destinations: {
    orders: { type: "https", url: "https://orders.example.com/", kinds: ["refund"], timeoutSeconds: 10, ...queues },
    ledger: { type: "queue", ...queues },
  },
  deliveriesTableName: "deliveries",
  deliverFunctionName: "deliver",
};
const row = (id: string, rest: object = {}) => ({
  transaction_id: { S: id },
  status: { S: "OPEN" },
  attempts: { N: "1" },
  since: { S: at },
  next_at: { N: String(Date.parse(at) + 60_000) },
  error: { S: "timeout" },
  ...rest,
});

describe("The commands of destinations, on a deployed stack,", () => {
  withStackOutputs(outputs);
  let dynamodb: ReturnType<typeof mockClient>;
  let sqs: ReturnType<typeof mockClient>;
  let lambda: ReturnType<typeof mockClient>;
  /** Items of both tables by a part of their key, and what an index has. */
  let items: Record<string, object>;
  let undelivered: object[];

  beforeEach(() => {
    [dynamodb, sqs, lambda] = [mockClient(DynamoDBClient), mockClient(SQSClient), mockClient(LambdaClient)];
    items = {};
    undelivered = [];
    dynamodb.on(GetItemCommand).callsFake(({ Key }: { Key: Record<string, { S: string }> }) => {
      const [key] = Object.values(Key);
      return { Item: Object.entries(items).find(([name]) => key.S === name || key.S.includes(`${name}`))?.[1] };
    });
    dynamodb
      .on(QueryCommand)
      .callsFake(({ ExpressionAttributeValues }: { ExpressionAttributeValues: Record<string, { S: string }> }) =>
        /FAILED/.test(ExpressionAttributeValues[":key"]?.S ?? "") ? { Items: [] } : { Items: undelivered },
      );
    dynamodb.on(UpdateItemCommand).resolves({});
    sqs.on(GetQueueAttributesCommand).resolves({
      Attributes: { ApproximateNumberOfMessages: "4", ApproximateNumberOfMessagesNotVisible: "2", ApproximateNumberOfMessagesDelayed: "0" },
    });
  });
  afterEach(() => {
    for (const one of [dynamodb, sqs, lambda]) one.restore();
  });
  const answers = (answer: object, FunctionError?: string) =>
    lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify(answer)) as never, FunctionError });
  const refuses = (run: () => Promise<number>, message: RegExp) => assert.rejects(() => printedBy(run), { message });

  it("list prints each with its state, its counts and its pause", async () => {
    items.orders = { paused: { S: "operator" }, paused_at: { S: at }, pause_reason: { S: "moving" } };
    undelivered = [row("stripe#evt_1")];
    const { code, stdout } = await printedBy(() => listDestinations({ stack }));
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n");
    assert.match(lines[0], /^NAME +TYPE +STATE +WAITING +IN FLIGHT +DEAD LETTERS +OLDEST UNDELIVERED$/);
    assert.match(lines[1], /^orders +https +paused +4 +2 +4 +2026-01-31T12:00:00\.000Z$/);
    assert.equal(lines[2], `  paused by an operator since ${at}: moving`);
    assert.match(lines[3], /^ledger +queue +polled +4 +2 +4 +-$/);
  });

  it("list prints them as JSON", async () => {
    const { stdout } = await printedBy(() => listDestinations({ stack, json: true }));
    assert.deepEqual(
      (JSON.parse(stdout) as { name: string; state: string }[]).map(({ name, state }) => [name, state]),
      [
        ["orders", "delivering"],
        ["ledger", "polled"],
      ],
    );
  });

  it("show prints a destination's settings, and what is undelivered", async () => {
    undelivered = [row("stripe#evt_1")];
    const { stdout } = await printedBy(() => showDestination("orders", undefined, { stack }));
    assert.match(stdout, /^orders is delivering\.\n/);
    assert.match(stdout, /\n {2}kinds {8}refund\n {2}sources {6}all\n/);
    assert.match(stdout, /\n {2}timeout {6}10 s\n/);
    assert.match(stdout, /\n {2}waiting {6}4\n {2}in flight {4}2\n/);
    assert.match(
      stdout,
      /\nOPEN {4}2026-01-31T12:00:00\.000Z {2}stripe#evt_1 {2}1 attempt {2}next 2026-01-31T12:01:00\.000Z {2}timeout\n$/,
    );
  });

  it("show says that nothing is undelivered", async () =>
    assert.equal((await printedBy(() => showDestination("orders", undefined, { stack }))).stderr, "Nothing is undelivered.\n"));

  it("show says how to continue, also as JSON", async () => {
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

  it("show has no deliveries of a queue that is polled", async () => {
    const { stdout, stderr } = await printedBy(() => showDestination("ledger", undefined, { stack }));
    assert.match(stdout, /^ledger is polled\.\n/);
    assert.equal(stderr, "");
    await refuses(() => showDestination("ledger", "stripe#evt_1", { stack }), /^ledger is a queue that its consumers poll\./);
  });

  it("show prints one delivery with its attempts, and how a failed one is sent again", async () => {
    const attempt = { M: { at: { S: at }, duration_ms: { N: "31" }, status: { N: "503" } } };
    items.evt_1 = row("stripe#evt_1", { status: { S: "FAILED" }, history: { L: [attempt] } });
    const { stdout, stderr } = await printedBy(() => showDestination("orders", "stripe#evt_1", { stack }));
    assert.match(stdout, /^stripe#evt_1 to orders is FAILED\.\n/);
    assert.match(stdout, /\n {2}attempts {2}1\n/);
    assert.equal(stderr, "Deliver it again: npx webhook-pipeline destinations redeliver orders 'stripe#evt_1' --stack dev\n");
    const json = await printedBy(() => showDestination("orders", "stripe#evt_1", { stack, json: true }));
    assert.deepEqual((JSON.parse(json.stdout) as { destination: string; status: string }).destination, "orders");
  });

  it("show tells an event without a delivery from one that does not exist", async () => {
    await refuses(() => showDestination("orders", "stripe#none", { stack }), /^There is no event stripe#none in events\./);
    items["stripe#evt_9"] = { transaction_id: { S: "stripe#evt_9" }, status: { S: "PROCESSED" } };
    dynamodb
      .on(GetItemCommand)
      .callsFake(({ TableName }: { TableName: string }) => (TableName === "events" ? { Item: items["stripe#evt_9"] } : {}));
    await refuses(() => showDestination("orders", "stripe#evt_9", { stack }), /^No delivery of stripe#evt_9 to orders is stored\./);
  });

  it("test prints the answer of the destination, and ends with 1 if it does not accept the event", async () => {
    answers({ delivered: true, status: 204, durationMs: 12 });
    const accepted = await printedBy(() => testDestination("orders", { stack }));
    assert.deepEqual([accepted.code, accepted.stdout], [0, "https://orders.example.com/ answered 204 after 12 ms: delivered.\n"]);
    answers({ delivered: false, error: "timeout", durationMs: 10_000 });
    const silent = await printedBy(() => testDestination("orders", { stack }));
    assert.deepEqual(
      [silent.code, silent.stdout],
      [1, "https://orders.example.com/ gave no answer after 10000 ms: not delivered. timeout\n"],
    );
    const json = await printedBy(() => testDestination("orders", { stack, json: true }));
    assert.deepEqual([json.code, (JSON.parse(json.stdout) as { destination: string }).destination], [1, "orders"]);
  });

  it("test says with the function's own words why it failed", () => {
    answers({ errorMessage: "no secret" }, "Unhandled");
    return refuses(() => testDestination("orders", { stack }), /^deliver failed: no secret$/);
  });

  it("pause is stored, and says so, where the function does not follow at once", async () => {
    lambda.on(InvokeCommand).rejects(Object.assign(new Error("slow down"), { name: "TooManyRequestsException", $metadata: {} }));
    const { code, stderr } = await printedBy(() => pauseDestination("orders", { stack, yes: true }));
    assert.equal(code, 0);
    assert.match(stderr, /^The state is stored, and takes effect within a minute instead of at once\. .*slow down/);
  });

  it("pause says that an operator has paused it before, and resume that nothing is paused", async () => {
    dynamodb.on(UpdateItemCommand).rejects(new ConditionalCheckFailedException({ message: "failed", $metadata: {} }));
    items.orders = { paused: { S: "operator" }, paused_at: { S: at } };
    const paused = await printedBy(() => pauseDestination("orders", { stack, yes: true, reason: "moving" }));
    assert.equal(paused.stdout, `orders was paused before: paused by an operator since ${at}. Nothing was changed.\n`);
    delete items.orders;
    const json = await printedBy(() => pauseDestination("orders", { stack, yes: true, json: true }));
    assert.deepEqual(JSON.parse(json.stdout), { destination: "orders", changed: false, state: "delivering" });
    const resumed = await printedBy(() => resumeDestination("orders", { stack }));
    assert.equal(resumed.stdout, "orders is not paused. Nothing was changed.\n");
  });

  it("resume writes, and has the function follow", async () => {
    items.orders = { paused: { S: "breaker" } };
    answers({});
    const { stdout } = await printedBy(() => resumeDestination("orders", { stack, yes: true, json: true }));
    assert.deepEqual(JSON.parse(stdout), { destination: "orders", changed: true, state: "delivering" });
    const { Payload } = lambda.commandCalls(InvokeCommand)[0].args[0].input as { Payload: Buffer };
    assert.deepEqual(JSON.parse(Payload.toString()), { command: "follow", destination: "orders" });
  });

  it("redeliver and backfill say what they would send with --dry-run", async () => {
    const redelivery = await printedBy(() => redeliverEvents("orders", ["stripe#evt_1"], { stack, dryRun: true }));
    assert.deepEqual([redelivery.stdout, redelivery.stderr], ["stripe#evt_1\n", "1 event would be sent to orders again.\n"]);
    const filled = await printedBy(() => backfillDestination("orders", { stack, since: at, dryRun: true }));
    assert.equal(filled.stdout, "0 events would be sent to orders.\n");
    const json = await printedBy(() => backfillDestination("orders", { stack, since: at, dryRun: true, json: true }));
    assert.equal(json.stdout, "[]\n");
    assert.equal(sqs.commandCalls(GetQueueAttributesCommand).length, 0);
  });
});

describe("The commands of destinations, on a stack without any,", () => {
  withStackOutputs({ ...outputs, destinations: {} });

  it("say where one is configured", async () => {
    const { code, stdout, stderr } = await printedBy(() => listDestinations({ stack }));
    assert.deepEqual([code, stdout, stderr], [0, "", "No destination is configured in the stack dev: see docs/destinations.md.\n"]);
  });
});
