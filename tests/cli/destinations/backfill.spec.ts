import * as assert from "node:assert/strict";
import { chooseFor, printDryRun } from "../../../cli/destinations/backfill";
import type { NamedDestination } from "../../../cli/destinations/target";
import { readFilters } from "../../../cli/events/filters";
import { capturingOutput } from "../../../testbed/handlers";
import { fakeTable, type FakeTable } from "../events/fakeTable";

const at = (minute: number) => new Date(Date.parse("2026-01-31T12:00:00Z") + minute * 60_000).toISOString();
const now = new Date(at(60));
const addresses = { type: "https", queueUrl: "https://q", deadLetterQueueUrl: "https://d", ruleName: "r" } as const;

describe("A backfill", () => {
  let fake: FakeTable;
  beforeEach(() => {
    fake = fakeTable(3, 4);
    for (let minute = 0; minute < 12; minute++) {
      const source = minute % 2 === 0 ? "stripe" : "square";
      const status = minute === 4 ? "FAILED" : "PROCESSED";
      const eventType = { S: minute % 3 === 0 ? "charge.refunded" : "charge.succeeded" };
      const kind = { S: minute % 3 === 0 ? "refund" : "payment.succeeded" };
      fake.put(`${source}#${minute}`, status, at(minute), {
        source: { S: source },
        event_type: eventType,
        kind,
        finished_at: { S: at(minute) },
      });
    }
    fake.put("stripe#open", "RECEIVED", at(5), { source: { S: "stripe" }, event_type: { S: "charge.refunded" } });
  });
  afterEach(() => fake.restore());

  const chosen = async (filter: Partial<NamedDestination>, since = at(0), until = at(59)) => {
    const filters = readFilters({ since, until, status: "PROCESSED" });
    const { count, events } = await chooseFor(fake.table, { name: "orders", ...addresses, ...filter }, filters, now);
    const ids: string[] = [];
    for await (const { transactionId } of events()) ids.push(transactionId);
    assert.equal(count, ids.length, "counted first");
    return ids;
  };

  it("chooses the PROCESSED events of the time, in the order of their receipt", async () => {
    const all = await chosen({});
    assert.deepEqual(
      all,
      [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11].map((minute) => `${minute % 2 === 0 ? "stripe" : "square"}#${minute}`),
    );
    assert.deepEqual(await chosen({}, at(2), at(5)), ["stripe#2", "square#3", "square#5"], "both ends are included");
  });

  for (const [filter, expected] of [
    [{ sources: ["stripe"], kinds: ["refund"] }, ["stripe#0", "stripe#6"]],
    [{ sources: ["stripe", "square"], kinds: ["refund", "payout"] }, ["stripe#0", "square#3", "stripe#6", "square#9"]],
    [{ eventTypes: ["*.refunded"] }, ["stripe#0", "square#3", "stripe#6", "square#9"]],
    [{ eventTypes: ["refund.*"] }, []],
  ] as const)
    it(`chooses what the rule passes: ${JSON.stringify(filter)}`, async () => assert.deepEqual(await chosen(filter), expected));

  it("leaves out what settles after it has counted", async () => {
    fake.put("stripe#late", "PROCESSED", at(1), { source: { S: "stripe" }, kind: { S: "refund" }, finished_at: { S: at(61) } });
    assert.ok(!(await chosen({})).includes("stripe#late"));
  });
});

describe("A backfill that only counts", () => {
  const events = () => [{ transactionId: "stripe#evt_1" }, { transactionId: "stripe#evt_2" }];
  const printed = async (count: number, asJson: boolean) =>
    (await capturingOutput(() => printDryRun("orders", { count, events: () => events().slice(0, count) }, asJson))).output;

  it("prints the number of events, and no ID: there can be millions", async () => {
    assert.equal(await printed(2, false), "2 events would be sent to orders.\n");
    assert.equal(await printed(1, false), "1 event would be sent to orders.\n");
  });

  it("prints their IDs as JSON for another program", async () => assert.equal(await printed(2, true), '["stripe#evt_1","stripe#evt_2"]\n'));
});
