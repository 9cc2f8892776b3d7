import * as assert from "node:assert/strict";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Trigger } from "../../domain/destinations";
import { Status } from "../../domain/event";
import { createClients } from "../../local/clients";
import { startMiniStack, type RunningAws } from "../../local/ministack";
import { deploySettings } from "../../local/pipeline";
import { everyProvider, withNamespace } from "../../local/settings";
import type { Ended } from "../helpers/commands";
import { Endpoint } from "../helpers/endpoint";
import { eventually } from "../helpers/eventually";
import { Operator } from "../helpers/operator";
import { itemWithStatus, send, type PipelineUnderTest } from "../helpers/pipeline";

const at = (name: string) => `https://${name}.example.com/`;

/** Filters of the destinations: one that posts everything of Stripe's, one that gets nothing at first, and a queue. */
const configured = [
  { name: "orders", url: at("orders"), sources: ["stripe"], eventTypes: ["payment_intent.*"] },
  { name: "ledger", url: at("ledger"), kinds: ["payout"] },
  { name: "audit", type: "queue", sources: ["stripe"] },
];

describe("The commands of destinations, with no more permissions than the stack's output operatorPolicy gives", () => {
  const endpoint = new Endpoint();
  let running: RunningAws;
  let pipeline: PipelineUnderTest;
  let operator: Operator;
  before(async function () {
    this.timeout(60_000);
    await endpoint.start();
    running = await startMiniStack({ region: "us-east-1" });
    const settings = everyProvider("us-east-1", "dest");
    const own = withNamespace(settings.project, { destinations: JSON.stringify(configured) });
    const destinations = ["orders", "ledger"].map((name) => ({ name, auth: "none", url: at(name), localUrl: endpoint.url }) as const);
    const deployed = await deploySettings(running.aws, { ...settings, config: { ...settings.config, ...own }, destinations });
    pipeline = { ...deployed, clients: createClients(running.aws) } as PipelineUnderTest;
    operator = await Operator.create(pipeline, "operator");
  });
  beforeEach(() => {
    endpoint.answer = () => 204;
    endpoint.received.length = 0;
  });
  after(async () => {
    operator?.stop();
    await running?.stop();
    await endpoint.stop();
  });

  const run = (...args: string[]): Promise<Ended> => operator.runCommand("destinations", ...args).ended;
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await run(...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.toString()) as T;
  };
  /** Sends an event of Stripe's, and waits until it is published. */
  async function publish(): Promise<string> {
    const id = (await send(pipeline, "stripe")).body.transactionId!;
    await itemWithStatus(pipeline, id, Status.processed);
    return id;
  }
  interface Posted {
    type: string;
    data: { transactionId: string };
  }
  const posted = () =>
    endpoint.received.map(({ headers, body }) => ({
      trigger: headers["webhook-trigger"] as Trigger,
      id: headers["webhook-id"],
      ...(JSON.parse(body.toString()) as Posted),
    }));
  const postedAs = (trigger: Trigger, transactionId: string) =>
    eventually(`${transactionId} to be posted as ${trigger}`, async () =>
      posted().find((one) => one.trigger === trigger && one.data.transactionId === transactionId),
    );
  interface Shown {
    status: string;
    attempts: number;
    generation?: string;
    error?: string;
    history: { at: string; status?: number; body?: string }[];
  }
  const deliveryOf = (id: string, status: string) =>
    eventually(`the delivery of ${id} to be ${status}`, async () => {
      const { code, stdout } = await run("show", "orders", id, "--json");
      const shown = JSON.parse(stdout.toString()) as Shown;
      return code === 0 && shown.status === status ? shown : undefined;
    });
  interface Row {
    name: string;
    state: string;
    deadLetters: number;
    waiting: number;
    paused?: object;
  }
  const statusOf = async (name: string) => (await json<Row[]>("list")).find((row) => row.name === name)!;

  it("show an event's delivery with its attempts, also beside the event itself", async () => {
    const id = await publish();
    await postedAs("event", id);
    const { attempts, history } = await deliveryOf(id, "DELIVERED");
    assert.deepEqual([attempts, history.map(({ status }) => status)], [1, [204]]);
    const shown = await operator.run("show", id).ended;
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
      [0, "1 event sent to the queue of orders, 0 not.\n1 dead letter removed.\n"],
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

  it("backfill sends the stored events that the filter passes to that destination alone, and --continue sends none twice", async () => {
    const id = await publish();
    await postedAs("event", id);
    const square = (await send(pipeline, "square")).body.transactionId!;
    await itemWithStatus(pipeline, square, Status.processed);
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
      const { waiting, inFlight } = (await statusOf("orders")) as Row & { inFlight: number };
      return waiting + inFlight === 0 || undefined;
    });
    assert.equal(endpoint.received.length, before);
    assert.equal(endpoint.received.length, all.length, "each once");
  });

  it("backfill stops in good order at Ctrl-C, and the command that it prints sends the rest, each event once", async () => {
    const ids = [await publish(), await publish(), await publish()];
    for (const id of ids) await postedAs("event", id);
    const all = await json<string[]>("backfill", "orders", "--since", "1h", "--dry-run");
    endpoint.received.length = 0;
    const command = operator.runCommand("destinations", "backfill", "orders", "--since", "1h", "--rate", "1");
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

  it("backfill sends consumers of a queue what the rule sends them", async () => {
    const queueUrl = pipeline.outputs.destinations!.audit.queueUrl;
    const received = new Map<string, Record<string, unknown>[]>();
    const receive = async () => {
      const { Messages = [] } = await pipeline.clients.sqs.send(
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
