import * as assert from "node:assert/strict";
import { program } from "../../../testbed/program";
import { unitsOfDelivery } from "../../../tools/cost/deliveries";
import { deliveriesTable } from "../../../tools/cost/deliveriesTable";
import type { Line } from "../../../tools/cost/line";
import { bytesOf } from "../../../tools/cost/measure";
import { billOf, totalOf } from "../../../tools/cost/model";
import { factsOf, type StackFacts } from "../../../tools/cost/stack";
import { readWorkload, type Question, type Workload } from "../../../tools/cost/workload";
import { Deliverer } from "../../helpers/deliverer";
import { postedOrders } from "../../helpers/destinations";
import { unavailable } from "../../helpers/emulatedDynamodb";

describe("The bill of deliveries", () => {
  const ledger = { name: "ledger", type: "queue" };
  const million = { events: 1e6, bodyBytes: 3_000, batch: 1 };
  /** Other values than those that were measured: a row takes two write units. */
  const own: Workload = {
    ...readWorkload(),
    delivery: { rowBytes: 1_095, logBytes: 2_000, readUnits: { delivery: 2, batch: 3 } },
  };
  let without: StackFacts;
  let stack: StackFacts;
  before(async () => {
    without = factsOf((await program()).resources);
    stack = factsOf((await program({ destinations: [postedOrders] })).resources);
  });
  const bill = (facts: StackFacts, changes: Partial<Question> = {}) => billOf(facts, readWorkload(), { ...million, ...changes }, "EXPRESS");
  const ownBill = (facts: StackFacts, batch: number) => billOf(facts, own, { ...million, batch }, "EXPRESS");
  const unitsOf = (what: string, lines: readonly Line[]) => lines.find((one) => one.what === what)?.units;
  const growing = (lines: readonly Line[]) => totalOf(lines.filter(({ group }) => group === "deliveries"));

  it("counts what the stack's resources say", () => {
    assert.deepEqual(stack.deliveries, {
      destinations: 1,
      posting: 1,
      concurrency: 2,
      memoryMb: 256,
      keyReuseSeconds: 300,
      recovery: true,
    });
    const none = { destinations: 0, posting: 0, concurrency: 0, memoryMb: 0, keyReuseSeconds: 300, recovery: false };
    assert.deepEqual(without.deliveries, none);
  });

  it("has no line in a stack without destinations", () =>
    assert.deepEqual(
      bill(without).filter(({ what }) => /^(Deliveries|Destinations|Rows)/.test(what)),
      [],
    ));

  it("is at most $3.40 a million one at a time, and $1.60 in tens", () => {
    const [alone, inTens] = [growing(bill(stack)), growing(bill(stack, { batch: 10 }))];
    assert.ok(alone <= 3.4 && alone > 2.8, String(alone));
    assert.ok(inTens <= 1.6 && inTens > 1.4, String(inTens));
  });

  it("counts a request to send each message, and two that a batch shares", () => {
    assert.equal(unitsOf("Deliveries: SQS requests", bill(stack)), 3e6);
    assert.equal(unitsOf("Deliveries: SQS requests", bill(stack, { batch: 10 })), 1.2e6);
    assert.equal(unitsOf("Deliveries: Lambda requests", bill(stack, { batch: 10 })), 1e5);
  });

  it("counts the function's time: the endpoint's 50 ms, its own for each message, and its own for each batch", () => {
    const gigabyteSeconds = (batch: number) => Math.round(unitsOf("Deliveries: Lambda duration", bill(stack, { batch }))!);
    assert.deepEqual([gigabyteSeconds(1), gigabyteSeconds(10)], [21_750, 18_375]);
  });

  it("counts the units and log lines that were measured: those of a batch are shared", () => {
    const units = (batch: number) =>
      ["Deliveries: DynamoDB writes", "Deliveries: DynamoDB reads", "Deliveries: logs"].map((what) => unitsOf(what, ownBill(stack, batch)));
    assert.deepEqual(
      [units(1), units(10)],
      [
        [2e6, 5e6, 2],
        [2e6, 2.3e6, 0.2],
      ],
    );
  });

  it("counts each destination, and only requests for one whose consumers poll its queue", async () => {
    const three = factsOf(
      (await program({ destinations: [postedOrders, { ...postedOrders, name: "billing", maxConcurrency: 10 }, ledger] })).resources,
    );
    const lines = bill(three);
    assert.equal(unitsOf("Deliveries: SQS requests", lines), 9e6);
    assert.equal(unitsOf("Deliveries: DynamoDB writes", lines), 2e6);
    assert.equal(three.deliveries.concurrency, 12);
    const polled = bill(factsOf((await program({ destinations: [ledger] })).resources));
    const ofPolled = polled.filter(({ what }) => /^(Deliveries|Destinations|Rows)/.test(what)).map(({ what }) => what);
    assert.deepEqual(ofPolled, ["Deliveries: SQS requests", "Destinations: KMS requests"]);
  });

  it("reads nothing from S3, however large a body is", () => {
    const lines = bill(stack, { bodyBytes: 300_001 }).map(({ what }) => what);
    assert.deepEqual(
      lines.filter((what) => /^Deliveries: S3/.test(what)),
      [],
    );
  });

  it("stores each row as long as its event, and restores none if the table has no point-in-time recovery", () => {
    const stored = unitsOf("Rows of deliveries: storage", ownBill(stack, 1))!;
    assert.equal(stored.toFixed(9), "3.240000000", "1,095 bytes of a million events for 90 of 365 / 12 days");
    assert.equal(unitsOf("Rows of deliveries: point-in-time recovery", ownBill(stack, 1)), stored);
    const bare = { ...stack, deliveries: { ...stack.deliveries, recovery: false } };
    assert.equal(unitsOf("Rows of deliveries: point-in-time recovery", ownBill(bare, 1)), undefined);
  });

  it("is in the document, alone and in tens, with all sums", () => {
    const table = deliveriesTable(stack, without, readWorkload());
    const [alone, inTens] = [1, 10].map((batch) => `$${growing(bill(stack, { batch })).toFixed(2)}`);
    assert.ok(table.includes(`| **All** | **${alone}** | **${inTens}** | |`), table);
    assert.ok(table.includes("| Destinations: polls of their queues | 657,000 | $0.26 |  |"), table);
    assert.ok(table.includes("| Secrets | 1 | $0.40 |  |"), table);
  });

  it("has the fixed price of a destination: polls, runs of the schedule, secret, alarms, keys and metrics", () => {
    const fixed = (facts: StackFacts, events: number) => totalOf(bill(facts, { events }).filter(({ group }) => group === "fixed"));
    const idle = fixed(stack, 0) - fixed(without, 0);
    const inUse = fixed(stack, 1) - fixed(without, 1);
    assert.ok(idle > 0.4 + 0.26 && idle < 2, String(idle));
    assert.ok(inUse > idle + 0.6 && inUse < idle + 1.2, String(inUse));
    assert.equal(Math.round(unitsOf("Destinations: polls of their queues", bill(stack, { events: 0 }))!), 657_000);
    assert.equal(unitsOf("Destinations: KMS requests", bill(stack, { events: 0 })), undefined);
  });
});

