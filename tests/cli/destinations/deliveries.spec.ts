import * as assert from "node:assert/strict";
import { attemptLine, listUndelivered, oldestUndelivered, readDeliveries, readDelivery } from "../../../cli/destinations/deliveries";
import { cursorOf, readCursor } from "../../../cli/events/cursor";
import { dynamodb } from "../../../handlers/aws/dynamodb";
import type { Row } from "../../../handlers/deliver/items";
import { writeRow } from "../../../handlers/deliver/row";
import { Tables } from "../../helpers/tables";

const start = Date.parse("2026-01-31T12:00:00Z");
const at = (minute: number) => new Date(start + minute * 60_000).toISOString();
const row = (transactionId: string, changes: Partial<Row> = {}): Row => ({
  destination: "orders",
  transactionId,
  status: "OPEN",
  generation: "",
  generationAt: start,
  trigger: "event",
  attempts: 1,
  history: [{ at: at(0), durationMs: 12, status: 503, body: "busy" }],
  nextAt: start + 5_000,
  since: at(0),
  expiresAt: start / 1_000 + 86_400,
  ...changes,
});

/** The function writes the rows that the commands read. */
describe("Deliveries", () => {
  const tables = new Tables();
  const table = { dynamodb, deliveriesTableName: tables.deliveries };
  before(async () => {
    await tables.start();
    for (let minute = 0; minute < 9; minute++)
      await writeRow(
        minute % 3 === 0
          ? row(`stripe#failed_${minute}`, {
              status: "FAILED",
              nextAt: undefined,
              since: at(minute),
              finishedAt: at(60),
              error: "It answered 400.",
            })
          : row(`stripe#open_${minute}`, { since: at(minute) }),
      );
    // Two of the same time, one that is delivered, and one of another destination.
    await writeRow(row("stripe#twin_8", { since: at(8) }));
    await writeRow(row("stripe#done", { status: "DELIVERED", nextAt: undefined, since: at(9), finishedAt: at(9) }));
    await writeRow(row("stripe#other", { destination: "ledger", since: at(9) }));
  });
  after(() => tables.stop());

  it("are read with their attempts", async () => {
    assert.deepEqual(await readDelivery(table, "orders", "stripe#open_1"), {
      transactionId: "stripe#open_1",
      status: "OPEN",
      trigger: "event",
      attempts: 1,
      since: at(1),
      nextAt: "2026-01-31T12:00:05.000Z",
      history: [{ at: at(0), durationMs: 12, status: 503, body: "busy" }],
    });
    assert.equal(await readDelivery(table, "ledger", "stripe#open_1"), undefined);
  });

  it("of one event are read for each destination to which the pipeline posts", async () => {
    const addresses = { queueUrl: "https://q", deadLetterQueueUrl: "https://d", ruleName: "r" };
    const https = { type: "https", ...addresses } as const;
    const destinations = { orders: https, ledger: https, audit: { type: "queue", ...addresses } as const };
    const found = await readDeliveries({ ...table, destinations }, "stripe#other");
    assert.deepEqual(
      found.map(({ destination, status }) => [destination, status]),
      [["ledger", "OPEN"]],
    );
    assert.deepEqual(await readDeliveries({ dynamodb, destinations, deliveriesTableName: undefined }, "stripe#other"), []);
  });

  it("that are undelivered are listed newest first, OPEN and FAILED ones together, each once over all pages", async () => {
    const expected = ["open_8,twin_8", "open_7", "failed_6", "open_5", "open_4", "failed_3", "open_2", "open_1", "failed_0"];
    const { deliveries: all, next } = await listUndelivered(table, "orders", 100, undefined);
    assert.equal(next, undefined);
    const idsOf = (some: typeof all) => some.map(({ transactionId }) => transactionId.slice("stripe#".length));
    const byTime = (ids: string[]) => [ids.slice(0, 2).sort().join(","), ...ids.slice(2)];
    assert.deepEqual(byTime(idsOf(all)), expected);
    assert.equal(all.find(({ status }) => status === "FAILED")!.error, "It answered 400.");
    for (const limit of [1, 2, 3]) {
      const pages: string[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const page = await listUndelivered(table, "orders", limit, cursor === undefined ? undefined : readCursor(cursor));
        assert.ok(page.deliveries.length <= limit);
        pages.push(...idsOf(page.deliveries));
        cursor = page.next && cursorOf(page.next);
        more = cursor !== undefined && pages.length < 20;
      }
      assert.deepEqual(byTime(pages), expected, `pages of ${limit}`);
    }
  });

  it("that are tried again have an oldest one, whatever failed before", async () => {
    assert.equal(await oldestUndelivered(table, "orders"), at(1));
    assert.equal(await oldestUndelivered(table, "nothing"), undefined);
  });

  it("have attempts with an answer, or an error", () => {
    assert.equal(attemptLine({ at: at(0), durationMs: 12, status: 422, body: "no" }), `${at(0)}      12 ms  422  no`);
    assert.equal(attemptLine({ at: at(0), durationMs: 15_000, error: "timeout" }), `${at(0)}   15000 ms  timeout`);
  });
});
