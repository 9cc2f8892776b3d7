import * as assert from "node:assert/strict";
import { ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { Webhook } from "standardwebhooks";
import type { DeliverCommand, TestResult } from "../../../domain/destinations";
import { destinationsFileName } from "../../../domain/destinations";
import { handler } from "../../../handlers/deliver";
import { destinationsFileVariable } from "../../../testbed/destinationsFile";
import { capturingOutput } from "../../../testbed/handlers";
import { Deliverer } from "../../helpers/deliverer";

describe("The schedule's command", () => {
  const deliverer = new Deliverer();
  const received = () => deliverer.sqs.commandCalls(ReceiveMessageCommand).length;

  for (const [state, mapping, changes] of [
    [undefined, "Enabled", []],
    [undefined, "Disabled", [true]],
    [undefined, "Disabling", [true]],
    ["operator", "Enabled", [false]],
    ["operator", "Disabled", []],
    ["operator", "Enabling", [false]],
    ["endpoint", "Enabled", [false]],
    ["breaker", "Enabled", [false]],
  ] as const)
    it(`lets a mapping that is ${mapping} follow a destination that is ${state ? `paused by ${state}` : "not paused"}`, async () => {
      deliverer.mapping = mapping;
      if (state) await deliverer.stateIs({ paused: { S: state }, paused_at: { S: new Date().toISOString() } });
      await deliverer.tend();
      assert.deepEqual(deliverer.mappings(), changes);
      assert.equal(received(), state === "breaker" ? 1 : 0, "only an open breaker is probed");
    });

  it("tells how long the oldest delivery is tried, among those that are not FAILED", async () => {
    deliverer.endpoint.answer = () => 400;
    await deliverer.deliver(deliverer.record());
    assert.equal((await deliverer.tend()).metrics.OldestUndelivered, undefined);
    deliverer.endpoint.answer = () => 503;
    const now = Date.now();
    for (const [event, ago] of [
      ["old", 2_000_000],
      ["older", 3_000_000],
    ] as const) {
      deliverer.transactionId = `stripe#${event}`;
      await deliverer.store();
      await deliverer.deliver(deliverer.record({}, { sentAt: deliverer.freeze(now - ago) }));
    }
    deliverer.freeze(now);
    const { metrics, lines } = await deliverer.tend();
    assert.equal(metrics.OldestUndelivered, 3_000);
    assert.equal(lines.find((line) => "OldestUndelivered" in line)!.destination, deliverer.name);
  });

  it("says when all went through, of the function as a whole", async () => {
    const { lines } = await deliverer.tend();
    const [line, ...others] = lines.filter((one) => "DestinationsTended" in one);
    assert.deepEqual([line.DestinationsTended, line.destination, others], [1, undefined, []]);
    const [{ Dimensions }] = (line._aws as { CloudWatchMetrics: { Dimensions: string[][] }[] }).CloudWatchMetrics;
    assert.deepEqual(Dimensions[0].sort(), ["environment", "service"]);
  });

  it("tends the others if one fails, and repeats what it could not change", async () => {
    deliverer.lambda.on(ListEventSourceMappingsCommand).rejects(new Error("throttled"));
    const untended = await deliverer.tend();
    assert.match(untended.output, /The event source mapping was not changed/);
    assert.equal(untended.metrics.DestinationsTended, undefined);
    deliverer.tables.before = (call) => {
      if (call === "GetItem") throw new Error("outage");
    };
    const { output, metrics } = await deliverer.tend();
    assert.match(output, /Not tended/);
    assert.deepEqual([metrics.DestinationPaused, metrics.DestinationsTended], [undefined, undefined]);
  });
});

describe("An operator's command", () => {
  const deliverer = new Deliverer();
  const run = async (command: DeliverCommand) => (await capturingOutput(() => handler(command, deliverer.context()))).result as TestResult;
  const withoutDuration = (result: TestResult) => ({ ...result, durationMs: undefined });
  const test = () => run({ command: "test", destination: deliverer.name });

  it("lets a mapping follow the state at once", async () => {
    await deliverer.stateIs({ paused: { S: "operator" } });
    await run({ command: "follow", destination: deliverer.name });
    deliverer.mapping = "Disabled";
    await deliverer.stateIs({});
    await run({ command: "follow", destination: deliverer.name });
    assert.deepEqual(deliverer.mappings(), [false, true]);
  });

  it("sends a signed test event, even to a paused destination, and leaves no trace", async () => {
    await deliverer.stateIs({ paused: { S: "operator" } });
    const { durationMs, ...result } = await test();
    assert.deepEqual(result, { delivered: true, status: 204 });
    assert.ok(durationMs >= 0);
    await test();
    const [{ headers, body }, second] = deliverer.endpoint.received;
    const event = new Webhook(deliverer.secret).verify(body, headers as Record<string, string>) as { type: string; data: object };
    assert.deepEqual([event.type, event.data, headers["webhook-trigger"]], ["webhook.test", { test: true }, "test"]);
    assert.notEqual(headers["webhook-id"], second.headers["webhook-id"]);
    assert.deepEqual(await deliverer.state(), { delivery_id: deliverer.name, paused: "operator" });
  });

  it("tells why a test event was not delivered", async () => {
    deliverer.endpoint.answer = () => 503;
    assert.deepEqual(withoutDuration(await test()), { delivered: false, status: 503, error: "It answered 503.", durationMs: undefined });
    deliverer.secretIs({});
    deliverer.configure({});
    assert.deepEqual(withoutDuration(await test()), {
      delivered: false,
      error: "Its secret has no value, or cannot be used.",
      durationMs: undefined,
    });
  });

  it("is refused for a destination to which the function does not post", async () => {
    for (const command of ["follow", "test"] as const)
      await assert.rejects(run({ command, destination: "nobody" }), { message: 'Unknown destination "nobody".' });
  });
});

describe("The function", () => {
  const deliverer = new Deliverer();

  it("delivers the messages of SQS", async () => {
    deliverer.endpoint.answer = () => (deliverer.endpoint.received.length === 1 ? 204 : 503);
    await deliverer.store({ transaction_id: { S: "stripe#second" } });
    const second = deliverer.record({ detail: { transactionId: "stripe#second" } }, { id: "2" });
    const { result } = await capturingOutput(() => handler({ Records: [deliverer.record(), second] }, deliverer.context()));
    assert.deepEqual(result, { batchItemFailures: [{ itemIdentifier: "2" }] });
  });

  it("finds its destinations in the file beside its code", async () => {
    delete process.env[destinationsFileVariable];
    process.env.LAMBDA_TASK_ROOT = "/nowhere";
    try {
      await assert.rejects(handler({ command: "tend" }, deliverer.context()), { message: new RegExp(`/nowhere/${destinationsFileName}`) });
    } finally {
      delete process.env.LAMBDA_TASK_ROOT;
      await assert.rejects(handler({ command: "tend" }, deliverer.context()), { message: new RegExp(`'${destinationsFileName}'`) });
    }
  });
});
