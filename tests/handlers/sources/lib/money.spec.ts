import * as assert from "node:assert/strict";
import { codes, code as findCurrency } from "currency-codes";
import { digitsOf, fromDecimal } from "../../../../handlers/sources/lib/money";

describe("A currency", () => {
  it("has the digits of ISO 4217, for every currency", () => {
    assert.ok(codes().length > 170);
    for (const code of codes()) assert.equal(digitsOf(code), findCurrency(code)!.digits, code);
  });

  it("is unknown if ISO 4217 does not have it", () => {
    for (const code of ["", "eur", "EURO", "BTC", "DEM", "constructor"]) assert.equal(digitsOf(code), undefined);
  });
});

describe("A decimal number", () => {
  for (const [text, value] of [
    ["12.34", 1_234],
    ["12", 1_200],
    [".50", 50],
    ["-.5", -50],
    ["0.5000", 50],
  ] as const)
    it(`${text} is ${value} cents`, () => assert.deepEqual(fromDecimal(text, "USD"), { value, currency: "USD", exponent: 2 }));

  for (const text of ["", ".", "-", "-.", "1.", "1.005", "1e3", "1,000.00", "+1", " 1", "--1", "1.2.3"])
    it(`is none in "${text}"`, () => assert.equal(fromDecimal(text, "USD"), undefined));
});
