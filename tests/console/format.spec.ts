import * as assert from "node:assert/strict";
import fc from "fast-check";
import {
  inAge,
  inBytes,
  inCount,
  inDuration,
  inFull,
  inMajorUnits,
  inMinutes,
  inNumber,
  inSeconds,
  inShort,
  plural,
} from "../../console/format";

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Describes a table of what a function writes. */
function writes<Given>(write: (given: Given) => string, rows: readonly (readonly [given: Given, written: string])[]): void {
  for (const [given, written] of rows)
    it(`${JSON.stringify(given)} as ${JSON.stringify(written)}`, () => assert.equal(write(given), written));
}

describe("The page writes a moment", () => {
  const at = "2026-03-08T06:59:09.007Z";
  const zone = process.env.TZ;
  const inZone = (name: string) => (process.env.TZ = name);
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it("in UTC, whatever the browser's time zone is", () => {
    inZone("Asia/Kolkata");
    assert.deepEqual(
      [inShort(at, "UTC"), inFull(at, "UTC"), inMinutes(at, "UTC"), inSeconds(at, "UTC")],
      ["Mar 08 06:59:09", "2026-03-08 06:59:09.007", "06:59", "06:59:09"],
    );
    assert.equal(inMinutes(Date.parse(at), "UTC"), "06:59");
  });

  it("in the browser's time zone, with its date", () => {
    inZone("Asia/Kolkata");
    assert.deepEqual([inShort(at, "local"), inSeconds(at, "local")], ["Mar 08 12:29:09", "12:29:09"]);
    inZone("America/Los_Angeles");
    assert.deepEqual([inShort(at, "local"), inFull(at, "local")], ["Mar 07 22:59:09", "2026-03-07 22:59:09.007"]);
  });

  it("with the offset that the zone had then: it skips an hour in spring", () => {
    inZone("America/New_York");
    assert.deepEqual(
      [at, "2026-03-08T07:00:00Z"].map((one) => inMinutes(one, "local")),
      ["01:59", "03:00"],
    );
  });
});

describe("The page writes a duration", () =>
  writes(inDuration, [
    [0, "0 ms"],
    [37.6, "38 ms"],
    [999, "999 ms"],
    [second, "1.0 s"],
    [1_249, "1.2 s"],
    [999.6, "1.0 s"],
    [9_960, "10 s"],
    [59_600, "1 min 00 s"],
    [10 * second, "10 s"],
    [59 * second, "59 s"],
    [minute, "1 min 00 s"],
    [3 * minute + 5_999, "3 min 05 s"],
    [hour - 1, "59 min 59 s"],
    [2 * hour + 10 * minute, "2 h 10 min"],
    [day - 1, "23 h 59 min"],
    [3 * day + 4 * hour, "3 d 4 h"],
    [400 * day, "400 d 0 h"],
  ]));

describe("The page writes an age", () =>
  writes(inAge, [
    // A clock that is behind the pipeline's.
    [-5 * second, "0 s"],
    [0, "0 s"],
    [minute - 1, "59 s"],
    [minute, "1 min"],
    [hour - 1, "59 min"],
    [hour, "1 h"],
    [day - 1, "23 h"],
    [day, "1 d"],
    [400 * day, "400 d"],
  ]));

describe("The page writes an amount", () => {
  const amount = (value: number, currency: string, exponent: number) => ({ value, currency, exponent });
  writes(inMajorUnits, [
    [amount(14_900, "EUR", 2), "149.00 EUR"],
    [amount(5, "EUR", 2), "0.05 EUR"],
    [amount(0, "EUR", 2), "0.00 EUR"],
    [amount(123_456_789, "EUR", 2), "1,234,567.89 EUR"],
    [amount(500, "JPY", 0), "500 JPY"],
    [amount(0, "JPY", 0), "0 JPY"],
    [amount(1_000, "JPY", 0), "1,000 JPY"],
    [amount(1_234_567, "KWD", 3), "1,234.567 KWD"],
    [amount(7, "KWD", 3), "0.007 KWD"],
    [amount(-14_900, "EUR", 2), "−149.00 EUR"],
    [amount(-5, "EUR", 2), "−0.05 EUR"],
    [amount(-1_000, "JPY", 0), "−1,000 JPY"],
    [amount(-1_234, "KWD", 3), "−1.234 KWD"],
    [amount(Number.MAX_SAFE_INTEGER, "EUR", 2), "90,071,992,547,409.91 EUR"],
  ]);

  it("without losing a digit of it", () =>
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(0, 2, 3), (value, exponent) => {
        const [written] = inMajorUnits(amount(value, "XXX", exponent)).split(" ");
        assert.equal(Number(written.replace("−", "-").replace(/[,.]/g, "")), value === 0 ? 0 : value);
        assert.equal(written.split(".")[1]?.length ?? 0, exponent);
      }),
    ));
});

describe("The page writes a number", () => {
  writes(inNumber, [
    [0, "0"],
    [999, "999"],
    [1_234_567, "1,234,567"],
  ]);
  writes(inCount, [
    [{ count: 0, capped: false }, "0"],
    [{ count: 1_000, capped: false }, "1,000"],
    [{ count: 1_000, capped: true }, "1,000+"],
  ]);
  writes(
    (count: number) => plural(count, "event"),
    [
      [0, "0 events"],
      [1, "1 event"],
      [1_000, "1,000 events"],
    ],
  );
  writes(
    (count: number) => plural(count, "entry", "entries"),
    [
      [1, "1 entry"],
      [2, "2 entries"],
    ],
  );
  writes(inBytes, [
    [0, "0 B"],
    [1_023, "1023 B"],
    [1_024, "1.0 KB"],
    [4_200, "4.1 KB"],
    [1_048_576, "1.0 MB"],
  ]);
});
