import * as assert from "node:assert/strict";
import { DeliveringPipeline } from "../helpers/deliveringPipeline";
import { eventually } from "../helpers/eventually";

describe("The commands of destinations, with no more permissions than the stack's output operatorPolicy gives", () => {
  const delivering = new DeliveringPipeline();
  const { endpoint, run, json, publish, posted, postedAs, deliveryOf, statusOf } = delivering;

  it("show an event's delivery with its attempts, also beside the event itself", async () => {
    const id = await publish();
    await postedAs("event", id);
    const { attempts, history } = await deliveryOf(id, "DELIVERED");
    assert.deepEqual([attempts, history.map(({ status }) => status)], [1, [204]]);
    const shown = await delivering.operator.run("show", id).ended;
    assert.match(shown.stdout.toString(), /^ {2}to orders: DELIVERED, 1 attempt\n {4}\S+Z +\d+ ms {2}204$/m);
    const unknown = await run("show", "orders", "stripe#nothing");
    assert.deepEqual([unknown.code, unknown.stdout.toString()], [3, ""]);
  });

  it("list each destination's state, and refuse one that is not there", async () => {
    const { stdout } = await run("list");
    assert.match(
      stdout.toString(),
      /^NAME +TYPE +STATE +WAITING +IN FLIGHT +DEAD LETTERS +OLDEST UNDELIVERED\norders +https +delivering +0 +0 +0 +-\n/,
    );
    assert.match(stdout.toString(), /^audit +queue +polled +\d+ +0 +0 +-$/m);
    const { code, stderr } = await run("show", "order");
    assert.deepEqual([code, stderr], [2, 'Unknown destination "order". Destinations: orders, ledger, audit.\n']);
    const queue = await run("pause", "audit");
    assert.equal(queue.code, 1);
    assert.match(queue.stderr, /^audit is a queue that its consumers poll\./);
  });

  it("test posts a test event, and ends with 1 where it is refused", async () => {
    const accepted = await run("test", "orders");
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.match(accepted.stdout.toString(), /^http:\S+ answered 204 after \d+ ms: delivered\.\n$/);
    assert.deepEqual(
      posted().map(({ type, trigger }) => [type, trigger]),
      [["webhook.test", "test"]],
    );
    endpoint.answer = () => 503;
    const refused = await run("test", "orders");
    assert.equal(refused.code, 1);
    assert.match(refused.stdout.toString(), /answered 503 after \d+ ms: not delivered\./);
  });

  it("pause holds events back, with its reason, and resume lets them go", async () => {
    const paused = await run("pause", "orders", "--reason", "moving the database");
    assert.equal(paused.code, 0, paused.stderr);
    assert.equal(paused.stderr, "", "follow took effect");
    const id = await publish();
    await eventually("the event to wait", async () => ((await statusOf("orders")).waiting > 0 ? true : undefined));
    assert.deepEqual(posted(), []);
    assert.match((await run("show", "orders")).stdout.toString(), /^orders is paused by an operator since \S+Z: moving the database\.\n/);
    const again = await run("pause", "orders");
    assert.match(again.stdout.toString(), /^orders was paused before: paused by an operator since .+ Nothing was changed\.\n$/);
    const resumed = await run("resume", "orders");
    assert.equal(resumed.code, 0, resumed.stderr);
    await postedAs("event", id);
    assert.equal((await statusOf("orders")).state, "delivering");
    assert.match((await run("resume", "orders")).stdout.toString(), /^orders is not paused\. Nothing was changed\.\n$/);
  });

  it("redeliver sends a failed event again, and removes its dead letter and no other", async () => {
    endpoint.answer = (_request, response) => void response.writeHead(422).end("unknown order");
    const [id, other] = [await publish(), await publish()];
    const [{ error, history }] = [await deliveryOf(id, "FAILED"), await deliveryOf(other, "FAILED")];
    assert.match(error!, /422/);
    assert.equal(history.at(-1)!.body, "unknown order");
    assert.equal((await statusOf("orders")).deadLetters, 2);
    const { undelivered } = await json<{ undelivered: { transactionId: string }[] }>("show", "orders");
    assert.deepEqual(
      undelivered.map(({ transactionId }) => transactionId),
      [other, id],
    );
    const first = await run("show", "orders", "--limit", "1");
    const [, next] = /Continue with:\n {2}npx webhook-pipeline destinations (show orders \S+ \S+ \S+ \S+)\n/.exec(first.stderr) ?? [];
    assert.match((await run(...next.split(" "))).stdout.toString(), new RegExp(`^FAILED +\\S+ +${id} +1 attempt .*422`, "m"));

    endpoint.answer = () => 204;
    const webhookId = posted().find(({ data }) => data.transactionId === id)!.id;
    const redelivered = await run("redeliver", "orders", id);
    assert.deepEqual(
      [redelivered.code, redelivered.stdout.toString()],
      [0, "1 event sent to the queue of orders.\n1 dead letter removed.\n"],
    );
    assert.equal((await postedAs("redelivery", id)).id, webhookId, "one event, one webhook-id");
    await deliveryOf(id, "DELIVERED");
    assert.equal((await statusOf("orders")).deadLetters, 1);

    assert.equal((await json<{ sent: number; deadLetters: number }>("redeliver", "orders", "--failed")).sent, 1);
    await postedAs("redelivery", other);
    await deliveryOf(other, "DELIVERED");
    assert.equal((await statusOf("orders")).deadLetters, 0);
    assert.equal((await run("redeliver", "orders", "--failed")).code, 0);
  });

  it("redeliver ends with 3 for an unknown event, and with 4 beside a known one", async () => {
    const id = await publish();
    await postedAs("event", id);
    const unknown = await run("redeliver", "orders", "stripe#nothing");
    assert.deepEqual([unknown.code, unknown.stderr], [3, "stripe#nothing: There is no such event.\n"]);
    assert.equal((await run("redeliver", "orders", id, "stripe#nothing")).code, 4);
    await postedAs("redelivery", id);
    assert.equal((await run("redeliver", "orders", id, "--failed")).code, 2);
  });
});