if (unavailable) console.log(`Capacity units are not counted: ${unavailable}`);
else
  describe("Capacity units of a delivery, counted by an emulator", () => {
    const deliverer = new Deliverer();
    const { units } = deliverer.tables;
    beforeEach(() => {
      units.length = 0;
    });
    const sum = (calls: readonly string[]) =>
      units.filter(({ call }) => calls.includes(call)).reduce((all, { table, indexes }) => all + table + indexes, 0);
    const writes = () => sum(["PutItem", "UpdateItem"]);
    const reads = () => sum(["GetItem", "Query"]);

    it("are those of the bill's model if it succeeds at once, whatever is sent with it", async () => {
      for (const payload of ["none", "normalized", "full"] as const) {
        deliverer.configure({ payload });
        units.length = 0;
        await deliverer.deliver(deliverer.record());
        assert.deepEqual({ writes: writes(), reads: reads() }, unitsOfDelivery(readWorkload(), 1));
      }
    });

    it("are fewer for each message of a batch, which reads the destination's state once", async () => {
      const records = [];
      for (let number = 0; number < 10; number++) {
        deliverer.transactionId = `stripe#evt_of_batch_${number}`;
        await deliverer.store();
        records.push(deliverer.record());
      }
      deliverer.freeze();
      await deliverer.deliver(...records);
      const { writes: written, reads: read } = unitsOfDelivery(readWorkload(), 10);
      assert.deepEqual({ writes: writes(), reads: reads() }, { writes: 10 * written, reads: 10 * read });
    });

    it("have a row of the size that was measured", async () => {
      deliverer.transactionId = "stripe#evt_1NG8Du2eZvKYlo2CUI79vXWy";
      await deliverer.store();
      await deliverer.deliver(deliverer.record());
      const row = await deliverer.tables.delivery(`${deliverer.name}#${deliverer.transactionId}`);
      const { rowBytes } = readWorkload().delivery;
      assert.ok(Math.abs(bytesOf(row!) - rowBytes) < 40, `${bytesOf(row!)} ${rowBytes}`);
    });

    it("are two more for a failure: its row is open, and the breaker counts it", async () => {
      deliverer.endpoint.answer = () => 503;
      await deliverer.deliver(deliverer.record());
      assert.deepEqual(
        units.filter(({ call }) => call !== "GetItem").map(({ call, table, indexes }) => ({ call, table, indexes })),
        [
          { call: "PutItem", table: 1, indexes: 1 },
          { call: "UpdateItem", table: 1, indexes: 0 },
        ],
      );
    });
  });
