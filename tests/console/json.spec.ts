import * as assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson, type Json } from "../../console/json";

/** Writes parsed JSON again, as it was written but for its white space. */
function written(json: Json): string {
  if ("text" in json) return JSON.stringify(json.text);
  if ("literal" in json) return json.literal;
  if ("items" in json) return `[${json.items.map(written).join(",")}]`;
  return `{${json.fields.map(([name, value]) => `${JSON.stringify(name)}:${written(value)}`).join(",")}}`;
}
const again = (text: string) => written(parseJson(text)!);

describe("The page's JSON", () => {
  it("has every digit of a number", () => {
    const numbers = "[12345678901234567890,0.1000,1e400,-0,1.0,-9007199254740993,3.141592653589793238,1E+5]";
    assert.equal(again(numbers), numbers);
    assert.deepEqual(parseJson(" 12345678901234567890\n"), { literal: "12345678901234567890" });
    assert.deepEqual(parseJson('"12345678901234567890"'), { text: "12345678901234567890" });
  });

  it("has every field, in its order, also if two have one name or a name is a number", () => {
    const text = '{"amount":1,"2":{"id":"a","id":"b"},"1":[],"amount":[{"x":{}}]}';
    assert.equal(again(text), text);
  });

  it("has a field of any name, and touches no prototype", () => {
    const text = '{"__proto__":{"isAdmin":"yes"},"constructor":"x","":null}';
    assert.equal(again(text), text);
    assert.equal((parseJson(text) as { isAdmin?: string }).isAdmin, undefined);
  });

  it("reads texts with their escapes, and takes nothing in a text for more than that", () => {
    const text = '{"a\\"b":"{\\"c\\": [1, 2]}, \\\\","\\u00e9":"\\n"}';
    assert.deepEqual(parseJson(text), {
      fields: [
        ['a"b', { text: '{"c": [1, 2]}, \\' }],
        ["é", { text: "\n" }],
      ],
    });
  });

  it("keeps any JSON as it is, with any white space", () =>
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, "\t", 3), (text, space) => {
        const value = JSON.parse(text) as unknown;
        assert.deepEqual(JSON.parse(again(JSON.stringify(value, undefined, space))), JSON.parse(JSON.stringify(value)));
      }),
    ));

  it("takes a large text with many escapes", () => {
    const text = JSON.stringify(['\\n"x'.repeat(1_000_000), "y".repeat(1_000_000)]);
    assert.equal(again(text), text);
  });

  it("takes as many levels as the browser does", () => {
    const text = "[".repeat(3_000) + "]".repeat(3_000);
    assert.ok(parseJson(text));
  });

  it("tells JSON that is null from what is no JSON", () => {
    assert.deepEqual(parseJson("null"), { literal: "null" });
    for (const text of ["", "{", "id=1&amount=2", "<xml/>", "undefined", "NaN", "01", "[".repeat(1_000)])
      assert.equal(parseJson(text), undefined, text.slice(0, 20));
  });
});
