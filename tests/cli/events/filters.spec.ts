import * as assert from "node:assert/strict";
import { readFilters } from "../../../cli/events/filters";

const now = new Date("2026-01-31T12:00:00Z");

describe("Filters of events", () => {
  it("ask for everything where nothing is given", () => {
    const all = ["RECEIVED", "PROCESSING", "PROCESSED", "FAILED"];
    assert.deepEqual(readFilters({}), { source: undefined, kind: undefined, statuses: all, since: undefined, until: undefined });
  });

  it("take a status in any letters", () => assert.deepEqual(readFilters({ status: "failed" }).statuses, ["FAILED"]));

  for (const [given, moment] of [
    ["30m", "2026-01-31T11:30:00.000Z"],
    ["6h", "2026-01-31T06:00:00.000Z"],
    ["2d", "2026-01-29T12:00:00.000Z"],
    ["2026-01-30T00:00:00Z", "2026-01-30T00:00:00.000Z"],
    ["2026-01-30", "2026-01-30T00:00:00.000Z"],
  ])
    it(`take ${given} for ${moment}`, () => assert.equal(readFilters({ since: given }, now).since, moment));

  for (const [option, value, allowed] of [
    ["source", "Stripe!", "a source's name, such as stripe"],
    ["kind", "refunds", "one of payment.succeeded, payment.failed, refund, dispute, other"],
    ["status", "lost", "one of RECEIVED, PROCESSING, PROCESSED, FAILED"],
    ["since", "yesterday", "a moment such as 2026-01-31T12:00:00Z, or so long ago: 30m, 6h, 2d"],
    ["until", "2026-99-99", "a moment such as 2026-01-31T12:00:00Z, or so long ago: 30m, 6h, 2d"],
  ])
    it(`refuse ${value} as ${option} in one sentence`, () => {
      const shown = option === "status" ? value.toUpperCase() : value;
      assert.throws(() => readFilters({ [option]: value }), { message: `--${option} is "${shown}", but must be ${allowed}.` });
    });
});
