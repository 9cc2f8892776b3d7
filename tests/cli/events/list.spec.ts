import * as assert from "node:assert/strict";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { Status } from "../../../domain/event";
import { amountFilter } from "../../../cli/events/amounts";
import { readCursor } from "../../../cli/events/cursor";
import { readFilters, type FilterValues } from "../../../cli/events/filters";
import { listNewest } from "../../../cli/events/list";
import { fakeTable, type FakeTable } from "./fakeTable";

const statuses = Object.values(Status);
const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

function normalized(value: number, currency: string, exponent: number): Record<string, AttributeValue> {
  const amount = { M: { value: { N: String(value) }, currency: { S: currency }, exponent: { N: String(exponent) } } };
  return { kind: { S: "refund" }, normalized: { M: { amount } } };
}

for (const shards of [1, 4])
  describe(`A list of events of ${shards === 1 ? "one shard" : `${shards} shards`}`, () => {
    let fake: FakeTable;
    beforeEach(() => (fake = fakeTable(3, shards)));
    afterEach(() => fake.restore());

    /** Lists all pages. @returns the IDs of each */
    async function pagesOf(limit: number, values: FilterValues = {}, betweenPages = () => {}): Promise<string[][]> {
      const pages: string[][] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const after = cursor ? readCursor(cursor) : undefined;
        const listing = await listNewest(fake.table, readFilters(values), { limit, after });
        pages.push(listing.events.map(({ transactionId }) => transactionId));
        ({ cursor } = listing);
        betweenPages();
      }
      return pages;
    }

    it("is newest first over all statuses, and its pages have each event once", async () => {
      for (let index = 0; index < 23; index++) fake.put(`stripe#${index}`, statuses[index % 4], at(index));
      const newestFirst = Array.from({ length: 23 }, (_, index) => `stripe#${22 - index}`);
      for (const limit of [1, 5, 22, 23, 24]) {
        const pages = await pagesOf(limit);
        assert.deepEqual(pages.flat(), newestFirst);
        assert.equal(pages.length, Math.ceil(23 / limit), `pages of ${limit}`);
      }
    });

    for (const status of statuses)
      it(`has those that are ${status}, and no others`, async () => {
        for (let index = 0; index < 23; index++) fake.put(`stripe#${index}`, statuses[index % 4], at(index));
        const { events } = await listNewest(fake.table, readFilters({ status }), { limit: 50 });
        assert.equal(events.length, status === Status.failed ? 5 : 6);
        assert.ok(events.every((event) => event.status === (status as string)));
        const indexes = new Set(fake.queries.map(({ index }) => index));
        assert.deepEqual([...indexes], [status === Status.failed ? "failed" : status === Status.processed ? "by_time" : "open"]);
      });

    it("has each event once where several were received in the same millisecond", async () => {
      for (let index = 0; index < 20; index++) fake.put(`stripe#${index}`, statuses[index % 4], at(Math.floor(index / 9)));
      for (const limit of [1, 2, 3, 7]) {
        const ids = (await pagesOf(limit)).flat();
        assert.deepEqual([ids.length, new Set(ids).size], [20, 20], `pages of ${limit}`);
      }
    });

    it("continues after the last event listed, although newer ones arrive and statuses change", async () => {
      for (let index = 0; index < 12; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index));
      let arrived = 12;
      const pages = await pagesOf(4, {}, () => {
        fake.put(`stripe#${arrived}`, "RECEIVED", at(arrived++));
        for (let index = 0; index < 12; index++) fake.put(`stripe#${index}`, statuses[(index + arrived) % 4], at(index));
      });
      assert.deepEqual(
        pages.flat(),
        Array.from({ length: 12 }, (_, index) => `stripe#${11 - index}`),
      );
    });

    it("keeps to its filters on every page", async () => {
      for (let index = 0; index < 20; index++)
        fake.put(`stripe#${index}`, "FAILED", at(index), { source: { S: index % 2 ? "stripe" : "adyen" } });
      const pages = await pagesOf(3, { source: "stripe", since: at(4), until: at(15), status: "failed" });
      assert.deepEqual(pages, [
        ["stripe#15", "stripe#13", "stripe#11"],
        ["stripe#9", "stripe#7", "stripe#5"],
      ]);
    });

    it("keeps to its filters among open events", async () => {
      for (let index = 0; index < 20; index++) fake.put(`${index % 2 ? "stripe" : "adyen"}#${index}`, "RECEIVED", at(index));
      const { events } = await listNewest(fake.table, readFilters({ source: "stripe", since: at(4), until: at(15) }), { limit: 50 });
      assert.deepEqual(
        events.map(({ transactionId }) => transactionId),
        [15, 13, 11, 9, 7, 5].map((index) => `stripe#${index}`),
      );
      assert.equal(fake.itemsRead, 8, "those of the source since then, of which an item alone tells when it was received");
    });

    it("shows a requeued event at the time of its receipt, although it is due after younger ones", async () => {
      for (let index = 0; index < 30; index++) {
        const requeued: Record<string, AttributeValue> = index % 3 === 0 ? { requeued_at: { S: at(100 + index) } } : {};
        fake.put(`stripe#${index}`, index % 2 ? "PROCESSING" : "RECEIVED", at(index), requeued);
      }
      for (let index = 0; index < 10; index++) fake.put(`adyen#${index}`, "PROCESSED", at(3 * index));
      for (const limit of [4, 50]) {
        const ids = (await pagesOf(limit)).flat();
        const times = ids.map((id) => fake.items.get(id)!.received_at.S!);
        assert.deepEqual(times, [...times].sort().reverse());
        assert.deepEqual([ids.length, new Set(ids).size], [40, 40]);
      }
    });

    it("has an event once that changes its status while the list is read", async () => {
      for (let index = 0; index < 6; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index));
      fake.afterQuery = () => {
        for (let index = 0; index < 6; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index));
      };
      const ids = (await listNewest(fake.table, readFilters({}), { limit: 10 })).events.map(({ transactionId }) => transactionId);
      assert.deepEqual([ids.length, new Set(ids).size], [6, 6]);
    });

    it("misses no event that settles while the list is read, however deep it is among those that wait", async () => {
      for (let index = 0; index < 40; index++) fake.put(`stripe#${index}`, index % 4 ? "RECEIVED" : "PROCESSED", at(index));
      const unsettled = Array.from({ length: 40 }, (_, index) => index);
      fake.afterQuery = () => {
        for (const index of unsettled.splice(0, 2)) fake.put(`stripe#${index}`, "PROCESSED", at(index));
      };
      const ids = (await listNewest(fake.table, readFilters({}), { limit: 100 })).events.map(({ transactionId }) => transactionId);
      assert.deepEqual(
        ids,
        Array.from({ length: 40 }, (_, index) => `stripe#${39 - index}`),
      );
    });

    it("is in order and complete whatever moves, comes and is requeued meanwhile", async () => {
      const moves = fc.array(fc.tuple(fc.nat(24), fc.constantFrom("settle", "fail", "requeue", "redrive", "arrive")), { maxLength: 60 });
      const waiting = fc.array(fc.boolean(), { minLength: 25, maxLength: 25 });
      await fc.assert(
        fc.asyncProperty(waiting, moves, fc.integer({ min: 1, max: 30 }), async (isOpen, todo, limit) => {
          fake.items.clear();
          const times = isOpen.map((_, index) => at(Math.floor(index / 2)));
          for (const [index, open] of isOpen.entries()) fake.put(`stripe#${index}`, open ? "RECEIVED" : "FAILED", times[index]);
          const requeued = new Set<string>();
          let clock = 100;
          const move = ([index, what]: (typeof todo)[number]) => {
            const id = `stripe#${index}`;
            const { status } = fake.items.get(id)!;
            const isSettled = status.S === Status.failed || status.S === Status.processed;
            const again = { requeued_at: { S: at(clock) } };
            if (what === "arrive") fake.put(`stripe#new-${clock}`, "RECEIVED", at(clock));
            else if (what === "redrive" && status.S === Status.failed) fake.put(id, "RECEIVED", times[index], again);
            else if (what === "requeue" && !isSettled) fake.put(id, "RECEIVED", times[index], again);
            else if ((what === "settle" || what === "fail") && !isSettled)
              fake.put(id, what === "fail" ? "FAILED" : "PROCESSED", times[index]);
            if (what === "redrive" || what === "requeue") requeued.add(id);
            clock++;
          };
          const left = [...todo];
          fake.afterQuery = () => left.splice(0, 2).forEach(move);
          const { events } = await listNewest(fake.table, readFilters({}), { limit });
          fake.afterQuery = () => {};
          const ids = events.map(({ transactionId }) => transactionId);
          assert.equal(new Set(ids).size, ids.length, "once");
          assert.ok(
            events.every(({ receivedAt }, index) => index === 0 || receivedAt <= events[index - 1].receivedAt),
            "in order",
          );
          const oldest = events.length < limit ? "" : (events.at(-1)?.receivedAt ?? "");
          const expected = times.map((time, index) => [`stripe#${index}`, time]).filter(([id, time]) => time > oldest && !requeued.has(id));
          for (const [id] of expected) assert.ok(ids.includes(id), `${id} is missing`);
        }),
        { numRuns: Number(process.env.FUZZ_CASES ?? 200) },
      );
    });

    it("has the amounts, and finds events by them however many come between", async () => {
      for (let index = 0; index < 300; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index), normalized(index * 100, "EUR", 2));
      fake.put("stripe#received", "RECEIVED", at(301));
      const [newest, next] = (await listNewest(fake.table, readFilters({}), { limit: 2 })).events;
      assert.deepEqual([newest.amount, next.amount], [undefined, { value: 29_900, currency: "EUR", exponent: 2 }]);
      const five = (await listNewest(fake.table, readFilters({ status: "processed" }), { limit: 5 })).events;
      assert.deepEqual(
        five.map(({ amount }) => amount?.value),
        [29_900, 29_800, 29_700, 29_600, 29_500],
      );
      const isLarge = amountFilter("298.50", undefined);
      const large = await listNewest(fake.table, readFilters({}), { limit: 2, hasAmount: isLarge });
      assert.deepEqual([large.events.map(({ transactionId }) => transactionId), large.cursor], [["stripe#299"], undefined]);
      const zero = await listNewest(fake.table, readFilters({}), { limit: 1, hasAmount: (amount) => amount?.value === 0 });
      assert.deepEqual([zero.events.map(({ transactionId }) => transactionId), zero.cursor], [["stripe#0"], undefined]);
    });
  });

