import * as assert from "node:assert/strict";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { marshall } from "@aws-sdk/util-dynamodb";
import { handler } from "../../../handlers/deliver";
import { capturingOutput } from "../../../testbed/handlers";
import { Deliverer } from "../../helpers/deliverer";

const hour = 3_600_000;

describe("A delivery whose message is gone", () => {
  const deliverer = new Deliverer();
  const tend = () => capturingOutput(() => handler({ command: "tend" }, deliverer.context()));
  const visible = (count: number) =>
    deliverer.sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: String(count) } });
  /** Stores a delivery that failed once, and was to be tried again so many hours ago. */
  async function overdue(hours: number, changes: Record<string, unknown> = {}): Promise<void> {
    const at = Date.now() - hours * hour;
    deliverer.surroundings.now = () => at;
    deliverer.endpoint.answer = () => 503;
    await deliverer.deliver(deliverer.record({}, { sentAt: at }));
    const row = { ...(await deliverer.row()), next_at: at, ...changes };
    await deliverer.tables.put(deliverer.tables.deliveries, marshall(row, { removeUndefinedValues: true }));
    await deliverer.stateIs({});
  }
  beforeEach(() => visible(0));

  it("becomes a dead letter, and then FAILED, a day after it was to be tried", async () => {
    await overdue(25);
    await tend();
    const error = "Its message is gone from the queue.";
    const { transactionId, name: destination } = deliverer;
    assert.deepEqual(deliverer.deadLetters(), [{ destination, transactionId, error, generation: "" }]);
    const row = (await deliverer.row())!;
    assert.deepEqual([row.status, row.error, row.undelivered, row.next_at], ["FAILED", error, `${destination}#FAILED`, undefined]);
    assert.ok(row.finished_at);
    await tend();
    assert.equal(deliverer.deadLetters().length, 1);
  });

  it("becomes one likewise if it paused its destination, and so has no time of a next attempt", async () => {
    await overdue(25, { next_at: undefined });
    await tend();
    assert.equal((await deliverer.row())!.status, "FAILED");
  });

  for (const [what, prepare] of [
    ["it was to be tried less than a day ago", () => overdue(23)],
    ["it paused its destination, and was first tried less than a day ago", () => overdue(23, { next_at: undefined })],
    [
      "the destination is paused",
      async () => {
        await overdue(25);
        await deliverer.stateIs({ paused: { S: "operator" }, paused_at: { S: new Date().toISOString() } });
      },
    ],
    [
      "the destination was resumed within a day",
      async () => {
        await overdue(25);
        await deliverer.stateIs({ resumed_at: { N: String(Date.now() - 23 * hour) } });
      },
    ],
    [
      "messages wait in the queue: it may be one of them",
      async () => {
        await overdue(13 * 24);
        visible(7);
      },
    ],
    [
      "it was tried meanwhile",
      async () => {
        await overdue(25);
        const row = await deliverer.row();
        deliverer.sqs.on(GetQueueAttributesCommand).callsFake(async () => {
          await deliverer.tables.put(deliverer.tables.deliveries, marshall({ ...row, next_at: Date.now() }));
          return { Attributes: { ApproximateNumberOfMessages: "0" } };
        });
      },
    ],
  ] as const)
    it(`stays OPEN if ${what}`, async () => {
      await prepare();
      await tend();
      assert.deepEqual([(await deliverer.row())!.status, deliverer.deadLetters()], ["OPEN", []]);
    });

  it("is settled in a busy queue once SQS has forgotten the message", async () => {
    await overdue(14 * 24 + 1);
    visible(7);
    await tend();
    assert.equal((await deliverer.row())!.status, "FAILED");
  });

  it("is settled among the oldest, five in a run", async () => {
    for (let number = 0; number < 7; number++) {
      deliverer.transactionId = `stripe#${deliverer.name}_${number}`;
      await deliverer.store();
      await overdue(48 - number);
    }
    await tend();
    const numbers = deliverer.deadLetters().map(({ transactionId }) => Number(transactionId.split("_").at(-1)));
    assert.deepEqual(numbers, [0, 1, 2, 3, 4]);
    await tend();
    assert.equal(deliverer.deadLetters().length, 7);
  });

  it("is asked for only if there is one that is overdue", async () => {
    await overdue(1);
    await tend();
    assert.equal(deliverer.sqs.commandCalls(GetQueueAttributesCommand).length, 0);
  });
});
