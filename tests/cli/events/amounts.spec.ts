import * as assert from "node:assert/strict";
import { amountFilter, inMajorUnits, normalizedIn } from "../../../cli/events/amounts";

describe("An amount", () => {
  for (const [value, exponent, shown] of [
    [14_900, 2, "149.00 EUR"],
    [5, 2, "0.05 EUR"],
    [-5, 2, "-0.05 EUR"],
    [1_500, 0, "1500 EUR"],
    [1_234, 3, "1.234 EUR"],
  ] as const)
    it(`of ${value} with ${exponent} decimal places is shown as ${shown}`, () => {
      assert.equal(inMajorUnits({ value, currency: "EUR", exponent }), shown);
    });

  for (const [minimum, value, exponent, passes] of [
    ["100", 10_000, 2, true],
    ["100", 9_999, 2, false],
    ["0.07", 7, 2, true],
    ["99.50", 99, 0, false],
    ["99.50", 100, 0, true],
    ["1.2345", 12_345, 4, true],
    ["90071992547409.91", Number.MAX_SAFE_INTEGER, 2, true],
  ] as const)
    it(`of ${value} with ${exponent} decimal places is ${passes ? "" : "not "}at least ${minimum}`, () => {
      assert.equal(amountFilter(minimum, undefined)!({ value, currency: "EUR", exponent }), passes);
    });

  it("is of the currency that is asked for, in any letters", () => {
    const isEur = amountFilter(undefined, "eur")!;
    assert.deepEqual(
      [isEur({ value: 0, currency: "EUR", exponent: 2 }), isEur({ value: 0, currency: "USD", exponent: 2 }), isEur(undefined)],
      [true, false, false],
    );
  });

  for (const [minimum, currency] of [["-1"], ["1e3"], ["1,000"], ["1.23456"], [""], ["1", "euro"]] as [string, string?][])
    it(`is not filtered by ${minimum} ${currency ?? ""}`, () => {
      assert.throws(() => amountFilter(minimum, currency), { message: /^--(min-amount|currency) is ".*"\. Allowed: .+\.$/, exitCode: 2 });
    });
});

describe("The normalized event of an item", () => {
  const item = {
    transaction_id: { S: "stripe-eu#evt_1" },
    source: { S: "stripe-eu" },
    event_type: { S: "charge.refunded" },
    kind: { S: "refund" },
    occurred_at: { S: "2026-01-31T11:59:00Z" },
    received_at: { S: "2026-01-31T12:00:00.000Z" },
  };
  const composed = {
    transactionId: "stripe-eu#evt_1",
    source: "stripe-eu",
    eventId: "evt_1",
    eventType: "charge.refunded",
    kind: "refund",
    occurredAt: "2026-01-31T11:59:00Z",
  };

  it("is composed of the item's attributes and of what normalization found", () => {
    const amount = { M: { value: { N: "100" }, currency: { S: "EUR" }, exponent: { N: "2" } } };
    const normalized = {
      M: { amount, test: { BOOL: true }, account: { S: "acct_1" }, paymentReference: { S: "pi_1" }, customerReference: { S: "c" } },
    };
    assert.deepEqual(normalizedIn("stripe-eu#evt_1", { ...item, normalized }), {
      ...composed,
      amount: { value: 100, currency: "EUR", exponent: 2 },
      test: true,
      account: "acct_1",
      paymentReference: "pi_1",
      customerReference: "c",
    });
  });

  it("is no test unless it says so, and says if its time is that of its receipt", () => {
    const received = { ...item, occurred_at_source: { S: "received" }, normalized: { M: {} } };
    assert.deepEqual(normalizedIn("stripe-eu#evt_1", received), { ...composed, occurredAtSource: "received", test: false });
  });

  it("is none before it is normalized", () => assert.equal(normalizedIn("stripe-eu#evt_1", item), undefined));
});
