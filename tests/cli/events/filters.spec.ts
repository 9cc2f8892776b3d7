import * as assert from "node:assert/strict";
import { kinds } from "../../../domain/event";
import { UsageError } from "../../../cli/lib/errors";
import { readFilters, requireSource } from "../../../cli/events/filters";

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
    ["2026-01-30T10:00", "2026-01-30T10:00:00.000Z"],
    ["2026-01-30T10:00:00+02:00", "2026-01-30T08:00:00.000Z"],
    ["today", "2026-01-31T00:00:00.000Z"],
    ["yesterday", "2026-01-30T00:00:00.000Z"],
  ])
    it(`take ${given} for ${moment}`, () => assert.equal(readFilters({ since: given }, now).since, moment));

  for (const [option, value, allowed] of [
    ["kind", "refunds", kinds.join(", ")],
    ["status", "lost", "RECEIVED, PROCESSING, PROCESSED, FAILED"],
    ["since", "last week", "a time, such as 2026-01-31T12:00:00Z, today, yesterday, or so long ago: 30m, 6h, 2d"],
    ["since", "2026-02-31", "a time, such as 2026-01-31T12:00:00Z, today, yesterday, or so long ago: 30m, 6h, 2d"],
    ["until", "2026-99-99", "a time, such as 2026-01-31T12:00:00Z, today, yesterday, or so long ago: 30m, 6h, 2d"],
    ["since", "toString", "a time, such as 2026-01-31T12:00:00Z, today, yesterday, or so long ago: 30m, 6h, 2d"],
  ])
    it(`refuse ${value} as ${option} in one sentence`, () => {
      const shown = option === "status" ? value.toUpperCase() : value;
      const message = `--${option} is "${shown}". Allowed: ${allowed}.`;
      assert.throws(() => readFilters({ [option]: value }), { message, exitCode: new UsageError("").exitCode });
    });

  it("refuse a beginning after the end", () => {
    assert.throws(() => readFilters({ since: "1h", until: "2h" }, now), {
      message: "--since (2026-01-31T11:00:00.000Z) is after --until (2026-01-31T10:00:00.000Z). Give an earlier --since.",
      exitCode: 2,
    });
    assert.doesNotThrow(() => readFilters({ since: "2h", until: "1h" }, now));
  });

  it("refuse a source that the pipeline does not have, and list those that it has", () => {
    const webhookUrls = { stripe: "https://s", adyen: "https://a" };
    assert.doesNotThrow(() => requireSource({ webhookUrls }, "stripe"));
    assert.doesNotThrow(() => requireSource({ webhookUrls }, undefined));
    assert.throws(() => requireSource({ webhookUrls }, "strip"), {
      message: '--source is "strip". Allowed: adyen, stripe.',
      exitCode: 2,
    });
  });
});
