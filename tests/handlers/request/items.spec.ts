import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseBody } from "../../../handlers/request/body";
import { splitItems } from "../../../handlers/request/items";

const split = (body: string, ...path: string[]) => splitItems(Buffer.from(body), path)?.map((one) => String(one()));

describe("A delivery of several items", () => {
  it("becomes one delivery an item, with the same bytes around it", () => {
    assert.deepEqual(split('{ "live":"false","items" : [ {"a":1} ,\n{"b":"]}"}],"z":2 }', "items"), [
      '{ "live":"false","items" : [{"a":1}],"z":2 }',
      '{ "live":"false","items" : [{"b":"]}"}],"z":2 }',
    ]);
    assert.deepEqual(split('[1,"two",[3],{},null]'), ["[1]", '["two"]', "[[3]]", "[{}]", "[null]"]);
    assert.deepEqual(split('{"a":{"b":[1.5e3,-2]}}', "a", "b"), ['{"a":{"b":[1.5e3]}}', '{"a":{"b":[-2]}}']);
  });

  it("without items becomes none", () => assert.deepEqual(split('{"items":[ ]}', "items"), []));

  it("takes the last of repeated keys, as the parser does", () => {
    assert.deepEqual(split('{"items":[1,2],"\\u0069tems":[3,4]}', "items"), [
      '{"items":[1,2],"\\u0069tems":[3]}',
      '{"items":[1,2],"\\u0069tems":[4]}',
    ]);
  });

  for (const [body, ...path] of [
    ['{"items":{}}', "items"],
    ["{}", "items"],
    ['{"items":5}', "items", "x"],
    ['{"a":1}'],
    ['"text"', "items"],
  ])
    it(`is not ${body}`, () => assert.equal(split(body, ...path), undefined));

  it("has at most a thousand items", () => {
    assert.equal(split(`[${"0,".repeat(999)}0]`)!.length, 1_000);
    assert.throws(() => split(`[${"0,".repeat(1_000)}0]`), { code: "too_large", reason: "items" });
    assert.throws(() => split(`[${"0,".repeat(2_000_000)}0]`), { code: "too_large" }, "it counts no further");
  });

  it("has at most 64 MiB around its items, which are there only while they are stored", () => {
    const body = (pad: number) => Buffer.from(`{"pad":"${"x".repeat(pad)}","items":[${"0,".repeat(999)}0]}`);
    const before = process.memoryUsage().arrayBuffers;
    const items = splitItems(body(67_000), ["items"])!;
    assert.deepEqual([items.length, items[999]().length], [1_000, 67_000 + '{"pad":"","items":[0]}'.length]);
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
    assert.throws(() => splitItems(body(67_200), ["items"]), { code: "too_large", reason: "bytes around items" });
  });

  it("has, of any JSON, each item alone in its place", () => {
    const indent = fc.constantFrom(undefined, 1, "\t");
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.jsonValue(), indent, fc.boolean(), (items, rest, space, mark) => {
        const body = Buffer.from((mark ? "\ufeff" : "") + JSON.stringify({ '[rest"': rest, a: { items }, end: [rest] }, undefined, space));
        const found = splitItems(body, ["a", "items"])!.map((one) => parseBody(one(), "json"));
        assert.deepEqual(
          found,
          items.map((item) => parseBody(Buffer.from(JSON.stringify({ '[rest"': rest, a: { items: [item] }, end: [rest] })), "json")),
        );
      }),
      { numRuns: 300 },
    );
  });
});
