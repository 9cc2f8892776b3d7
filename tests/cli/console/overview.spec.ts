import * as assert from "node:assert/strict";
import { minutesOf, readOverview } from "../../../cli/console/overview";
import { mostRead, readNewest } from "../../../cli/console/counting";
import { Status } from "../../../domain/event";
import type { DestinationsTarget } from "../../../cli/lib/target";
import { fakeTable, type FakeTable } from "../events/fakeTable";

const now = new Date("2026-01-31T12:00:30.000Z");
const before = (seconds: number) => new Date(now.getTime() - seconds * 1_000).toISOString();

describe("The console's overview", () => {
  let fake: FakeTable;
  beforeEach(() => (fake = fakeTable(500, 4)));
  afterEach(() => fake.restore());

  const overview = () => {
    const sqs = { send: async () => ({ Attributes: { ApproximateNumberOfMessages: "3" } }) };
    const target = { ...fake.table, sqs, deadLetterQueueUrl: "https://queue", destinations: {}, webhookUrls: { github: "", stripe: "" } };
    return readOverview(target as unknown as DestinationsTarget, now);
  };

  it("of an empty table says that there is nothing", async () => {
    const { failed, waiting, lastHour, oldestWaiting, newestFailed, minutes, sources } = await overview();
    assert.deepEqual(
      { failed, waiting, lastHour },
      Object.fromEntries(["failed", "waiting", "lastHour"].map((name) => [name, { count: 0, capped: false }])),
    );
    assert.deepEqual({ oldestWaiting, newestFailed }, { oldestWaiting: null, newestFailed: [] });
    assert.equal(minutes.length, 60);
    assert.ok(minutes.every(({ received, p50 }) => received === 0 && p50 === null));
    assert.deepEqual(sources, [
      { name: "github", last: null },
      { name: "stripe", last: null },
    ]);
  });

  it("counts what failed, what waits and what came in the last hour, and finds the oldest that waits", async () => {
    for (let index = 0; index < 7; index++)
      fake.put(`stripe#failed${index}`, Status.failed, before(7_200 + index), { source: { S: "stripe" } });
    fake.put("stripe#waits", Status.received, before(4_000), { source: { S: "stripe" } });
    fake.put("github#new", Status.processing, before(10), { source: { S: "github" } });
    fake.put("stripe#done", Status.processed, before(65), { source: { S: "stripe" }, finished_at: { S: before(64) } });
    const { failed, waiting, lastHour, oldestWaiting, newestFailed, minutes, sources, deadLetters } = await overview();
    assert.equal(failed.count, 7);
    assert.deepEqual(
      newestFailed.map(({ transactionId }) => transactionId),
      [0, 1, 2, 3, 4].map((index) => `stripe#failed${index}`),
    );
    assert.equal(waiting.count, 2);
    assert.equal(oldestWaiting?.transactionId, "stripe#waits");
    assert.equal(lastHour.count, 2);
    assert.equal(deadLetters, 3);
    assert.deepEqual(
      sources.map(({ last }) => last?.transactionId),
      ["github#new", "stripe#done"],
    );
    const busy = minutes.filter(({ received }) => received > 0);
    assert.deepEqual(busy, [
      { at: "2026-01-31T11:59:00.000Z", received: 1, failed: 0, p50: 1_000, p95: 1_000 },
      { at: "2026-01-31T12:00:00.000Z", received: 1, failed: 0, p50: null, p95: null },
    ]);
  });

  it("reads a thousand events and says that there are more", async () => {
    for (let index = 0; index <= mostRead; index++) fake.put(`stripe#${index}`, Status.failed, before(index));
    const { failed, minutes } = await overview();
    assert.deepEqual(failed, { count: mostRead, capped: true });
    // The minute in which reading ended is not complete.
    assert.equal(minutes[0].at, "2026-01-31T11:44:00.000Z");
    assert.equal(minutes[0].received, 60);
  });
});

describe("The minutes of the last hour", () => {
  it("have the median and the 95th percentile of the time to the end of processing", () => {
    const events = Array.from({ length: 20 }, (_, index) => ({
      receivedAt: before(20),
      finishedAt: new Date(now.getTime() - 20_000 + (index + 1) * 100).toISOString(),
      status: index === 0 ? Status.failed : Status.processed,
    }));
    const minutes = minutesOf({ events: events as never, capped: false }, now);
    assert.deepEqual(minutes.at(-1), { at: "2026-01-31T12:00:00.000Z", received: 20, failed: 1, p50: 1_000, p95: 1_900 });
  });
});

describe("The newest events", () => {
  it("are as many as asked for, and say whether there are more", async () => {
    const fake = fakeTable(10, 1);
    for (let index = 0; index < 3; index++) fake.put(`stripe#${index}`, Status.processed, before(index));
    const read = async (most: number) => {
      const { events, capped } = await readNewest(fake.table, { statuses: [Status.processed] }, most);
      return [events.length, capped];
    };
    assert.deepEqual(
      [await read(2), await read(3), await read(4)],
      [
        [2, true],
        [3, false],
        [3, false],
      ],
    );
    fake.restore();
  });
});
