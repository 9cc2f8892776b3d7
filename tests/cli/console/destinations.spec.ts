import * as assert from "node:assert/strict";
import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { pause, readDestination, readDestinations, readDestinationViews, resume, test } from "../../../cli/console/destinations";
import { UsageError } from "../../../cli/lib/errors";
import type { DestinationsTarget } from "../../../cli/lib/target";
import { deliveryId, type DestinationOutput } from "../../../domain/destinations";
import { UserError } from "../../../domain/userError";
import { itemOf, type Row } from "../../../handlers/deliver/items";
import { DeliveriesTable, type Command } from "../../../testbed/destinations/deliveriesTable";
import { withOwnSend } from "../../helpers/ownSend";

const start = Date.parse("2026-01-31T12:00:00Z");
const at = (minute: number) => new Date(start + minute * 60_000).toISOString();
const secretArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:webhook-to-orders-AbCdEf";
const queues = (name: string) => ({ queueUrl: `https://q/${name}`, deadLetterQueueUrl: `https://q/${name}-dead-letters`, ruleName: name });
const destinations: Record<string, DestinationOutput> = {
  orders: { type: "https", url: "https://orders.example.com/", retryHours: 24, kinds: ["refund"], secretArn, ...queues("orders") },
  ledger: { type: "queue", ...queues("ledger") },
};
/** Messages in each queue that has some. */
const messages: Record<string, [waiting: number, inFlight: number]> = {
  "https://q/orders": [7, 2],
  "https://q/orders-dead-letters": [3, 0],
  "https://q/ledger": [1, 0],
};
const steering = "is a queue that its consumers poll. The pipeline makes no deliveries to it, so there are none to see or steer.";