describe("What a list reads", () => {
  let fake: FakeTable;
  afterEach(() => fake.restore());
  const readOf = (index: string) => fake.queries.filter((query) => query.index === index);

  for (const shards of [1, 64])
    it(`is one page of each index and shard for the newest hundred of many, of ${shards}`, async () => {
      fake = fakeTable(1_000, shards);
      for (let index = 0; index < 5_000; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index));
      for (let index = 0; index < 10; index++) fake.put(`adyen#${index}`, "PROCESSING", at(5_000 + index));
      const { events, cursor } = await listNewest(fake.table, readFilters({}), { limit: 100 });
      assert.deepEqual([events[0].transactionId, events[99].transactionId, typeof cursor], ["adyen#9", "stripe#4910", "string"]);
      for (const index of ["open", "by_time"]) assert.equal(readOf(index).length, shards, index);
      const read = readOf("by_time").reduce((sum, query) => sum + query.read, 0);
      assert.ok(read <= (shards === 1 ? 101 : 900), `${read} entries`);
    });

  it("is little of the events that wait, if they are many", async () => {
    fake = fakeTable(1_000, 4);
    for (let index = 0; index < 5_000; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index));
    for (let index = 0; index < 5_000; index++) fake.put(`adyen#${index}`, "PROCESSED", at(index - 5_000));
    const { events } = await listNewest(fake.table, readFilters({}), { limit: 100 });
    assert.deepEqual([events[0].transactionId, events[99].transactionId], ["stripe#4999", "stripe#4900"]);
    assert.ok(readOf("open").length <= 8, `${readOf("open").length} queries`);
    assert.ok(fake.itemsRead < 700, `${fake.itemsRead} items`);
    assert.equal(
      readOf("by_time").reduce((sum, query) => sum + query.read, 0),
      0,
      "none is as young as those that wait",
    );
  });
});
