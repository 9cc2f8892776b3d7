import * as assert from "node:assert/strict";
import { GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { backfillDestination } from "../../../cli/destinations/backfill";
import { listDestinations } from "../../../cli/destinations/list";
import { redeliverEvents } from "../../../cli/destinations/redeliver";
import { testDestination } from "../../../cli/destinations/test";
import { printedBy } from "../../helpers/deployedStack";
import { destinations, stack, withFakeStack } from "./fakeStack";

const at = "2026-01-31T12:00:00.000Z";
const { url } = destinations.orders;
const counts = { ApproximateNumberOfMessages: "4", ApproximateNumberOfMessagesNotVisible: "2", ApproximateNumberOfMessagesDelayed: "0" };

describe("The commands of destinations, on a deployed stack,", () => {
  const fake = withFakeStack();
  beforeEach(() => {
    fake.dynamodb.on(GetItemCommand).resolves({});
    fake.dynamodb.on(QueryCommand).resolves({ Items: [] });
    fake.sqs.on(GetQueueAttributesCommand).resolves({ Attributes: counts });
  });
  const answers = (answer: object, FunctionError?: string) =>
    fake.lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify(answer)) as never, FunctionError });

  it("list prints each with its state, its counts and its pause", async () => {
    fake.dynamodb.on(GetItemCommand).resolves({ Item: { paused: { S: "operator" }, paused_at: { S: at }, pause_reason: { S: "moving" } } });
    fake.dynamodb.on(QueryCommand).resolves({ Items: [{ transaction_id: { S: "stripe#1" }, since: { S: at } }] });
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
    return assert.rejects(() => printedBy(() => testDestination("orders", { stack })), { message: /^deliver failed: no secret$/ });
  });

  it("test prints the answer as JSON, with 0 if it was accepted", async () => {
    fake.lambda.on(InvokeCommand).resolves({ Payload: Buffer.from('{"delivered":true,"status":204,"durationMs":3}') as never });
    const { code, stdout } = await printedBy(() => testDestination("orders", { stack, json: true }));
    assert.deepEqual([code, JSON.parse(stdout)], [0, { destination: "orders", url: url, delivered: true, status: 204, durationMs: 3 }]);
  });

  it("redeliver and backfill say what they would send with --dry-run", async () => {
    const redelivery = await printedBy(() => redeliverEvents("orders", ["stripe#evt_1"], { stack, dryRun: true }));
    assert.deepEqual([redelivery.stdout, redelivery.stderr], ["stripe#evt_1\n", "1 event would be sent to orders again.\n"]);
    const filled = await printedBy(() => backfillDestination("orders", { stack, since: at, dryRun: true }));
    assert.equal(filled.stdout, "0 events would be sent to orders.\n");
    const json = await printedBy(() => backfillDestination("orders", { stack, since: at, dryRun: true, json: true }));
    assert.equal(json.stdout, "[]\n");
    assert.equal(fake.sqs.commandCalls(GetQueueAttributesCommand).length, 0);
  });
});

describe("The commands of destinations, on a stack without any,", () => {
  withFakeStack({});

  it("say where one is configured", async () => {
    const { code, stdout, stderr } = await printedBy(() => listDestinations({ stack }));
    assert.deepEqual([code, stdout, stderr], [0, "", "No destination is configured in the stack dev: see docs/destinations.md.\n"]);
  });
});
