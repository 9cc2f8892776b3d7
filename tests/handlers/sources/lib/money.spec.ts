import * as assert from "node:assert/strict";
import { codes, code as findCurrency } from "currency-codes";
import { digitsOf } from "../../../../handlers/sources/lib/money";

describe("A currency", () => {
  it("has the digits of ISO 4217, for every currency", () => {
    assert.ok(codes().length > 170);
    for (const code of codes()) assert.equal(digitsOf(code), findCurrency(code)!.digits, code);
  });

  it("is unknown if ISO 4217 does not have it", () => {
    for (const code of ["", "eur", "EURO", "BTC", "DEM", "constructor"]) assert.equal(digitsOf(code), undefined);
  });
});
