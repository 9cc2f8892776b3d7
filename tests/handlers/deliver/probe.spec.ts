import * as assert from "node:assert/strict";
import { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { Deliverer } from "../../helpers/deliverer";

describe("The probe of a destination whose breaker is open", () => {
  const deliverer = new Deliverer();
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

  it("resumes it, once it accepts a message", async () => {
    await breakerOpen({ window_sent: { N: "25" }, window_failed: { N: "20" } });
    deliverer.mapping = "Disabled";
    waiting(message());
    const now = deliverer.freeze();
    const { metrics } = await deliverer.tend();
    const { paused, paused_at, resumed_at, failures_in_row, window_sent, window_failed } = await deliverer.state();
    assert.deepEqual([paused, paused_at, failures_in_row, window_sent, window_failed], [undefined, undefined, 0, 0, 0]);
    assert.equal(resumed_at, now);
    assert.deepEqual([deliverer.mappings(), deleted(), (await deliverer.row())!.status], [[true], ["receipt 0"], "DELIVERED"]);
    assert.deepEqual([metrics.DestinationPaused, metrics.LongestPause], [1, undefined], "paused in this minute, and no longer");
    assert.equal((await deliverer.tend()).metrics.DestinationPaused, 0);
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
      const { metrics } = await deliverer.tend();
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
    await deliverer.tend();
    assert.deepEqual([deliverer.deadLetters().length, deleted(), (await deliverer.row())!.status], [1, ["old"], "FAILED"]);
  });

  it("leaves it paused, by its own wish, if the endpoint says so", async () => {
    await breakerOpen();
    const { paused_at: since } = await deliverer.state();
    waiting(message());
    deliverer.endpoint.answer = () => 410;
    await deliverer.tend();
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
    await deliverer.tend();
    assert.deepEqual([(await deliverer.state()).paused, deliverer.mappings(), deleted()], ["operator", [], ["receipt 0"]]);
  });

  it("looks for a message that must be sent, among at most three", async () => {
    await deliverer.deliver(deliverer.record());
    deliverer.endpoint.received.length = 0;
    await breakerOpen();
    waiting(...Array.from({ length: 5 }, () => message()));
    await deliverer.tend();
    assert.deepEqual([received(), deleted().length, deliverer.endpoint.received.length], [3, 3, 0]);
    assert.equal((await deliverer.state()).paused, "breaker");
  });

  it("sends a dead letter for a message whose event has expired, and stays paused", async () => {
    await breakerOpen();
    waiting(message("stripe#gone"));
    await deliverer.tend();
    assert.deepEqual([deliverer.deadLetters().length, deleted().length, (await deliverer.state()).paused], [1, 1, "breaker"]);
  });

  it("leaves a message that is no event to the function's usual way", async () => {
    await breakerOpen();
    waiting("no event");
    await deliverer.tend();
    assert.deepEqual([deleted(), (await deliverer.state()).paused], [[], "breaker"]);
  });

  it("receives from all servers of the queue, for longer than it runs", async () => {
    await breakerOpen();
    await deliverer.tend();
    const { QueueUrl, MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds } =
      deliverer.sqs.commandCalls(ReceiveMessageCommand)[0].args[0].input;
    assert.equal(QueueUrl, `https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-to-${deliverer.name}-test`);
    assert.deepEqual([MaxNumberOfMessages, WaitTimeSeconds], [1, 1]);
    assert.ok(VisibilityTimeout! > 60);
  });

  it("goes on if SQS does not take what became of a probe", async () => {
    await breakerOpen();
    waiting(message());
    deliverer.endpoint.answer = () => 503;
    deliverer.sqs.on(ChangeMessageVisibilityCommand).rejects(new Error("outage"));
    assert.match((await deliverer.tend()).output, /Not tended/);
    assert.equal((await deliverer.state()).paused, "breaker");
  });
});
