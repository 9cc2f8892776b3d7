import * as assert from "node:assert/strict";
import { DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { isOver, readDeadLetter } from "../../../cli/destinations/deadLetters";
import { deliveryMessageOf, operationOf } from "../../../cli/destinations/messages";
import type { DestinationsOptions } from "../../../cli/destinations/options";
import { chooseFailed, redeliver } from "../../../cli/destinations/redeliver";
import type { NamedDestination } from "../../../cli/destinations/target";
import { named } from "../../../cli/events/chosen";
import { UsageError } from "../../../cli/lib/errors";
import { generationOf, triggerOf } from "../../../domain/destinations";
import { readMessage } from "../../../handlers/deliver/message";
import { capturingOutput } from "../../../testbed/handlers";
import { FakeDestination, queueUrl } from "./fakeDestination";

const operation = { trigger: "redelivery", generation: "redelivery-1" } as const;
const event = {
  transactionId: "stripe#evt_1",
  source: "stripe",
  eventType: "charge.refunded",
  kind: "refund",
  occurredAt: "2026-01-31T11:59:59.000Z",
  receivedAt: "2026-01-31T12:00:00.000Z",
  test: false,
} as const;

describe("A message of an operation", () => {
  it("is one that the function understands, with its trigger and generation", () => {
    const message = deliveryMessageOf(event, operation, queueUrl, "eu-central-1");
    assert.deepEqual([triggerOf(message), generationOf(message)], ["redelivery", "redelivery-1"]);
    assert.deepEqual(readMessage("orders", JSON.stringify(message), 7), {
      destination: "orders",
      transactionId: "stripe#evt_1",
      trigger: "redelivery",
      generation: "redelivery-1",
      sentAt: 7,
    });
  });

  it("is in EventBridge's form, for consumers of a queue", () => {
    const now = new Date("2026-01-31T12:00:00.123Z");
    const { id, ...message } = deliveryMessageOf(event, operation, queueUrl, "eu-central-1", now);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual(message, {
      version: "0",
      "detail-type": "refund",
      source: "webhook.pipeline",
      account: "123456789012",
      time: "2026-01-31T12:00:00Z",
      region: "eu-central-1",
      resources: [],
      detail: event,
      ...operation,
    });
  });

  it("belongs to a new operation, or to the one that is continued", () => {
    const [one, other] = [operationOf("backfill", undefined), operationOf("backfill", undefined)];
    assert.notEqual(one.generation, other.generation);
    assert.deepEqual(operationOf("backfill", one.generation), one);
    for (const given of ["redelivery-1", "backfill-", "", "backfill-a b", `backfill-${"x".repeat(65)}`])
      assert.throws(() => operationOf("backfill", given), UsageError);
  });
});

describe("A dead letter of a destination", () => {
  it("is read in each form: of the function, of EventBridge or crashes, of an operation", () => {
    const read = (body: unknown) => readDeadLetter({ Body: typeof body === "string" ? body : JSON.stringify(body) });
    assert.deepEqual(read({ destination: "orders", transactionId: "stripe#evt_1", error: "…", generation: "" }), {
      transactionId: "stripe#evt_1",
      generation: "",
    });
    assert.deepEqual(read({ detail: event, source: "webhook.pipeline" }), { transactionId: "stripe#evt_1", generation: "" });
    assert.deepEqual(read({ detail: event, "replay-name": "replay-1" }), { transactionId: "stripe#evt_1", generation: "replay-1" });
    for (const foreign of ["no JSON", { detail: {} }, {}, "null"]) assert.equal(read(foreign), undefined, JSON.stringify(foreign));
    assert.equal(readDeadLetter({}), undefined);
  });

  const delivery = { transactionId: "stripe#evt_1", attempts: 1 } as const;
  for (const [what, generation, stored, over] of [
    ["of an event that was delivered since", "", { status: "DELIVERED", generation: "redelivery-1" }, true],
    ["of an event that FAILED", "", { status: "FAILED" }, false],
    ["of an event whose later redelivery is OPEN", "", { status: "OPEN", generation: "redelivery-1" }, true],
    ["of a redelivery that FAILED", "redelivery-1", { status: "FAILED", generation: "redelivery-1" }, false],
  ] as const)
    it(`${over ? "says nothing any more" : "still counts"}: one ${what}`, () =>
      assert.equal(isOver({ transactionId: "stripe#evt_1", generation }, { ...delivery, ...stored }), over));
});

describe("A redelivery", () => {
  let fake: FakeDestination;
  beforeEach(() => (fake = new FakeDestination()));
  afterEach(() => fake.restore());

  const failed = (changes: Partial<NamedDestination> = {}) => chooseFailed(fake.target, { ...fake.destination, ...changes }, new Date());
  const chosen = async (changes?: Partial<NamedDestination>) => {
    const { count, events } = await failed(changes);
    const ids: string[] = [];
    for await (const { transactionId } of events()) ids.push(transactionId);
    assert.equal(count, ids.length, "counted");
    return ids;
  };

  it("of what failed chooses FAILED deliveries, and dead letters that no delivery tells of, each once", async () => {
    fake.rows = {
      "stripe#failed": { status: "FAILED", generation: "" },
      "stripe#done": { status: "DELIVERED", generation: "" },
      "stripe#later": { status: "OPEN", generation: "redelivery-0" },
      "crash#open": { status: "OPEN", generation: "" },
    };
    fake.letters = ["stripe#failed", "stripe#done", "stripe#later", "crash#open", "crash#1"];
    assert.deepEqual(await chosen(), ["stripe#failed", "crash#open", "crash#1"]);
    assert.deepEqual(fake.shown, fake.letters, "visible again at once");
  });

  it("of what failed chooses all dead letters of a queue: its consumers have failed", async () => {
    fake.rows = { "crash#1": { status: "DELIVERED", generation: "" } };
    fake.letters = ["crash#1", "crash#2"];
    assert.deepEqual(await chosen({ type: "queue" }), ["crash#1", "crash#2"]);
  });

  it("of what failed ends where the dead letters cannot be read", async () => {
    fake.sqs.on(ReceiveMessageCommand).rejects(new Error("refused"));
    await assert.rejects(failed(), /^Error: refused$/);
  });

  it("of what failed sends the events of dead letters at the same pace, and then removes them", async () => {
    fake.put("crash#1", "crash#2", "crash#3");
    fake.letters = ["crash#1", "crash#2", "crash#3", "crash#expired"];
    const started = Date.now();
    assert.deepEqual(await run([], undefined, { rate: 2 }), [
      4,
      "crash#expired: There is no such event.\n3 events sent to the queue of orders, 1 not.\n3 dead letters removed.\n",
    ]);
    assert.deepEqual([fake.sent, fake.letters], [["crash#1", "crash#2", "crash#3"], ["crash#expired"]]);
    const ms = Date.now() - started;
    assert.ok(ms > 900, `the last two wait for a second, not ${ms} ms`);
  });

  /** @returns the exit code and what it prints */
  const run = async (given: string[], ended = new AbortController(), options: DestinationsOptions = {}) => {
    const redelivery = { target: fake.target, destination: fake.destination, operation, signal: ended.signal };
    const choice = given.length > 0 ? named(given) : await failed();
    const { result, output } = await capturingOutput(() => redeliver(redelivery, choice, given, options));
    return [result, output];
  };

  it("says what it sent and removed, and which command shows whether it arrived", async () => {
    fake.put("stripe#1");
    fake.letters = ["stripe#1"];
    assert.deepEqual(await run(["stripe#1"], undefined, { stack: "prod" }), [
      0,
      "1 event sent to the queue of orders.\n1 dead letter removed.\n" +
        "See whether it arrived:\n  npx webhook-pipeline destinations show orders 'stripe#1' --stack prod\n",
    ]);
  });

  it("says so, and which command continues, also where the dead letters cannot be read", async () => {
    fake.put("stripe#1");
    fake.sqs.on(ReceiveMessageCommand).rejects(new Error("refused"));
    assert.deepEqual(await run(["stripe#1", "stripe#1"], undefined, { stack: "prod" }), [
      4,
      "1 event sent to the queue of orders.\n" +
        "Stopped by an error. destinations redeliver: Error: refused\n" +
        "Stopped before the end. Continue with:\n" +
        "  npx webhook-pipeline destinations redeliver orders 'stripe#1' --continue redelivery-1 --stack prod\n",
    ]);
  });

  it("says so, and which command continues, after Ctrl-C among the dead letters", async () => {
    const ended = new AbortController();
    fake.put("stripe#1");
    fake.letters = ["stripe#1", "stripe#other"];
    fake.sqs.on(DeleteMessageCommand).callsFake(() => ended.abort());
    assert.deepEqual(await run(["stripe#1"], ended), [
      130,
      "1 event sent to the queue of orders.\n1 dead letter removed.\nStopped before the end. Continue with:\n" +
        "  npx webhook-pipeline destinations redeliver orders 'stripe#1' --continue redelivery-1\n",
    ]);
  });

  it("that sends what failed continues with what is left of it", async () => {
    const ended = new AbortController();
    ended.abort();
    assert.deepEqual(await run([], ended), [
      130,
      "0 events sent to the queue of orders.\nStopped before the end. Continue with:\n" +
        "  npx webhook-pipeline destinations redeliver orders --failed --continue redelivery-1\n",
    ]);
  });

  it("that is stopped before the dead letters leaves them alone, and continues with the events that are left", async () => {
    const ended = new AbortController();
    ended.abort();
    assert.deepEqual(await run(["stripe#1", "stripe#2"], ended), [
      130,
      "0 events sent to the queue of orders.\nStopped with 2 events to go. Continue with:\n" +
        "  npx webhook-pipeline destinations redeliver orders 'stripe#1' 'stripe#2' --continue redelivery-1\n",
    ]);
    assert.equal(fake.sqs.commandCalls(ReceiveMessageCommand).length, 0);
  });
});
