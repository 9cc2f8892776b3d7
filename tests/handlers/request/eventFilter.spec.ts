import * as assert from "node:assert/strict";
import fc from "fast-check";
import { matchesType } from "../../../handlers/request/eventFilter";

describe("An event's type matches a pattern", () => {
  for (const [type, pattern, expected] of [
    ["payment_intent.succeeded", "payment_intent.*", true],
    ["payment_intent", "payment_intent.*", false],
    ["charge.dispute.created", "*.dispute.*", true],
    ["charge.dispute", "*.dispute.*", false],
    ["invoice.paid", "*paid", true],
    ["invoice.paid.late", "*paid", false],
    ["aba", "ab*ba", false],
    ["abxba", "ab*ba", true],
    ["anything", "*", true],
    ["push", "push", true],
    ["pushed", "push", false],
    ["pushed", "PUSH*", false],
  ] as const) {
    it(`${type}, ${pattern}: ${expected}`, () => assert.equal(matchesType(type, [pattern]), expected));
  }

  it("exactly if a regular expression does", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 6 });
    const expression = (one: string) => new RegExp(`^${one.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
    fc.assert(fc.property(text, pattern, (type, one) => matchesType(type, [one]) === expression(one).test(type)));
  });

  it("of several if it matches one", () => assert.ok(matchesType("b", ["a", "b"]) && !matchesType("c", ["a", "b"])));
});
