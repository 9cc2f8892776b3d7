import * as assert from "node:assert/strict";
import { ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { Webhook } from "standardwebhooks";
import type { DeliverCommand, TestResult } from "../../../domain/destinations";
import { destinationsFileName } from "../../../domain/destinations";
import { handler } from "../../../handlers/deliver";
import { destinationsFileVariable } from "../../../testbed/destinationsFile";
import { capturingOutput } from "../../../testbed/handlers";
import { Deliverer } from "../../helpers/deliverer";

describe("The schedule's command", () => {
  const deliverer = new Deliverer();
  const tend = async () => {
    const { lines, output } = await capturingOutput(() => handler({ command: "tend" }, deliverer.context()));
    const metrics = Object.assign({}, ...lines.filter((line) => "_aws" in line)) as Record<string, number>;
    return { lines, output, metrics };
  };
  const breakerOpen = (changes = {}) =>
    deliverer.stateIs({
      paused: { S: "breaker" },
      paused_at: { S: new Date(deliverer.freeze() - 100_000).toISOString() },
      failures_in_row: { N: "20" },
      ...changes,
    });
  /** Puts messages into the queue. */
  const waiting = (...bodies: string[]) => {
    const messages = bodies.map((Body, index) => ({
      Body,
      ReceiptHandle: `receipt ${index}`,
      Attributes: { SentTimestamp: String(Date.now()) },
    }));
    deliverer.sqs.on(ReceiveMessageCommand).callsFake(() => ({ Messages: messages.splice(0, 1) }));
  };
  const message = (transactionId = deliverer.transactionId) => JSON.stringify({ detail: { transactionId } });
  const received = () => deliverer.sqs.commandCalls(ReceiveMessageCommand).length;
  const deleted = () => deliverer.sqs.commandCalls(DeleteMessageCommand).map(({ args }) => args[0].input.ReceiptHandle);

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
      await tend();
      assert.deepEqual(deliverer.mappings(), changes);
      assert.equal(received(), state === "breaker" ? 1 : 0, "only an open breaker is probed");
    });

  it("resumes a destination whose breaker is open, once it accepts a message", async () => {
    await breakerOpen({ window_sent: { N: "25" }, window_failed: { N: "20" } });
    deliverer.mapping = "Disabled";
    waiting(message());
    const now = deliverer.freeze();
    const { metrics } = await tend();
    const { paused, paused_at, resumed_at, failures_in_row, window_sent, window_failed } = await deliverer.state();
    assert.deepEqual([paused, paused_at, failures_in_row, window_sent, window_failed], [undefined, undefined, 0, 0, 0]);
    assert.equal(resumed_at, now);
    assert.deepEqual([deliverer.mappings(), deleted(), (await deliverer.row())!.status], [[true], ["receipt 0"], "DELIVERED"]);
    assert.deepEqual([metrics.DestinationPaused, metrics.LongestPause], [1, undefined], "paused in this minute, and no longer");
    assert.equal((await tend()).metrics.DestinationPaused, 0);
  });

  for (const status of [503, 400])
    it(`leaves it paused while it answers ${status}: the message waits, and keeps its attempts`, async () => {
      deliverer.endpoint.answer = () => 503;
      await deliverer.deliver(deliverer.record());
      const row = await deliverer.row();
      deliverer.endpoint.received.length = 0;
      deliverer.sqs.resetHistory();
      await breakerOpen();
      waiting(message(), message());
      deliverer.endpoint.answer = () => status;
      const { metrics } = await tend();
      assert.deepEqual([(await deliverer.state()).paused, deliverer.endpoint.received.length, deleted()], ["breaker", 1, []]);
      assert.deepEqual([deliverer.hidden(), deliverer.deadLetters(), await deliverer.row()], [[300], [], row]);
      assert.deepEqual([metrics.DestinationPaused, metrics.LongestPause], [1, 100]);
    });

  it("makes a dead letter of a message that SQS is about to forget, if it is refused", async () => {
    await breakerOpen();
    const messages = deliverer.sqs.on(ReceiveMessageCommand);
    const sentAt = Date.now() - 13 * 86_400_000;
    messages
      .resolvesOnce({ Messages: [{ Body: message(), ReceiptHandle: "old", Attributes: { SentTimestamp: String(sentAt) } }] })
      .resolves({});
    deliverer.endpoint.answer = () => 503;
    await tend();
    assert.deepEqual([deliverer.deadLetters().length, deleted(), (await deliverer.row())!.status], [1, ["old"], "FAILED"]);
  });

  it("leaves it paused, by its own wish, if the endpoint says so", async () => {
    await breakerOpen();
    const { paused_at: since } = await deliverer.state();
    waiting(message());
    deliverer.endpoint.answer = () => 410;
    await tend();
    const { paused, paused_at } = await deliverer.state();
    assert.deepEqual([paused, paused_at, deliverer.hidden()], ["endpoint", since, [30]], "paused since the breaker opened");
  });

  it("leaves it paused if an operator pauses it meanwhile", async () => {
    await breakerOpen();
    deliverer.mapping = "Disabled";
    waiting(message());
    deliverer.endpoint.answer = async () => {
      await deliverer.stateIs({ paused: { S: "operator" }, paused_at: { S: new Date().toISOString() } });
      return 204;
    };
    await tend();
    assert.deepEqual([(await deliverer.state()).paused, deliverer.mappings(), deleted()], ["operator", [], ["receipt 0"]]);
  });

  it("looks for a message that must be sent, among at most three", async () => {
    await deliverer.deliver(deliverer.record());
    deliverer.endpoint.received.length = 0;
    await breakerOpen();
    waiting(...Array.from({ length: 5 }, () => message()));
    await tend();
    assert.deepEqual([received(), deleted().length, deliverer.endpoint.received.length], [3, 3, 0]);
    assert.equal((await deliverer.state()).paused, "breaker");
  });

  it("sends a dead letter for a message whose event has expired, and stays paused", async () => {
    await breakerOpen();
    waiting(message("stripe#gone"));
    await tend();
    assert.deepEqual([deliverer.deadLetters().length, deleted().length, (await deliverer.state()).paused], [1, 1, "breaker"]);
  });

  it("leaves a message that is no event to the function's usual way", async () => {
    await breakerOpen();
    waiting("no event");
    await tend();
    assert.deepEqual([deleted(), (await deliverer.state()).paused], [[], "breaker"]);
  });

  it("receives from all servers of the queue, for longer than it runs", async () => {
    await breakerOpen();
    await tend();
    const { QueueUrl, MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds } =
      deliverer.sqs.commandCalls(ReceiveMessageCommand)[0].args[0].input;
    assert.equal(QueueUrl, `https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-to-${deliverer.name}-test`);
    assert.deepEqual([MaxNumberOfMessages, WaitTimeSeconds], [1, 1]);
    assert.ok(VisibilityTimeout! > 60);
  });

  it("tells how long the oldest delivery is tried, among those that are not FAILED", async () => {
    deliverer.endpoint.answer = () => 400;
    await deliverer.deliver(deliverer.record());
    assert.equal((await tend()).metrics.OldestUndelivered, undefined);
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
    const { metrics, lines } = await tend();
    assert.equal(metrics.OldestUndelivered, 3_000);
    assert.equal(lines.find((line) => "OldestUndelivered" in line)!.destination, deliverer.name);
  });

  it("says when all went through, of the function as a whole", async () => {
    const { lines } = await tend();
    const [line, ...others] = lines.filter((one) => "DestinationsTended" in one);
    assert.deepEqual([line.DestinationsTended, line.destination, others], [1, undefined, []]);
    const [{ Dimensions }] = (line._aws as { CloudWatchMetrics: { Dimensions: string[][] }[] }).CloudWatchMetrics;
    assert.deepEqual(Dimensions[0].sort(), ["environment", "service"]);
  });

  it("tends the others if one fails, and repeats what it could not change", async () => {
    deliverer.lambda.on(ListEventSourceMappingsCommand).rejects(new Error("throttled"));
    const untended = await tend();
    assert.match(untended.output, /The event source mapping was not changed/);
    assert.equal(untended.metrics.DestinationsTended, undefined);
    deliverer.tables.before = (call) => {
      if (call === "GetItem") throw new Error("outage");
    };
    const { output, metrics } = await tend();
    assert.match(output, /Not tended/);
    assert.deepEqual([metrics.DestinationPaused, metrics.DestinationsTended], [undefined, undefined]);
  });

  it("goes on if SQS does not take what became of a probe", async () => {
    await breakerOpen();
    waiting(message());
    deliverer.endpoint.answer = () => 503;
    deliverer.sqs.on(ChangeMessageVisibilityCommand).rejects(new Error("outage"));
    assert.match((await tend()).output, /Not tended/);
    assert.equal((await deliverer.state()).paused, "breaker");
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
