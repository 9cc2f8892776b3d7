import * as assert from "node:assert/strict";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { DeliveringPipeline } from "../helpers/deliveringPipeline";
import { eventually } from "../helpers/eventually";

describe("A backfill, with no more permissions than the stack's output operatorPolicy gives,", () => {
  const delivering = new DeliveringPipeline();
  const { endpoint, run, json, publish, posted, postedAs, deliveryOf, statusOf } = delivering;

  it("sends the stored events that the filter passes to that destination alone, and --continue sends none twice", async () => {
    const id = await publish();
    await postedAs("event", id);
    await publish("square");
    const all = (await json<string[]>("backfill", "orders", "--since", "1h", "--dry-run")).sort();
    assert.ok(all.includes(id) && all.every((one) => one.startsWith("stripe#")), `${all}`);
    assert.deepEqual(await json("backfill", "ledger", "--since", "1h", "--dry-run"), []);
    endpoint.received.length = 0;
    const { sent, operation } = await json<{ sent: number; operation: string }>("backfill", "orders", "--since", "1h");
    assert.equal(sent, all.length);
    for (const one of all) await postedAs("backfill", one);
    assert.equal((await deliveryOf(id, "DELIVERED")).generation, operation);
    const before = endpoint.received.length;
    const again = await json<{ sent: number }>("backfill", "orders", "--since", "1h", "--continue", operation);
    assert.equal(again.sent, all.length);
    await eventually("the queue to be empty", async () => {
      const { waiting, inFlight } = await statusOf("orders");
      return waiting + inFlight === 0 || undefined;
    });
    assert.equal(endpoint.received.length, before);
    assert.equal(endpoint.received.length, all.length, "each once");
  });

  it("stops in good order at Ctrl-C, and the command that it prints sends the rest, each event once", async () => {
    const ids = [await publish(), await publish(), await publish()];
    for (const id of ids) await postedAs("event", id);
    const all = await json<string[]>("backfill", "orders", "--since", "1h", "--dry-run");
    endpoint.received.length = 0;
    const command = delivering.operator.runCommand("destinations", "backfill", "orders", "--since", "1h", "--rate", "1");
    await eventually("the first event to be posted", async () => posted()[0]);
    command.child.kill("SIGINT");
    const { code, stderr } = await command.ended;
    assert.equal(code, 130, stderr);
    const [, next] = /Continue with:\n {2}npx webhook-pipeline destinations (backfill .+)\n$/.exec(stderr) ?? [];
    assert.match(next, /^backfill orders --since \S+ --until \S+ --continue backfill-\S+ --rate 1$/);
    const rest = await run(...next.replace("--rate 1", "--rate 100").split(" "));
    assert.equal(rest.code, 0, rest.stderr);
    for (const id of all) await postedAs("backfill", id);
    assert.equal(new Set(posted().map(({ id }) => id)).size, posted().length, "each once");
  });

  it("sends consumers of a queue what the rule sends them", async () => {
    const queueUrl = delivering.pipeline.outputs.destinations!.audit.queueUrl;
    const received = new Map<string, Record<string, unknown>[]>();
    const receive = async () => {
      const { Messages = [] } = await delivering.pipeline.clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 300 }),
      );
      for (const { Body } of Messages) {
        const message = JSON.parse(Body!) as { detail: { transactionId: string } };
        received.set(message.detail.transactionId, [...(received.get(message.detail.transactionId) ?? []), message]);
      }
    };
    const id = await publish();
    await json("backfill", "audit", "--since", "1h");
    const both = await eventually("the event of the rule and that of the backfill", async () => {
      await receive();
      const messages = received.get(id) ?? [];
      return messages.length >= 2 ? messages : undefined;
    });
    const [ofRule, ofBackfill] = [false, true].map((isOf) => both.find((message) => "trigger" in message === isOf)!);
    for (const field of ["detail", "detail-type", "source", "account", "region", "resources", "version"])
      assert.deepEqual(ofBackfill[field], ofRule[field], field);
  });
});