describe("The console's destinations", () => {
  const lambda = withOwnSend(new LambdaClient({}));
  const functions = mockClient(lambda);
  let deliveries: DeliveriesTable;
  beforeEach(() => {
    deliveries = new DeliveriesTable();
    functions.reset();
    answer("");
  });

  /** Lets the function answer with a payload, or fail with it. */
  function answer(text: string, FunctionError?: string): void {
    functions.on(InvokeCommand).callsFake(() => ({ Payload: new TextEncoder().encode(text), FunctionError }));
  }
  const commands = () =>
    functions.commandCalls(InvokeCommand).map(({ args }) => {
      const { FunctionName, Payload } = args[0].input;
      return [FunctionName, JSON.parse(Buffer.from(Payload as Uint8Array).toString())] as [string, unknown];
    });

  const target = (changes: Partial<DestinationsTarget> = {}) =>
    ({
      destinations,
      lambda,
      dynamodb: { send: async (command: Command) => deliveries.answer(command) },
      sqs: {
        send: async ({ input }: { input: { QueueUrl: string } }) => {
          const [waiting, inFlight] = messages[input.QueueUrl] ?? [0, 0];
          return { Attributes: { ApproximateNumberOfMessages: `${waiting}`, ApproximateNumberOfMessagesNotVisible: `${inFlight}` } };
        },
      },
      deliveriesTableName: "webhook-deliveries-test",
      deliverFunctionName: "webhook-deliver-test",
      ...changes,
    }) as unknown as DestinationsTarget;

  function put(transactionId: string, minute: number, changes: Partial<Row> = {}): void {
    const usual = { destination: "orders", status: "OPEN", generation: "", trigger: "event", attempts: 1, history: [] } as const;
    const times = { generationAt: start, nextAt: start + 5_000, since: at(minute), expiresAt: start / 1_000 + 86_400 };
    const row: Row = { ...usual, ...times, transactionId, ...changes };
    deliveries.table.items.set(deliveryId(row.destination, transactionId), itemOf(row));
  }

  const state = () => deliveries.table.items.get("orders");

  it("are shown with their state, their messages and their settings, but without the ARN of the secret", async () => {
    put("stripe#2", 2);
    put("stripe#1", 1);
    const views = await readDestinationViews(target());
    assert.deepEqual(views, [
      {
        name: "orders",
        type: "https",
        state: "delivering",
        waiting: 7,
        inFlight: 2,
        deadLetters: 3,
        oldestUndelivered: at(1),
        settings: { type: "https", url: "https://orders.example.com/", retryHours: 24, kinds: ["refund"], ...queues("orders") },
      },
      {
        name: "ledger",
        type: "queue",
        state: "polled",
        waiting: 1,
        inFlight: 0,
        deadLetters: 0,
        settings: { type: "queue", ...queues("ledger") },
      },
    ]);
  });

  it("never show the ARN of a secret, wherever they are shown", async () => {
    const shown = [
      await readDestinations(target()),
      await readDestination(target(), "orders", undefined),
      await pause(target(), "orders", "why"),
      await resume(target(), "orders"),
    ];
    for (const one of shown) assert.doesNotMatch(JSON.stringify(one), /secret/i);
  });

  it("are none where none is configured", async () => {
    assert.deepEqual(await readDestinationViews(target({ destinations: {} })), []);
    await assert.rejects(
      readDestination(target({ destinations: {} }), "orders", undefined),
      new UsageError('Unknown destination "orders". None is configured: see docs/destinations.md.'),
    );
  });

  it("that do not exist are refused, with the names of those that do", async () => {
    for (const name of ["acme", "constructor", ""])
      for (const ask of [
        () => readDestination(target(), name, undefined),
        () => pause(target(), name, undefined),
        () => resume(target(), name),
        () => test(target(), name),
      ])
        await assert.rejects(async () => ask(), new UsageError(`Unknown destination "${name}". Destinations: orders, ledger.`));
  });

  describe("show their undelivered events", () => {
    it("newest first, page by page, each once", async () => {
      for (let index = 0; index < 230; index++)
        put(
          `stripe#${index}`,
          Math.floor(index / 7),
          index % 3 === 0 ? { status: "FAILED", nextAt: undefined, error: "It answered 400." } : {},
        );
      put("stripe#done", 1, { status: "DELIVERED", nextAt: undefined });
      put("stripe#elsewhere", 1, { destination: "other" });
      const pages: string[][] = [];
      const times: string[] = [];
      for (let cursor: string | undefined | null = undefined; cursor !== null;) {
        const page: Awaited<ReturnType<typeof readDestination>> = await readDestination(target(), "orders", cursor);
        pages.push(page.undelivered.map(({ transactionId }) => transactionId));
        times.push(...page.undelivered.map(({ since }) => since));
        assert.equal(page.destination.name, "orders");
        ({ cursor } = page);
        assert.ok(pages.length < 10, "there is an end");
      }
      assert.deepEqual(
        pages.map(({ length }) => length),
        [100, 100, 30],
      );
      assert.equal(new Set(pages.flat()).size, 230);
      assert.deepEqual(times, [...times].sort().reverse());
    });

    it("with what is known of each", async () => {
      put("stripe#1", 1, { status: "FAILED", attempts: 9, nextAt: undefined, error: "It answered 400." });
      const { undelivered, cursor } = await readDestination(target(), "orders", undefined);
      assert.deepEqual(undelivered, [
        { transactionId: "stripe#1", status: "FAILED", attempts: 9, trigger: "event", since: at(1), error: "It answered 400." },
      ]);
      assert.equal(cursor, null);
    });

    it("but a queue has none, because its consumers poll it", async () => {
      const { undelivered, cursor } = await readDestination(target(), "ledger", undefined);
      assert.deepEqual([undelivered, cursor], [[], null]);
    });

    it("and refuse a cursor of something else", () =>
      assert.rejects(readDestination(target(), "orders", "abc"), /--cursor is not one that "destinations show" has printed\./));
  });

  describe("are paused and resumed", () => {
    it("in the name of an operator, with a reason, and the function follows at once", async () => {
      const { changed, destination } = await pause(target(), "orders", "moving the database");
      assert.deepEqual([changed, destination.state], [true, "paused"]);
      const { since, ...paused } = destination.paused!;
      assert.deepEqual(paused, { by: "operator", reason: "moving the database" });
      assert.ok(Math.abs(Date.parse(since!) - Date.now()) < 60_000);
      assert.deepEqual(commands(), [["webhook-deliver-test", { command: "follow", destination: "orders" }]]);
    });

    it("once: what is so already is left, and the function hears nothing", async () => {
      await pause(target(), "orders", undefined);
      functions.resetHistory();
      const again = await pause(target(), "orders", "second");
      assert.deepEqual([again.changed, again.destination.paused?.reason], [false, undefined]);
      assert.equal((await resume(target(), "orders")).changed, true);
      assert.equal(commands().length, 1);
      const resumed = await resume(target(), "orders");
      assert.deepEqual([resumed.changed, resumed.destination.state], [false, "delivering"]);
      assert.equal(commands().length, 1);
    });

    it("also where the function fails to follow: its next run does", async () => {
      answer('{"errorType":"Error","errorMessage":"boom"}', "Unhandled");
      const paused = await pause(target(), "orders", "why");
      assert.deepEqual([paused.changed, paused.destination.state], [true, "paused"]);
      const resumed = await resume(target(), "orders");
      assert.deepEqual([resumed.changed, resumed.destination.state], [true, "delivering"]);
    });

    it("also where the function cannot be called", async () => {
      functions.on(InvokeCommand).rejects(new Error("not authorized"));
      assert.equal((await pause(target(), "orders", "why")).changed, true);
    });

    it("but not a queue", async () => {
      for (const steer of [() => pause(target(), "ledger", "why"), () => resume(target(), "ledger"), () => test(target(), "ledger")])
        await assert.rejects(async () => steer(), new UserError(`ledger ${steering}`));
      assert.deepEqual([commands(), deliveries.table.items.size], [[], 0]);
    });
  });

  describe("are tested", () => {
    it("with what the endpoint answered", async () => {
      for (const result of [
        { delivered: true, status: 204, durationMs: 38 },
        { delivered: false, error: "timeout", durationMs: 10_000 },
      ]) {
        answer(JSON.stringify(result));
        assert.deepEqual(await test(target(), "orders"), result);
        assert.deepEqual(commands().pop(), ["webhook-deliver-test", { command: "test", destination: "orders" }]);
      }
    });

    it("also while they are paused, and stay so", async () => {
      await pause(target(), "orders", "why");
      answer('{"delivered":true,"status":200,"durationMs":1}');
      assert.equal((await test(target(), "orders")).delivered, true);
      assert.equal(state()?.paused.S, "operator");
    });

    it("with the function's own words where it fails, without its stack trace", async () => {
      answer('{"errorType":"Error","errorMessage":"The secret has no value.","trace":["at handler (index.js:1:1)"]}', "Unhandled");
      await assert.rejects(test(target(), "orders"), new UserError("webhook-deliver-test failed: The secret has no value."));
    });
  });
});
