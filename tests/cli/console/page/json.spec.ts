import * as assert from "node:assert/strict";
import { parseJson, WrittenNumber } from "../../../../cli/console/page/json";

type Reviver = (this: unknown, name: string, value: unknown, context?: { source?: string }) => unknown;

const parse = JSON.parse;

/** A browser that tells how a number was written, as Node.js 20 does not yet. No key of the text may be a number. */
function telling(text: string, reviver: Reviver): unknown {
  const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, "").match(/-?\d[\d.eE+-]*/g) ?? [];
  return parse(text, function (this: unknown, name: string, value: unknown) {
    return reviver.call(this, name, value, typeof value === "number" ? { source: numbers.shift() } : { source: "not a number" });
  });
}

/** A browser that does not. */
const silent = (text: string, reviver: Reviver): unknown => parse(text, (name, value) => reviver.call(undefined, name, value));

/** Parses JSON in a browser. @returns what the page shows: of numbers, how they were written */
function shownIn(browser: typeof telling, text: string): unknown {
  JSON.parse = browser as typeof JSON.parse;
  const write = (value: unknown): unknown =>
    value instanceof WrittenNumber ? value.source : Array.isArray(value) ? value.map(write) : value;
  try {
    return write(parseJson(text)!.value);
  } finally {
    JSON.parse = parse;
  }
}

describe("The page's JSON", () => {
  it("has every digit of a number where the browser tells it", () => {
    const numbers = ["12345678901234567890", "0.1000", "1e400", "-0", "1.0", "-9007199254740993", "3.141592653589793238"];
    assert.deepEqual(shownIn(telling, `[${numbers.join(", ")}]`), numbers);
    assert.deepEqual(shownIn(telling, "12345678901234567890"), "12345678901234567890");
    assert.deepEqual(shownIn(telling, '["12345678901234567890", true, 1]'), ["12345678901234567890", true, "1"]);
  });

  it("has numbers as the browser reads them where it does not tell", () => {
    assert.deepEqual(shownIn(silent, "[1.50, 9007199254740993]"), [1.5, 9007199254740992]);
  });

  it("keeps everything else as it is", () => {
    for (const value of [null, true, "", "12", [], {}, { a: [null, { b: "c" }] }])
      assert.deepEqual(parseJson(JSON.stringify(value)), { value }, JSON.stringify(value));
  });

  it("has a field of any name, and touches no prototype", () => {
    const { value } = parseJson('{"__proto__": {"isAdmin": "yes"}, "constructor": "x"}') as { value: object };
    assert.deepEqual(Object.keys(value), ["__proto__", "constructor"]);
    assert.equal((value as { isAdmin?: string }).isAdmin, undefined);
  });

  it("tells JSON that is null from what is no JSON", () => {
    assert.deepEqual(parseJson("null"), { value: null });
    for (const text of ["", "{", "id=1&amount=2", "<xml/>", "undefined", "NaN", "01", "[".repeat(1_000)])
      assert.equal(parseJson(text), undefined, text.slice(0, 20));
  });
});
