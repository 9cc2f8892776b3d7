import * as assert from "node:assert/strict";
import { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { settleDeadLetters } from "../../../cli/destinations/settle";
import type { NamedDestination } from "../../../cli/destinations/target";
import { FakeDestination } from "./fakeDestination";

const operation = { trigger: "redelivery", generation: "redelivery-1" } as const;
const refused = new Error("AccessDenied");

describe("The dead letters after a redelivery", () => {
  let fake: FakeDestination;
  beforeEach(() => (fake = new FakeDestination()));
  afterEach(() => fake.restore());

  const settle = async (sent: string[], isAll: boolean, changes: Partial<NamedDestination> = {}, signal = new AbortController().signal) => {
    const before = { sent: new Set(sent), failed: new Map<string, string>() };
    const destination = { ...fake.destination, ...changes };
    const result = await settleDeadLetters({ target: fake.target, destination, operation, signal, isAll }, before);
    return { ...result, failed: [...before.failed] };
  };

  it("of what was sent go; the others stay, and are visible again at once", async () => {
    fake.letters = ["stripe#sent", "stripe#other"];
    fake.rows = { "stripe#other": { status: "FAILED", generation: "" } };
    assert.deepEqual(await settle(["stripe#sent"], false), { removed: 1, sent: 0, failed: [] });
    assert.deepEqual([fake.letters, fake.shown, fake.sent], [["stripe#other"], ["stripe#other"], []]);
  });

  it("of what failed again in this very operation stay", async () => {
    fake.letters = ["stripe#again"];
    fake.generations = { "stripe#again": operation.generation };
    assert.equal((await settle(["stripe#again"], true)).removed, 0);
  });

  it("of what was delivered since go", async () => {
    fake.letters = ["stripe#done"];
    fake.rows = { "stripe#done": { status: "DELIVERED", generation: "" } };
    assert.equal((await settle([], false)).removed, 1);
  });

  it("that no delivery tells of are sent with --failed, and then go", async () => {
    fake.letters = ["crash#1", "crash#expired"];
    fake.put("crash#1");
    assert.deepEqual(await settle([], true), { removed: 1, sent: 1, failed: [["crash#expired", "There is no such event."]] });
    assert.deepEqual([fake.sent, fake.letters], [["crash#1"], ["crash#expired"]]);
  });

  it("of a queue are all sent with --failed: its consumers have failed", async () => {
    fake.letters = ["crash#1", "crash#2"];
    fake.put("crash#1", "crash#2");
    assert.deepEqual(await settle([], true, { type: "queue" }), { removed: 2, sent: 2, failed: [] });
  });

  it("stay where the event cannot be sent, and are visible again at once", async () => {
    fake.letters = ["crash#1"];
    fake.put("crash#1");
    fake.sqs.on(SendMessageCommand).rejects(refused);
    assert.deepEqual(await settle([], true), { removed: 0, sent: 0, failed: [], stopped: { error: refused } });
    assert.deepEqual([fake.letters, fake.shown], [["crash#1"], ["crash#1"]]);
  });

  it("are counted, and those that stay visible again, where no more can be received", async () => {
    fake.letters = ["stripe#sent", "stripe#other"];
    const letters = [...fake.letters];
    fake.sqs
      .on(ReceiveMessageCommand)
      .callsFakeOnce(() => ({ Messages: letters.map((id) => ({ MessageId: id, ReceiptHandle: id, Body: `{"transactionId":"${id}"}` })) }))
      .rejects(refused);
    assert.deepEqual(await settle(["stripe#sent"], false), { removed: 1, sent: 0, failed: [], stopped: { error: refused } });
    assert.deepEqual(fake.shown, ["stripe#other"]);
  });

  it("are counted, and those that stay visible again, where one cannot be removed", async () => {
    fake.letters = ["stripe#1", "stripe#2"];
    fake.sqs.on(DeleteMessageCommand, { ReceiptHandle: "stripe#1" }).rejects(refused);
    assert.deepEqual(await settle(["stripe#1", "stripe#2"], false), { removed: 1, sent: 0, failed: [], stopped: { error: refused } });
    assert.deepEqual([fake.letters, fake.shown], [["stripe#1"], ["stripe#1"]]);
  });

  it("stay hidden for a minute where they cannot be shown: another command has received them", async () => {
    fake.letters = ["stripe#other"];
    fake.sqs.on(ChangeMessageVisibilityCommand).rejects(new Error("MessageNotInflight"));
    assert.deepEqual(await settle([], false), { removed: 0, sent: 0, failed: [] });
  });

  it("stay after Ctrl-C", async () => {
    fake.letters = ["stripe#sent"];
    assert.deepEqual(await settle(["stripe#sent"], false, {}, AbortSignal.abort()), { removed: 0, sent: 0, failed: [], stopped: {} });
  });
});
