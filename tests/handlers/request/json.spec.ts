import * as assert from "node:assert/strict";
import fc from "fast-check";
import { parseBody } from "../../../handlers/request/body";
import { numberText, parseExactly } from "../../../handlers/request/json";
import { at, idAt, textAt } from "../../../handlers/sources/lib/fields";

const numRuns = Number(process.env.FUZZ_CASES ?? 300);

describe("A number in a body", () => {
  const read = (number: string) => numberText((parseExactly(`{"id":${number}}`) as { id: unknown }).id);

  for (const number of [
    "9007199254740993001",
    "-9007199254740993001",
    "820982911946154508",
    "9007199254740993",
    "1234567890.12345678",
    "12345678901234567890123456789012345678901234567890",
    "1000000000000000000000",
    "7",
    "-0.5",
    "1234567890123456",
  ]) {
    it(`keeps every digit of ${number}`, () => assert.equal(read(number), number));
  }

  it("keeps every digit, whatever the integer and wherever it is", () => {
    const place = fc.constantFrom(
      "[[$]]",
      '{"a":[{"b":$}]}',
      '{"text \\\\\\" 12345678901234567890":[ $ ,1]}',
      '["12345678901234567890",$]',
    );
    const find = (value: unknown): string | undefined =>
      numberText(value) ?? (typeof value === "object" ? Object.values(value!).map(find).find(Boolean) : undefined);
    fc.assert(
      fc.property(fc.bigInt(), place, (number, text) =>
        assert.equal(find(parseExactly(text.replace("$", String(number)))), String(number)),
      ),
      { numRuns },
    );
  });

  it("beyond the range of a double is not an ID", () => assert.equal(read("1e400"), undefined));

  it("stays a number if a double holds it, and the rest of the body is unchanged", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => assert.deepEqual(parseExactly(text), JSON.parse(text))),
      { numRuns },
    );
    const texts = '{"12345678901234567890":"12345678901234567890","a\\\\":"\\"12345678901234567890"}';
    assert.deepEqual(parseExactly(texts), JSON.parse(texts));
  });

  it("is never found within a text or an object", () => {
    for (const other of ["7", null, undefined, {}, [], true]) assert.equal(numberText(other), undefined);
  });

  it("with too many digits is neither a text nor an amount, and has no properties", () => {
    const body = parseBody(Buffer.from('{"id":9007199254740993001,"data":{"id":9007199254740993002}}'), "json")!;
    assert.deepEqual([idAt(body, "id"), idAt(body, "data", "id")], ["9007199254740993001", "9007199254740993002"]);
    assert.equal(textAt(body, "id"), undefined);
    assert.equal(typeof at(body, "id"), "object");
    assert.equal(idAt(body, "id", "id"), undefined);
  });

  it("needs no stack, however deep it is, and only linear time", () => {
    assert.ok(parseExactly(`${'{"a":'.repeat(10_000)}12345678901234567890${"}".repeat(10_000)}`));
    const hard = JSON.stringify({ id: '\\"'.repeat(1_000_000), n: 1 }).replace('"n":1', `"n":12345678901234567890`);
    assert.equal(numberText((parseExactly(hard) as { n: unknown }).n), "12345678901234567890");
  });
});
