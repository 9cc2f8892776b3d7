import * as assert from "node:assert/strict";
import { meaningOf } from "../../../handlers/sources/lib/meaning";
import { meanings } from "../../../handlers/sources/meanings";

const money = (value: number) => ({ value, currency: "USD", exponent: 2 });

describe("What a change moved", () => {
  const stripe = (type: string, object: object, previous_attributes?: object) =>
    meaningOf(meanings.stripe, { type, data: { object: { currency: "usd", ...object }, previous_attributes } }, type);

  it("is a refund's own part of the sum so far", () => {
    const charge = { id: "ch_1", captured: true, amount_refunded: 1500 };
    assert.deepEqual(stripe("charge.refunded", charge, { amount_refunded: 1000 }).amount, money(500));
    assert.deepEqual(stripe("charge.refunded", charge, { amount_refunded: 0 }).amount, money(1500));
    for (const odd of [2000, "1000", -5, 0.5]) assert.equal(stripe("charge.refunded", charge, { amount_refunded: odd }).amount, undefined);
  });

  it("is a capture's own part of the sum so far", () => {
    const charge = { id: "ch_1", captured: true, amount_captured: 1500 };
    const first = stripe("charge.updated", { ...charge, amount_captured: 400 }, { amount_captured: 0 });
    const last = stripe("charge.captured", charge, { amount_captured: 400 });
    assert.deepEqual(
      [first.kind, first.amount, last.kind, last.amount],
      ["payment.succeeded", money(400), "payment.succeeded", money(1100)],
    );
    assert.equal(stripe("charge.updated", charge, { balance_transaction: null }).kind, "other");
  });

  it("is what an authorization has grown by, and nothing if it has not", () => {
    const intent = { id: "pi_1", status: "requires_capture", amount_capturable: 1500 };
    const grown = stripe("payment_intent.amount_capturable_updated", intent, { amount_capturable: 1000 });
    assert.deepEqual([grown.kind, grown.amount], ["payment.authorized", money(500)]);
    assert.equal(stripe("payment_intent.amount_capturable_updated", { ...intent, amount_capturable: 0 }).kind, "other");
    const left = stripe("payment_intent.amount_capturable_updated", intent, { amount_capturable: 2000 });
    assert.deepEqual([left.kind, left.amount], ["other", undefined]);
  });

  it("has no amount if the sum is too large to be exact", () => {
    const part = { kind: "refund", status: "success", amount: "90071992547409.91", currency: "USD" };
    const event = { order_id: 5, transactions: [part, part] };
    assert.deepEqual(
      [meaningOf(meanings.shopify, event, "refunds/create").kind, meaningOf(meanings.shopify, event, "refunds/create").amount],
      ["refund", undefined],
    );
  });

  it("is a refund that has become one, and no other update of it", () => {
    const refund = { id: "re_1", status: "succeeded", amount: 40 };
    assert.equal(stripe("refund.updated", refund, { status: "pending" }).kind, "refund");
    assert.equal(stripe("refund.updated", refund, { metadata: {} }).kind, "other");
  });

  it("is a refund that has failed, and no later update of it", () => {
    const refund = { id: "re_1", status: "failed", amount: 40 };
    for (const type of ["refund.updated", "charge.refund.updated"]) {
      assert.equal(stripe(type, refund, { status: "pending" }).kind, "refund.failed");
      assert.equal(stripe(type, refund, { metadata: {} }).kind, "other");
    }
  });
});
