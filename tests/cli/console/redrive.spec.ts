import * as assert from "node:assert/strict";
import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { redrive } from "../../../cli/console/redo";
import type { DestinationsTarget } from "../../../cli/lib/target";
import { Status } from "../../../domain/event";
import { withOwnSend } from "../../helpers/ownSend";
import { fakeTable, type FakeTable } from "../events/fakeTable";

const receivedAt = "2026-01-31T12:00:00.000Z";
const sent = Date.parse("2026-01-31T12:05:00Z");
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `stripe#evt_${index}`);
/** An error that AWS answers. */
const refusal = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });

describe("A redrive from the console", () => {
  const sqsClient = withOwnSend(new SQSClient({}));
  const sqs = mockClient(sqsClient);
  let fake: FakeTable;
  /** Errors of writes, by transaction ID. */
  let errors: Record<string, Error>;
  /** Events in the dead-letter queue. */
  let letters: string[];

  beforeEach(() => {
    fake = fakeTable(100, 1);
    [errors, letters] = [{}, []];
    fake.mock.on(UpdateItemCommand).callsFake(({ Key }: UpdateItemCommandInput) => {
      const id = Key!.transaction_id.S!;
      if (id in errors) throw errors[id];
      if (fake.items.get(id)?.status.S !== Status.failed) throw new ConditionalCheckFailedException({ message: "no", $metadata: {} });
      fake.put(id, Status.received, receivedAt, { requeued_at: { S: new Date(sent + 1_000).toISOString() } });
      return {};
    });
    fake.mock
      .on(GetItemCommand)
      .callsFake(({ Key }: { Key: { transaction_id: { S: string } } }) => ({ Item: fake.items.get(Key.transaction_id.S) }));
    sqs.reset();
    sqs.on(ReceiveMessageCommand).callsFake(() => ({
      Messages: letters.map((id) => ({
        MessageId: id,
        ReceiptHandle: id,
        Body: JSON.stringify({ transactionId: id }),
        Attributes: { SentTimestamp: String(sent) },
      })),
    }));
    sqs.on(DeleteMessageCommand).callsFake(({ ReceiptHandle }: { ReceiptHandle: string }) => {
      letters = letters.filter((id) => id !== ReceiptHandle);
      return {};
    });
  });
  afterEach(() => fake.restore());

  const run = (...ids: string[]) => redrive({ ...fake.table, sqs: sqsClient, deadLetterQueueUrl: "https://q" } as DestinationsTarget, ids);

  it("counts what it redrove, and says of each other event why it left it", async () => {
    for (const [name, status] of Object.entries(Status)) fake.put(`stripe#${name}`, status, receivedAt);
    fake.put("stripe#denied", Status.failed, receivedAt);
    errors["stripe#denied"] = refusal("ProvisionedThroughputExceededException", "Slow down.");
    const ids = ["failed", "received", "processing", "processed", "gone", "denied"].map((name) => `stripe#${name}`);
    assert.deepEqual(await run(...ids), {
      done: 1,
      left: [
        { id: "stripe#received", why: "It is RECEIVED. Only a FAILED or stuck event is redriven." },
        { id: "stripe#processing", why: "It is PROCESSING. Only a FAILED or stuck event is redriven." },
        { id: "stripe#processed", why: "It is PROCESSED. Replay publishes it again." },
        { id: "stripe#gone", why: "There is no such event." },
        { id: "stripe#denied", why: "Slow down." },
      ],
    });
    assert.equal(fake.items.get("stripe#failed")!.status.S, Status.received);
  });

  it("touches exactly the events that it is given", async () => {
    for (const id of numbered(30)) fake.put(id, Status.failed, receivedAt);
    assert.deepEqual(await run(...numbered(12)), { done: 12, left: [] });
    const written = fake.mock.commandCalls(UpdateItemCommand).map(({ args }) => args[0].input.Key!.transaction_id.S!);
    assert.deepEqual(written.sort(), numbered(12).sort());
    assert.equal(fake.queries.length, 0);
  });

  it("removes the dead letters of what it redrove, and leaves those of others", async () => {
    fake.put("stripe#1", Status.failed, receivedAt);
    fake.put("stripe#2", Status.failed, receivedAt);
    letters = ["stripe#1", "stripe#2"];
    assert.deepEqual(await run("stripe#1"), { done: 1, left: [] });
    assert.deepEqual(letters, ["stripe#2"]);
  });

  it("looks for no dead letters where it redrove nothing", async () => {
    fake.put("stripe#1", Status.processed, receivedAt);
    letters = ["stripe#1"];
    assert.equal((await run("stripe#1")).done, 0);
    assert.equal(sqs.calls().length, 0);
  });

  it("is done although the dead letters cannot be removed", async () => {
    fake.put("stripe#1", Status.failed, receivedAt);
    sqs.on(ReceiveMessageCommand).rejects(refusal("AccessDenied", "not authorized to perform: sqs:ReceiveMessage"));
    assert.deepEqual(await run("stripe#1"), { done: 1, left: [] });
  });

  it("says AWS's words of each event that it could not write", async () => {
    for (const id of numbered(3)) {
      fake.put(id, Status.failed, receivedAt);
      errors[id] = refusal("AccessDeniedException", `not authorized to perform: dynamodb:UpdateItem on ${id}`);
    }
    const { done, left } = await run(...numbered(3));
    assert.equal(done, 0);
    assert.deepEqual(
      left,
      numbered(3).map((id) => ({ id, why: `not authorized to perform: dynamodb:UpdateItem on ${id}` })),
    );
  });

  it("that nobody answers says of each event that it did not redrive it", async () => {
    const ids = numbered(25);
    for (const id of ids) fake.put(id, Status.failed, receivedAt);
    for (const id of ids.slice(10)) errors[id] = new Error("connect ECONNREFUSED");
    const { done, left } = await run(...ids);
    assert.deepEqual([done, left.map(({ id }) => id)], [10, ids.slice(10)]);
    assert.deepEqual([left[0].why, left.at(-1)!.why], ["connect ECONNREFUSED", "Not tried: an earlier call failed."]);
  });
});
