import * as assert from "node:assert/strict";
import { catalogProviders, descriptionOf } from "../../../domain/catalog";
import { signsBody } from "../../../domain/description";
import type { Kind } from "../../../domain/event";
import { matchesType } from "../../../handlers/request/eventFilter";
import type { Json } from "../../../handlers/request/json";
import { meaningOf } from "../../../handlers/sources/lib/meaning";

type Row = [type: string, event: Json, kind: Kind, amount?: object, paymentReference?: string, customerReference?: string];

const money = (value: number, currency = "USD", exponent = 2) => ({ value, currency, exponent });
const rupees = { amount: 50_000, currency: "INR" };
const payment = { entity: { ...rupees, id: "pay_1", captured: true, customer_id: "cust_1" } };
const ofPaddle = { id: "txn_1", customer_id: "ctm_1", currency_code: "JPY" };
const totals = (grand_total: string) => ({ totals: { grand_total, currency_code: "USD" } });
const euros = { value: "49.95", currency: "EUR" };
const ofMollie = (entity: object) => ({
  entityId: "tr_1",
  _embedded: { entity: { id: "tr_1", amount: euros, customerId: "cst_1", ...entity } },
});
const ofCoinbase = (pricing?: object) => ({ event: { data: { code: "66BEOV2A", ...(pricing && { pricing }) } } });
const adjustment = { id: "adj_1", transaction_id: "txn_1", customer_id: "ctm_1", totals: { total: "500", currency_code: "USD" } };

