import * as assert from "node:assert/strict";
import { Status } from "../../../domain/event";
import { chooseBy, idsOf, named } from "../../../cli/events/chosen";
import { readFilters, type FilterValues } from "../../../cli/events/filters";
import { countByStatus, findEvents } from "../../../cli/events/find";
import { redriveAll } from "../../../cli/events/redrive";
import { fakeTable, type FakeTable } from "./fakeTable";

const statuses = Object.values(Status);
const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();

for (const shards of [1, 4])
  describe(`A search of events in ${shards === 1 ? "one shard" : `${shards} shards`}`, () => {
    let fake: FakeTable;
    beforeEach(() => {
      fake = fakeTable(3, shards);
      for (let index = 0; index < 40; index++)
        fake.put(`${index % 3 ? "stripe" : "adyen"}#${index}`, statuses[index % 4], at(index), {
          ...(index % 4 > 1 && { kind: { S: index % 5 ? "refund" : "payout" } }),
        });
    });
    afterEach(() => fake.restore());

    const find = async (values: FilterValues) => {
      const ids: string[] = [];
      for await (const { transactionId } of findEvents(fake.table, readFilters(values))) ids.push(transactionId);
      return ids;
    };
    const numbers = (ids: readonly string[]) => ids.map((id) => Number(id.split("#")[1]));

    it("finds each event once, and those that have settled in the order of their receipt", async () => {
      const ids = await find({});
      assert.deepEqual([ids.length, new Set(ids).size], [40, 40]);
      for (const status of ["processed", "failed"]) {
        const found = numbers(await find({ status }));
        assert.deepEqual(
          found,
          [...found].sort((a, b) => a - b),
        );
        assert.equal(found.length, 10);
      }
    });

    for (const values of [
      {},
      { status: "failed" },
      { status: "received" },
      { source: "adyen" },
      { kind: "refund" },
      { since: at(10) },
      { since: at(10), until: at(25) },
      { until: at(7), source: "stripe" },
      { since: at(100) },
    ] as FilterValues[])
      it(`counts the events that it finds: ${JSON.stringify(values)}`, async () => {
        const filters = readFilters(values);
        const found = await find(values);
        const expected = Object.fromEntries(filters.statuses.map((status) => [status, 0]));
        for (const id of found) expected[fake.items.get(id)!.status.S!]++;
        assert.deepEqual(await countByStatus(fake.table, filters), expected);
        const { since = "", until = "9", source, kind, status } = values;
        const all = [...fake.items.values()].filter(
          (item) =>
            item.received_at.S! >= since &&
            item.received_at.S! <= until &&
            (!source || item.source.S === source) &&
            (!kind || item.kind?.S === kind) &&
            (!status || item.status.S === status.toUpperCase()),
        );
        assert.deepEqual([...found].sort(), all.map((item) => item.transaction_id.S!).sort());
      });

    it("counts settled events without their entries, and failed ones in their own index", async () => {
      await countByStatus(fake.table, readFilters({ status: "failed" }));
      assert.deepEqual([...new Set(fake.queries.map(({ index }) => index))], ["failed"]);
      assert.ok(fake.queries.every(({ counts }) => counts));
      assert.equal(fake.itemsRead, 0);
    });

    it("counts an event once that settles between the looks at its two indexes", async () => {
      fake.afterQuery = ({ index }) => {
        if (index === "open")
          for (const [id, { status, received_at }] of fake.items) if (status.S === "PROCESSING") fake.put(id, "PROCESSED", received_at.S!);
      };
      const counts = await countByStatus(fake.table, readFilters({}));
      assert.deepEqual(counts, { RECEIVED: 10, PROCESSING: 0, PROCESSED: 20, FAILED: 10 });
    });

    it("chooses what fits at the moment, and nothing that comes or fails later", async () => {
      const filters = readFilters({ status: "failed" });
      const { count, events } = await chooseBy(fake.table, filters, new Date(at(50)));
      fake.put("stripe#late", "FAILED", at(5), { finished_at: { S: at(51) } });
      fake.put("stripe#new", "FAILED", at(52));
      const ids: string[] = [];
      for await (const id of idsOf(events())) ids.push(id);
      assert.deepEqual([count, ids.length, ids.some((id) => /late|new/.test(id))], [10, 10, false]);
    });

    it("finds an event once that is redriven while it searches, so that a redrive of all ends", async () => {
      const { events } = await chooseBy(fake.table, readFilters({ status: "received" }), new Date(at(50)));
      const ids: string[] = [];
      for await (const { transactionId } of events()) {
        ids.push(transactionId);
        const { received_at } = fake.items.get(transactionId)!;
        fake.put(transactionId, "RECEIVED", received_at.S!, { requeued_at: { S: at(51 + ids.length) } });
        assert.ok(ids.length <= 10);
      }
      assert.equal(new Set(ids).size, 10);
    });

    it("reads events as they are worked on, not all before", async () => {
      fake.restore();
      fake = fakeTable(10_000, shards);
      for (let index = 0; index < 9_000; index++) fake.put(`stripe#${index}`, "FAILED", at(index));
      const { count, events } = await chooseBy(fake.table, readFilters({ status: "failed" }), new Date(at(10_000)));
      fake.queries.length = 0;
      const interruption = new AbortController();
      const pace = { rate: 100_000, signal: interruption.signal, onProgress: () => interruption.abort() };
      const table = { ...fake.table, dynamodb: { send: () => Promise.resolve({}) } as never };
      const { redriven, stopped } = await redriveAll(table, idsOf(events()), pace);
      assert.deepEqual([count, redriven, stopped?.next !== undefined], [9_000, 10, true]);
      const read = fake.queries.reduce((sum, query) => sum + query.read, 0);
      assert.ok(read <= 4_000, `${read} entries`);
    });
  });

describe("Events that are named", () => {
  it("are chosen once each", () => {
    const { count, events } = named(["stripe#1", "stripe#2", "stripe#1"]);
    assert.deepEqual([count, events()], [2, [{ transactionId: "stripe#1" }, { transactionId: "stripe#2" }]]);
  });
});
