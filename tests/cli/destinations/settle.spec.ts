import * as assert from "node:assert/strict";
import { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { settleDeadLetters } from "../../../cli/destinations/settle";
import { FakeDestination } from "./fakeDestination";

const operation = { trigger: "redelivery", generation: "redelivery-1" } as const;
const refused = new Error("AccessDenied");

describe("The dead letters after a redelivery", () => {
  let fake: FakeDestination;
  beforeEach(() => (fake = new FakeDestination()));
  afterEach(() => fake.restore());

  const settle = (sent: string[], signal = new AbortController().signal) =>
    settleDeadLetters({ target: fake.target, destination: fake.destination, operation, signal }, new Set(sent));

  it("of what was sent go; the others stay, and are visible again at once", async () => {
    fake.letters = ["stripe#sent", "stripe#other"];
    fake.rows = { "stripe#other": { status: "FAILED", generation: "" } };
    assert.deepEqual(await settle(["stripe#sent"]), { removed: 1 });
    assert.deepEqual([fake.letters, fake.shown, fake.sent], [["stripe#other"], ["stripe#other"], []]);
  });

  it("of what failed again in this very operation stay", async () => {
    fake.letters = ["stripe#again"];
    fake.generations = { "stripe#again": operation.generation };
    assert.equal((await settle(["stripe#again"])).removed, 0);
  });

  it("of what was delivered since go", async () => {
    fake.letters = ["stripe#done"];
    fake.rows = { "stripe#done": { status: "DELIVERED", generation: "" } };
    assert.equal((await settle([])).removed, 1);
  });

  it("that no delivery tells of stay, unless their events were sent", async () => {
    fake.letters = ["crash#1", "crash#2"];
    assert.deepEqual(await settle(["crash#1"]), { removed: 1 });
    assert.deepEqual([fake.letters, fake.sent], [["crash#2"], []]);
  });

  it("that name no event stay", async () => {
    fake.sqs.on(ReceiveMessageCommand).resolves({ Messages: [{ MessageId: "1", ReceiptHandle: "1", Body: "no JSON" }] });
    assert.deepEqual([await settle([]), fake.shown], [{ removed: 0 }, ["1"]]);
  });

  it("are counted, and those that stay visible again, where no more can be received", async () => {
    fake.letters = ["stripe#sent", "stripe#other"];
    const letters = [...fake.letters];
    fake.sqs
      .on(ReceiveMessageCommand)
      .callsFakeOnce(() => ({ Messages: letters.map((id) => ({ MessageId: id, ReceiptHandle: id, Body: `{"transactionId":"${id}"}` })) }))
      .rejects(refused);
    assert.deepEqual(await settle(["stripe#sent"]), { removed: 1, stopped: { error: refused } });
    assert.deepEqual(fake.shown, ["stripe#other"]);
  });

  it("are counted, and those that stay visible again, where one cannot be removed", async () => {
    fake.letters = ["stripe#1", "stripe#2"];
    fake.sqs.on(DeleteMessageCommand, { ReceiptHandle: "stripe#1" }).rejects(refused);
    assert.deepEqual(await settle(["stripe#1", "stripe#2"]), { removed: 1, stopped: { error: refused } });
    assert.deepEqual([fake.letters, fake.shown], [["stripe#1"], ["stripe#1"]]);
  });

  it("stay hidden for a minute where they cannot be shown: another command has received them", async () => {
    fake.letters = ["stripe#other"];
    fake.sqs.on(ChangeMessageVisibilityCommand).rejects(new Error("MessageNotInflight"));
    assert.deepEqual(await settle([]), { removed: 0 });
  });

  it("stay after Ctrl-C", async () => {
    fake.letters = ["stripe#sent"];
    assert.deepEqual(await settle(["stripe#sent"], AbortSignal.abort()), { removed: 0, stopped: {} });
  });
});
