import * as assert from "node:assert/strict";
import fc from "fast-check";
import { normalizedEvent } from "../../../../handlers/events/normalize";
import { asTime, timeAt } from "../../../../handlers/sources/lib/fields";

const numRuns = Number(process.env.FUZZ_CASES ?? 300);

describe("A time at a path", () => {
  const [seconds, milliseconds, text] = [1_769_860_800, 1_769_860_800_000, "2026-01-31T12:00:00.000Z"];

  it("is read in its unit, as a number or its digits, and as a text in any", () => {
    for (const [unit, number] of [
      ["seconds", seconds],
      ["milliseconds", milliseconds],
    ] as const)
      for (const at of [number, String(number), text]) assert.equal(timeAt({ a: { at } }, "a.at", unit), text);
    assert.equal(timeAt({ at: text }, "at"), text);
    for (const at of [seconds, String(milliseconds)]) assert.equal(timeAt({ at }, "at"), undefined);
  });

  it("may be milliseconds where most are seconds, and never the reverse", () => {
    assert.equal(timeAt({ time: milliseconds }, "time", "seconds"), text);
    assert.equal(timeAt({ time: seconds }, "time", "milliseconds"), undefined);
  });
});

describe("A time in a body", () => {
  for (const [value, expected] of [
    ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"],
    ["2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123Z"],
    ["2026-01-31T12:00:00-05:00", "2026-01-31T17:00:00.000Z"],
    ["2026-01-31 12:00:00+0100", "2026-01-31T11:00:00.000Z"],
    [1_769_860_800_000, "2026-01-31T12:00:00.000Z"],
    ["2000-01-01T00:00:00Z", "2000-01-01T00:00:00.000Z"],
    ["2100-12-31T23:59:59.999Z", "2100-12-31T23:59:59.999Z"],
    ["1999-12-31T23:59:59.999Z", undefined],
    ["2101-01-01T00:00:00Z", undefined],
    ["+056874-09-03T16:00:00Z", undefined],
    ["order 4711", undefined],
    ["1", undefined],
    ["2026-13-31T12:00:00Z", undefined],
    ["", undefined],
    [0, undefined],
    [1e300, undefined],
    [NaN, undefined],
    [null, undefined],
    [{}, undefined],
  ] as const) {
    it(`is ${expected ?? "none"} for ${JSON.stringify(value)}`, () => assert.equal(asTime(value), expected));
  }

  it("is UTC without a zone, wherever this runs", () => {
    const before = process.env.TZ;
    process.env.TZ = "America/New_York";
    try {
      for (const time of ["2026-01-31T12:00:00.000", "2026-01-31 12:00:00", "2026-01-31T12:00"])
        assert.equal(asTime(time), "2026-01-31T12:00:00.000Z");
      assert.equal(asTime("2026-01-31T12:00:00-05"), undefined);
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  it("is absent, or valid in a normalized event", () => {
    const time = normalizedEvent.shape.occurredAt;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double(),
          fc.integer(),
          fc.string(),
          fc.date().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
        (value) => {
          const read = asTime(value);
          assert.ok(read === undefined || time.safeParse(read).success, read);
        },
      ),
      { numRuns },
    );
  });
});
