import * as assert from "node:assert/strict";
import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from "@aws-sdk/client-eventbridge";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { redeliver, replay } from "../../../cli/console/redo";
import { UsageError } from "../../../cli/lib/errors";
import type { DestinationsTarget } from "../../../cli/lib/target";
import { Status } from "../../../domain/event";
import { withOwnSend } from "../../helpers/ownSend";
import { FakeDestination } from "../destinations/fakeDestination";
import { fakeTable, type FakeTable } from "../events/fakeTable";

const receivedAt = "2026-01-31T12:00:00.000Z";
const isNormalized = { kind: { S: "refund" }, normalized: { M: {} } };
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `stripe#evt_${index}`);
const silence = () => Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:4566"), { code: "ECONNREFUSED" });
/** An error that AWS answers. */
const refusal = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
const unknown = "There is no such event.";
const notTried = "Not tried: an earlier call failed.";

describe("A replay from the console", () => {
  const eventBridge = withOwnSend(new EventBridgeClient({}));
  const bus = mockClient(eventBridge);
  let fake: FakeTable;
  beforeEach(() => {
    fake = fakeTable(100, 1);
    bus.reset();
    bus.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => ({ Entries: Entries.map(() => ({ EventId: "1" })) }));
  });
  afterEach(() => fake.restore());

  const run = (ids: readonly string[]) =>
    replay({ ...fake.table, eventBridge, eventBusName: "webhook-events-test" } as DestinationsTarget, ids);
  const published = () =>
    bus
      .commandCalls(PutEventsCommand)
      .flatMap(({ args }) => args[0].input.Entries ?? [])
      .map(({ Detail }) => (JSON.parse(Detail!) as { transactionId: string }).transactionId);

  it("publishes exactly the events that it is given, and says of each other why not", async () => {
    for (const id of ["stripe#1", "stripe#2", "stripe#3"]) fake.put(id, Status.processed, receivedAt, isNormalized);
    fake.put("stripe#failed", Status.failed, receivedAt);
    assert.deepEqual(await run(["stripe#1", "stripe#failed", "stripe#gone", "stripe#3"]), {
      done: 2,
      left: [
        { id: "stripe#failed", why: "It is FAILED. Only a PROCESSED event was published." },
        { id: "stripe#gone", why: unknown },
      ],
    });
    assert.deepEqual(published(), ["stripe#1", "stripe#3"]);
  });

  it("of events that do not exist publishes nothing", async () => {
    assert.deepEqual(await run(["stripe#gone"]), { done: 0, left: [{ id: "stripe#gone", why: unknown }] });
    assert.equal(bus.calls().length, 0);
  });

  it("fails with the error that came before anything was published", async () => {
    for (const id of numbered(3)) fake.put(id, Status.processed, receivedAt, isNormalized);
    const denied = refusal("AccessDeniedException", "not authorized to perform: events:PutEvents");
    bus.on(PutEventsCommand).rejects(denied);
    await assert.rejects(run(numbered(3)), denied);
  });

  it("that an error ends midway says what it published, and what it did not try", async () => {
    const ids = numbered(60);
    for (const id of ids) fake.put(id, Status.processed, receivedAt, isNormalized);
    bus.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => {
      if (bus.calls().length > 5) throw silence();
      return { Entries: Entries.map(() => ({ EventId: "1" })) };
    });
    assert.deepEqual(await run(ids), { done: 50, left: ids.slice(50).map((id) => ({ id, why: notTried })) });
    assert.deepEqual(published().slice(0, 50), ids.slice(0, 50));
  });

  it("that an error ends among events that it had read together names those alone that were not published", async () => {
    const ids = numbered(20);
    for (const id of ids) fake.put(id, Status.processed, receivedAt, isNormalized);
    bus.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => {
      if (bus.calls().length > 1) throw silence();
      return { Entries: Entries.map(() => ({ EventId: "1" })) };
    });
    const { done, left } = await run(["stripe#gone", ...ids]);
    assert.deepEqual([done, left.map(({ id }) => id)], [10, ["stripe#gone", ...ids.slice(10)]]);
  });
});

describe("A redelivery from the console", () => {
  let fake: FakeDestination;
  beforeEach(() => (fake = new FakeDestination()));
  afterEach(() => fake.restore());

  const run = (ids: readonly string[], name = "orders") =>
    redeliver({ ...fake.target, destinations: { orders: fake.destination } }, name, ids);

  it("sends exactly the events that it is given, and says of each other why not", async () => {
    fake.put("stripe#1", "stripe#2", "stripe#3");
    assert.deepEqual(await run(["stripe#1", "stripe#gone", "stripe#3"]), { done: 2, left: [{ id: "stripe#gone", why: unknown }] });
    assert.deepEqual(fake.sent, ["stripe#1", "stripe#3"]);
    const [{ args }] = fake.sqs.commandCalls(SendMessageCommand);
    assert.equal(args[0].input.QueueUrl, fake.destination.queueUrl);
    const { trigger, generation } = JSON.parse(args[0].input.MessageBody!) as { trigger: string; generation: string };
    assert.deepEqual([trigger, /^redelivery-2\d{3}-/.test(generation)], ["redelivery", true]);
  });

  it("removes the dead letters of what it sent, and leaves those of others", async () => {
    fake.put("stripe#1", "stripe#2");
    fake.letters = ["stripe#1", "crash#1", "stripe#2"];
    assert.equal((await run(["stripe#1"])).done, 1);
    assert.deepEqual(fake.letters, ["crash#1", "stripe#2"]);
  });

  it("looks for no dead letters where it sent nothing", async () => {
    fake.letters = ["stripe#gone"];
    assert.deepEqual(await run(["stripe#gone"]), { done: 0, left: [{ id: "stripe#gone", why: unknown }] });
    assert.equal(fake.sqs.calls().length, 0);
  });

  it("is done although the dead letters cannot be removed", async () => {
    fake.put("stripe#1");
    fake.sqs.on(ReceiveMessageCommand).rejects(refusal("AccessDenied", "not authorized to perform: sqs:ReceiveMessage"));
    assert.deepEqual(await run(["stripe#1"]), { done: 1, left: [] });
  });

  it("is refused for a destination that does not exist, before anything is sent", async () => {
    fake.put("stripe#1");
    for (const name of ["ledger", "toString", ""])
      await assert.rejects(run(["stripe#1"], name), new UsageError(`Unknown destination "${name}". Destinations: orders.`));
    assert.equal(fake.sqs.calls().length, 0);
  });

  it("fails with the error that came before anything was sent, and removes no dead letter", async () => {
    fake.put("stripe#1");
    fake.letters = ["stripe#1"];
    const denied = refusal("AccessDenied", "not authorized to perform: sqs:SendMessage");
    fake.sqs.on(SendMessageCommand).rejects(denied);
    await assert.rejects(run(["stripe#1"]), denied);
    assert.deepEqual(fake.letters, ["stripe#1"]);
  });

  it("that an error ends midway removes the dead letters of what it sent, and says what it did not try", async () => {
    const ids = numbered(60);
    fake.put(...ids);
    fake.letters = [ids[0], ids[59]];
    fake.sqs.on(SendMessageCommand).callsFake(() => {
      if (fake.sent.length > 50) throw silence();
      return {};
    });
    assert.deepEqual(await run(ids), { done: 50, left: ids.slice(50).map((id) => ({ id, why: notTried })) });
    assert.deepEqual(fake.letters, [ids[59]]);
  });
});