/** Events in the shape that each provider documents, and what they mean. */
const rows: Record<string, Row[]> = {
  razorpay: [
    ["payment.authorized", { payload: { payment } }, "payment.authorized", money(50_000, "INR"), "pay_1", "cust_1"],
    ["payment.captured", { payload: { payment } }, "payment.succeeded", money(50_000, "INR"), "pay_1", "cust_1"],
    ["payment.failed", { payload: { payment } }, "payment.failed", money(50_000, "INR"), "pay_1", "cust_1"],
    [
      "refund.processed",
      { payload: { payment, refund: { entity: { id: "rfnd_1", payment_id: "pay_1", amount: 100, currency: "INR" } } } },
      "refund",
      money(100, "INR"),
      "pay_1",
      "cust_1",
    ],
    // Razorpay returns a payment that nobody captured by itself, and calls it a refund.
    [
      "refund.processed",
      { payload: { payment: { entity: { id: "pay_1", captured: false } }, refund: { entity: { payment_id: "pay_1", ...rupees } } } },
      "payment.canceled",
      money(50_000, "INR"),
      "pay_1",
    ],
    ["refund.created", { payload: { refund: { entity: { payment_id: "pay_1", ...rupees } } } }, "other", undefined, "pay_1"],
    [
      "refund.failed",
      { payload: { refund: { entity: { payment_id: "pay_1", ...rupees } } } },
      "refund.failed",
      money(50_000, "INR"),
      "pay_1",
    ],
    // Razorpay states the amount without a currency.
    ["settlement.processed", { payload: { settlement: { entity: { id: "setl_1", amount: 99_000 } } } }, "payout", undefined, "setl_1"],
    [
      "payment.dispute.created",
      { payload: { payment, dispute: { entity: { payment_id: "pay_1", amount: 700, currency: "INR" } } } },
      "dispute",
      money(700, "INR"),
      "pay_1",
      "cust_1",
    ],
    [
      "payout.processed",
      { payload: { payout: { entity: { id: "pout_1", amount: 100, currency: "INR" } } } },
      "payout",
      money(100, "INR"),
      "pout_1",
    ],
    ["subscription.charged", { payload: { payment } }, "other"],
  ],
  paddle: [
    ["transaction.completed", { data: { ...ofPaddle, details: totals("15500") } }, "payment.succeeded", money(15_500), "txn_1", "ctm_1"],
    [
      "transaction.completed",
      { data: { ...ofPaddle, details: { totals: { grand_total: "155" } } } },
      "payment.succeeded",
      money(155, "JPY", 0),
      "txn_1",
      "ctm_1",
    ],
    ["transaction.completed", { data: { ...ofPaddle, details: totals("0") } }, "other", undefined, "txn_1", "ctm_1"],
    ["transaction.completed", { data: { ...ofPaddle, details: totals("1e3") } }, "payment.succeeded", undefined, "txn_1", "ctm_1"],
    ["transaction.payment_failed", { data: { ...ofPaddle, details: totals("100") } }, "payment.failed", money(100), "txn_1", "ctm_1"],
    ["adjustment.created", { data: { ...adjustment, action: "refund", status: "pending_approval" } }, "other", undefined, "txn_1", "ctm_1"],
    ["adjustment.updated", { data: { ...adjustment, action: "refund", status: "approved" } }, "refund", money(500), "txn_1", "ctm_1"],
    [
      "adjustment.updated",
      { data: { ...adjustment, action: "refund", status: "rejected" } },
      "refund.failed",
      money(500),
      "txn_1",
      "ctm_1",
    ],
    ["adjustment.created", { data: { ...adjustment, action: "chargeback", status: "approved" } }, "dispute", money(500), "txn_1", "ctm_1"],
    ["adjustment.created", { data: { ...adjustment, action: "credit", status: "approved" } }, "other", undefined, "txn_1", "ctm_1"],
  ],
  gocardless: [
    ["payments.confirmed", { links: { payment: "PM123" } }, "payment.succeeded", undefined, "PM123"],
    ["payments.failed", { links: { payment: "PM123" } }, "payment.failed", undefined, "PM123"],
    ["payments.customer_approval_denied", { links: { payment: "PM123" } }, "payment.failed", undefined, "PM123"],
    ["payments.cancelled", { links: { payment: "PM123" } }, "payment.canceled", undefined, "PM123"],
    ["payments.charged_back", { links: { payment: "PM123" } }, "dispute", undefined, "PM123"],
    ["payments.paid_out", { links: { payment: "PM123", payout: "PO1" } }, "other", undefined, "PM123"],
    ["refunds.paid", { links: { refund: "RF1" } }, "refund", undefined, "RF1"],
    ["refunds.failed", { links: { refund: "RF1" } }, "refund.failed", undefined, "RF1"],
    ["payouts.paid", { links: { payout: "PO1" } }, "payout", undefined, "PO1"],
    ["mandates.active", { links: { mandate: "MD1" } }, "other"],
  ],
  mollie: [
    ["payment.paid", ofMollie({}), "payment.succeeded", money(4_995, "EUR"), "tr_1", "cst_1"],
    ["payment.paid", ofMollie({ amountCaptured: { ...euros, value: "10.00" } }), "payment.succeeded", money(1_000, "EUR"), "tr_1", "cst_1"],
    // The simple payload has the ID alone.
    ["payment.paid", { entityId: "tr_1" }, "payment.succeeded", undefined, "tr_1"],
    ["payment.authorized", ofMollie({}), "payment.authorized", money(4_995, "EUR"), "tr_1", "cst_1"],
    ["payment.failed", ofMollie({}), "payment.failed", money(4_995, "EUR"), "tr_1", "cst_1"],
    ["payment.expired", ofMollie({}), "payment.canceled", money(4_995, "EUR"), "tr_1", "cst_1"],
    ["refund.refunded", ofMollie({ id: "re_1", paymentId: "tr_9" }), "refund", money(4_995, "EUR"), "tr_9", "cst_1"],
    ["refund.failed", ofMollie({ id: "re_1", paymentId: "tr_9" }), "refund.failed", money(4_995, "EUR"), "tr_9", "cst_1"],
    ["chargeback.received", ofMollie({ id: "chb_1", paymentId: "tr_9" }), "dispute", money(4_995, "EUR"), "tr_9", "cst_1"],
    ["payment-link.paid", ofMollie({ id: "pl_1" }), "other", undefined, "pl_1", "cst_1"],
  ],
  "coinbase-commerce": [
    ["charge:confirmed", ofCoinbase({ local: { amount: "100.00", currency: "USD" } }), "payment.succeeded", money(10_000), "66BEOV2A"],
    ["charge:confirmed", ofCoinbase(), "payment.succeeded", undefined, "66BEOV2A"],
    ["charge:failed", ofCoinbase({ local: { amount: "1", currency: "USD" } }), "payment.failed", money(100), "66BEOV2A"],
    ["charge:pending", ofCoinbase({ local: { amount: "1", currency: "USD" } }), "other", undefined, "66BEOV2A"],
  ],
};

describe("Meanings of the catalog", () => {
  for (const [provider, cases] of Object.entries(rows))
    for (const [type, event, kind, amount, paymentReference, customerReference] of cases)
      it(`${provider}: ${type} is ${kind}`, () =>
        assert.deepEqual(meaningOf(descriptionOf(provider).meanings!, event, type), { kind, amount, paymentReference, customerReference }));

  const described = catalogProviders.filter((name) => descriptionOf(name).meanings !== undefined);

  it("are those of these providers, and each row has an event here", () => {
    assert.deepEqual(described, Object.keys(rows).sort());
    for (const name of described)
      for (const { types, kind } of descriptionOf(name).meanings!.rows)
        assert.ok(
          rows[name].some(([type, , found]) => found === kind && matchesType(type, types)),
          `${name}: ${types.join()} ${kind}`,
        );
  });

  it("are only of providers that sign the body", () => assert.ok(described.every((name) => signsBody(descriptionOf(name)))));
});
