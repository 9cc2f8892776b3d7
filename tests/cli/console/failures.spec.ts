import * as assert from "node:assert/strict";
import { readFailures, shapeOf } from "../../../cli/console/failures";
import type { Target } from "../../../cli/lib/target";
import { Status } from "../../../domain/event";
import { fakeTable, type FakeTable } from "../events/fakeTable";

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

describe("The failures of the console", () => {
  let fake: FakeTable;
  beforeEach(() => (fake = fakeTable(50, 1)));
  afterEach(() => fake.restore());

  it("are grouped by error, the largest group first, each with its events", async () => {
    const fail = (id: string, error: string, second: number) =>
      fake.put(id, Status.failed, at(second), { source: { S: id.split("#")[0] }, error: { S: error } });
    fail("stripe#1", "NoSuchKey: The key 2026/01/31/1f9d3c7a is gone.", 1);
    fail("github#2", "NoSuchKey: The key 2026/01/30/77aa01bc is gone.", 2);
    fail("stripe#3", "Exhausted: 5 attempts", 3);
    const sqs = { send: async () => ({ Attributes: { ApproximateNumberOfMessages: "2" } }) };
    const { groups, read, deadLetters } = await readFailures({
      ...fake.table,
      sqs,
      deadLetterQueueUrl: "https://queue",
    } as unknown as Target);
    assert.deepEqual({ read, deadLetters }, { read: { count: 3, capped: false }, deadLetters: 2 });
    const summary = groups.map(({ sources, first, last, events }) => ({
      sources,
      first,
      last,
      ids: events.map(({ transactionId }) => transactionId),
    }));
    assert.deepEqual(summary, [
      { sources: ["github", "stripe"], first: at(1), last: at(2), ids: ["github#2", "stripe#1"] },
      { sources: ["stripe"], first: at(3), last: at(3), ids: ["stripe#3"] },
    ]);
  });
});

describe("The shape of an error", () => {
  const same = (one: string, other: string) => assert.equal(shapeOf(one), shapeOf(other));

  it("leaves out IDs, times and numbers", () => {
    same("Event stripe#evt_1NabCd09 failed", "Event stripe#evt_9Zxy1234 failed");
    same("Due 2026-01-31T12:00:00.000Z", "Due 2026-02-01T00:00:00Z");
    same("Exhausted: 5 attempts", "Exhausted: 12 attempts");
    same("Request 6f1c1c52-1a0b-4a44-a2cf-0c9a1d7a7f10", "Request 00000000-1a0b-4a44-a2cf-0c9a1d7a7f10");
  });

  it("keeps what an error says", () => {
    assert.equal(
      shapeOf("AccessDeniedException: not authorized to perform kms:Decrypt"),
      "AccessDeniedException: not authorized to perform kms:Decrypt",
    );
    assert.notEqual(shapeOf("NoSuchKey: gone"), shapeOf("NoSuchBucket: gone"));
  });
});
