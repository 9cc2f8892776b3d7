import * as assert from "node:assert/strict";
import fc from "fast-check";
import { parseBody } from "../../../handlers/request/body";
import { numberText, parseExactly } from "../../../handlers/request/json";
import { at, idAt, textAt } from "../../../handlers/sources/lib/fields";

const numRuns = Number(process.env.FUZZ_CASES ?? 300);

describe("A number of a body", () => {
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
    it(`has every digit of ${number}`, () => assert.equal(read(number), number));
  }

  it("has every digit, whatever the integer and wherever it stands", () => {
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

  it("that is beyond what a double can say is no id", () => assert.equal(read("1e400"), undefined));

  it("is the same as ever where a double holds it, and so is all the rest of the body", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => assert.deepEqual(parseExactly(text), JSON.parse(text))),
      { numRuns },
    );
    const texts = '{"12345678901234567890":"12345678901234567890","a\\\\":"\\"12345678901234567890"}';
    assert.deepEqual(parseExactly(texts), JSON.parse(texts));
  });

  it("is none of what is written in a text or an object", () => {
    for (const other of ["7", null, undefined, {}, [], true]) assert.equal(numberText(other), undefined);
  });

  it("with too many digits is neither a text nor an amount, and leads nowhere", () => {
    const body = parseBody(Buffer.from('{"id":9007199254740993001,"data":{"id":9007199254740993002}}'), "json")!;
    assert.deepEqual([idAt(body, "id"), idAt(body, "data", "id")], ["9007199254740993001", "9007199254740993002"]);
    assert.equal(textAt(body, "id"), undefined);
    assert.equal(typeof at(body, "id"), "object");
    assert.equal(idAt(body, "id", "id"), undefined);
  });

  it("costs no stack, however deep it stands, and no time that grows faster than the body", () => {
    assert.ok(parseExactly(`${'{"a":'.repeat(10_000)}12345678901234567890${"}".repeat(10_000)}`));
    const hard = JSON.stringify({ id: '\\"'.repeat(1_000_000), n: 1 }).replace('"n":1', `"n":12345678901234567890`);
    assert.equal(numberText((parseExactly(hard) as { n: unknown }).n), "12345678901234567890");
  });
});
