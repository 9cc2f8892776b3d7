import * as assert from "node:assert/strict";
import { kinds, type Kind } from "../../../domain/event";
import type { CodedProvider } from "../../../domain/sources";
import type { Json } from "../../../handlers/request/json";
import { meaningOf } from "../../../handlers/sources/lib/meaning";
import { meanings, meaningsOf } from "../../../handlers/sources/meanings";

type Row = [type: string, object: object, kind: Kind, amount?: object, paymentReference?: string, customerReference?: string];

const money = (value: number, currency = "USD", exponent = 2) => ({ value, currency, exponent });
const jpy = { amount: 1500, currency: "JPY" };
const yen = money(1500, "JPY", 0);
const usd = (value: string) => ({ value, currency_code: "USD" });
const links = [{ rel: "self" }, { rel: "up", href: "https://api.paypal.com/v2/payments/captures/C9" }];
const [captured, refunded, refundedCharge] = [{ id: "C1" }, { order_id: 5 }, { id: "ch_1", amount: 100, amount_refunded: 40 }];
const transaction = { kind: "refund", status: "success", amount: "1.00", currency: "USD" };
const paidBy = (payment_intent: string) => ({ data: [{ payment: { type: "payment_intent", payment_intent } }] });
const [original, euros] = ["7914073381342284", money(1130, "EUR")];
const adyenItem = { pspReference: original, amount: { value: 1130, currency: "EUR" }, eventCode: "AUTHORISATION", success: "true" };

/** Builds an event of a type about an object, by provider. */
const eventOf: Partial<Record<CodedProvider, (type: string, object: object) => object>> = {
  stripe: (type, object) => ({ id: "evt_1", type, data: { object: { currency: "usd", ...object } } }),
  square: (type, object) => ({ event_id: "e1", type, data: { object } }),
  paypal: (event_type, resource) => ({ id: "WH-1", event_type, resource }),
  shopify: (_topic, object) => ({ currency: "USD", ...object }),
  adyen: (eventCode, item) => ({ notificationItems: [{ NotificationRequestItem: { ...adyenItem, eventCode, ...item } }] }),
};

const rows: Partial<Record<CodedProvider, Row[]>> = {
  stripe: [
    ["payment_intent.succeeded", { id: "pi_1", amount: 100, customer: "cus_1" }, "payment.succeeded", money(100), "pi_1", "cus_1"],
    ["payment_intent.succeeded", { id: "pi_1", amount: 1000, amount_received: 750 }, "payment.succeeded", money(750), "pi_1"],
    [
      "payment_intent.amount_capturable_updated",
      { id: "pi_1", status: "requires_capture", amount_capturable: 9 },
      "payment.authorized",
      money(9),
      "pi_1",
    ],
    ["payment_intent.payment_failed", { id: "pi_1", amount: 100 }, "payment.failed", money(100), "pi_1"],
    ["payment_intent.canceled", { id: "pi_1", amount: 100 }, "payment.canceled", money(100), "pi_1"],
    ["payment_intent.created", { id: "pi_1", amount: 100 }, "other", undefined, "pi_1"],
    ["charge.succeeded", { id: "ch_1", payment_intent: "pi_1", amount: 100 }, "payment.succeeded", money(100), "pi_1"],
    ["charge.succeeded", { id: "ch_1", captured: false, amount: 100, amount_captured: 0 }, "payment.authorized", money(100), "ch_1"],
    ["charge.succeeded", { id: "ch_1", captured: true, amount: 100, amount_captured: 60 }, "payment.succeeded", money(60), "ch_1"],
    ["charge.captured", { id: "ch_1", captured: true, amount: 100, amount_captured: 60 }, "payment.succeeded", money(60), "ch_1"],
    ["charge.failed", { id: "ch_1", amount: 100 }, "payment.failed", money(100), "ch_1"],
    ["charge.expired", { id: "ch_1", amount: 100 }, "payment.canceled", money(100), "ch_1"],
    ["charge.refunded", { id: "ch_1", amount: 100, amount_refunded: 40 }, "refund", money(40), "ch_1"],
    ["charge.refunded", { id: "ch_1", captured: false, amount_captured: 0, amount_refunded: 40 }, "payment.canceled", money(40), "ch_1"],
    ["charge.refunded", { ...refundedCharge, refunds: { data: [{ status: "succeeded" }] } }, "refund", money(40), "ch_1"],
    ["charge.refunded", { ...refundedCharge, refunds: { data: [{ status: "pending" }] } }, "other", undefined, "ch_1"],
    ["refund.created", { id: "re_1", charge: "ch_1", amount: 40, status: "succeeded" }, "refund", money(40), "ch_1"],
    ["refund.created", { id: "re_1", charge: "ch_1", amount: 40, status: "pending" }, "other", undefined, "ch_1"],
    ["refund.updated", { id: "re_1", charge: "ch_1", amount: 40, status: "succeeded" }, "other", undefined, "ch_1"],
    ["charge.refund.updated", { id: "re_1", charge: "ch_1", amount: 40, status: "failed" }, "refund.failed", money(40), "ch_1"],
    ["refund.failed", { id: "re_1", payment_intent: "pi_1", amount: 40, status: "failed" }, "refund.failed", money(40), "pi_1"],
    ["charge.dispute.created", { id: "dp_1", charge: "ch_1", amount: 100 }, "dispute", money(100), "ch_1"],
    ["invoice.paid", { id: "in_1", amount_paid: 70, amount_due: 90 }, "payment.succeeded", money(70), "in_1"],
    ["invoice.paid", { id: "in_1", amount_paid: 0, amount_due: 0 }, "other", undefined, "in_1"],
    ["invoice.paid", { id: "in_1", amount_paid: 70, paid_out_of_band: true }, "other", undefined, "in_1"],
    ["invoice.paid", { id: "in_1", amount_paid: 70, payment_intent: "pi_1" }, "payment.succeeded", money(70), "pi_1"],
    ["invoice.paid", { id: "in_1", amount_paid: 70, payments: paidBy("pi_2") }, "payment.succeeded", money(70), "pi_2"],
    ["invoice.payment_failed", { id: "in_1", amount_paid: 0, amount_due: 90 }, "payment.failed", money(90), "in_1"],
    ["checkout.session.completed", { id: "cs_1", payment_status: "paid", amount_total: 5 }, "payment.succeeded", money(5), "cs_1"],
    ["checkout.session.completed", { id: "cs_1", payment_status: "paid", amount_total: 0 }, "other", undefined, "cs_1"],
    ["checkout.session.completed", { id: "cs_1", payment_status: "unpaid", amount_total: 5 }, "other", undefined, "cs_1"],
    ["checkout.session.async_payment_succeeded", { id: "cs_1", amount_total: 5 }, "payment.succeeded", money(5), "cs_1"],
    ["checkout.session.async_payment_failed", { id: "cs_1", amount_total: 5 }, "payment.failed", money(5), "cs_1"],
    ["payout.paid", { id: "po_1", amount: 5 }, "payout", money(5), "po_1"],
    ["payout.paid", { id: "po_1", amount: -5 }, "payout", undefined, "po_1"],
    ["payout.failed", { id: "po_1", amount: 5 }, "other", undefined, "po_1"],
    ["customer.created", { id: "cus_1" }, "other"],
    ["charge.succeeded", { id: "1", amount: 500, currency: "jpy" }, "payment.succeeded", money(500, "JPY", 0), "1"],
    ["charge.succeeded", { id: "1", amount: 5120, currency: "kwd" }, "payment.succeeded", money(5120, "KWD", 3), "1"],
    ["charge.succeeded", { id: "1", amount: 500, currency: "ugx" }, "payment.succeeded", money(5, "UGX", 0), "1"],
    ["charge.succeeded", { id: "1", amount: 500, currency: "isk" }, "payment.succeeded", money(5, "ISK", 0), "1"],
    ["charge.succeeded", { id: "1", amount: 500, currency: "mga" }, "payment.succeeded", money(50_000, "MGA"), "1"],
    ["charge.succeeded", { id: "1", amount: 501, currency: "ugx" }, "payment.succeeded", undefined, "1"],
  ],
  square: [
    [
      "payment.updated",
      { payment: { status: "COMPLETED", customer_id: "c", amount_money: jpy } },
      "payment.succeeded",
      yen,
      undefined,
      "c",
    ],
    [
      "payment.updated",
      { payment: { id: "p", status: "COMPLETED", total_money: jpy, amount_money: { amount: 1, currency: "JPY" } } },
      "payment.succeeded",
      yen,
      "p",
    ],
    ["payment.updated", { payment: { id: "p", status: "COMPLETED", amount_money: jpy, refunded_money: jpy } }, "other", undefined, "p"],
    ["payment.created", { payment: { id: "p", status: "APPROVED", amount_money: jpy } }, "payment.authorized", yen, "p"],
    ["payment.updated", { payment: { id: "p", status: "FAILED", amount_money: jpy } }, "payment.failed", yen, "p"],
    ["payment.updated", { payment: { id: "p", status: "CANCELED" } }, "payment.canceled", undefined, "p"],
    ["payment.updated", { payment: { id: "p" } }, "other", undefined, "p"],
    ["refund.updated", { refund: { id: "r", status: "COMPLETED", payment_id: "p", amount_money: jpy } }, "refund", yen, "p"],
    ["refund.created", { refund: { id: "r", status: "PENDING", payment_id: "p", amount_money: jpy } }, "other", undefined, "p"],
    ["refund.updated", { refund: { id: "r", status: "REJECTED", payment_id: "p", amount_money: jpy } }, "refund.failed", yen, "p"],
    ["dispute.created", { dispute: { amount_money: jpy, disputed_payment: { payment_id: "p" } } }, "dispute", yen, "p"],
    ["dispute.state.updated", { dispute: { disputed_payments: [{ payment_id: "p" }] } }, "dispute", undefined, "p"],
    ["payout.paid", { payout: { id: "po", amount_money: jpy } }, "payout", yen, "po"],
    ["payout.paid", { payout: { id: "po", amount_money: { amount: 457, currency_code: "EUR" } } }, "payout", money(457, "EUR"), "po"],
    ["inventory.count.updated", { payment: { status: "COMPLETED" } }, "other"],
  ],
  paypal: [
    ["PAYMENT.CAPTURE.COMPLETED", { amount: usd("12.34"), payer: { payer_id: "P" } }, "payment.succeeded", money(1234), undefined, "P"],
    ["PAYMENT.SALE.COMPLETED", { id: "S1", amount: { total: "20.00", currency: "USD" } }, "payment.succeeded", money(2000), "S1"],
    ["PAYMENT.AUTHORIZATION.CREATED", { id: "A1", amount: usd("2") }, "payment.authorized", money(200), "A1"],
    ["PAYMENT.AUTHORIZATION.CREATED", { id: "A1", status: "CREATED", amount: usd("2") }, "payment.authorized", money(200), "A1"],
    ["PAYMENT.AUTHORIZATION.CREATED", { id: "A1", state: "authorized", amount: usd("2") }, "payment.authorized", money(200), "A1"],
    ["PAYMENT.AUTHORIZATION.CREATED", { id: "A1", status: "PENDING", amount: usd("2") }, "other", undefined, "A1"],
    ["PAYMENT.AUTHORIZATION.CREATED", { id: "A1", state: "pending", amount: usd("2") }, "other", undefined, "A1"],
    ["PAYMENT.AUTHORIZATION.VOIDED", { id: "A1", amount: usd("2") }, "payment.canceled", money(200), "A1"],
    ["PAYMENT.CAPTURE.PENDING", { id: "C1", amount: usd("2") }, "other", undefined, "C1"],
    [
      "PAYMENT.CAPTURE.DENIED",
      { ...captured, amount: { ...usd("1000"), currency_code: "JPY" } },
      "payment.failed",
      money(1000, "JPY", 0),
      "C1",
    ],
    [
      "PAYMENT.CAPTURE.COMPLETED",
      { ...captured, amount: { ...usd("10"), currency_code: "HUF" } },
      "payment.succeeded",
      money(1000, "HUF"),
      "C1",
    ],
    ["PAYMENT.CAPTURE.COMPLETED", { ...captured, amount: usd("-0.50") }, "payment.succeeded", undefined, "C1"],
    ["PAYMENT.CAPTURE.COMPLETED", { ...captured, amount: usd("1.005") }, "payment.succeeded", undefined, "C1"],
    ["PAYMENT.CAPTURE.COMPLETED", { ...captured, amount: usd("1e3") }, "payment.succeeded", undefined, "C1"],
    ["PAYMENT.CAPTURE.COMPLETED", { ...captured, amount: { ...usd("1"), currency_code: "XXZ" } }, "payment.succeeded", undefined, "C1"],
    ["PAYMENT.CAPTURE.REFUNDED", { id: "R1", status: "COMPLETED", amount: usd("1.00"), links }, "refund", money(100), "C9"],
    ["PAYMENT.CAPTURE.REFUNDED", { id: "R1", state: "completed", capture_id: "C8", amount: usd("1.00") }, "refund", money(100), "C8"],
    ["PAYMENT.CAPTURE.REFUNDED", { id: "R1", status: "PENDING", amount: usd("1.00"), links }, "other", undefined, "C9"],
    ["PAYMENT.CAPTURE.REFUNDED", { id: "R1", status: "FAILED", amount: usd("1.00"), links }, "refund.failed", money(100), "C9"],
    [
      "PAYMENT.SALE.REFUNDED",
      { id: "R1", sale_id: "S9", state: "completed", amount: { total: "-1.00", currency: "USD" } },
      "refund",
      money(100),
      "S9",
    ],
    ["BILLING.SUBSCRIPTION.PAYMENT.FAILED", { id: "I-1", subscriber: { payer_id: "P1" } }, "payment.failed", undefined, "I-1", "P1"],
    ["CUSTOMER.DISPUTE.CREATED", { dispute_amount: usd("5.00") }, "dispute", money(500)],
    ["CUSTOMER.DISPUTE.X", { disputed_transactions: [{ seller_transaction_id: "T1" }] }, "dispute", undefined, "T1"],
    [
      "PAYMENT.PAYOUTS-ITEM.SUCCEEDED",
      { payout_item_id: "I1", payout_item: { amount: { value: "9.87", currency: "USD" } } },
      "payout",
      money(987),
      "I1",
    ],
    ["CATALOG.PRODUCT.CREATED", { id: "X1" }, "other"],
  ],
  shopify: [
    ["orders/paid", { id: 5, financial_status: "paid", total_price: "12.34" }, "payment.succeeded", money(1234), "5"],
    ["orders/paid", { id: 5, financial_status: "paid", total_price: "0.00" }, "other", undefined, "5"],
    ["orders/paid", { financial_status: "paid", customer: { id: 9 } }, "payment.succeeded", undefined, undefined, "9"],
    ["orders/create", { id: 5, total_price: "12.34" }, "other", undefined, "5"],
    ["refunds/create", { ...refunded, transactions: [transaction] }, "refund", money(100), "5"],
    [
      "refunds/create",
      { ...refunded, transactions: [transaction, { ...transaction, amount: "0.50" }, { ...transaction, status: "pending" }] },
      "refund",
      money(150),
      "5",
    ],
    ["refunds/create", { ...refunded, transactions: [transaction, { ...transaction, currency: "EUR" }] }, "refund", undefined, "5"],
    ["refunds/create", { ...refunded, transactions: [{ ...transaction, status: "failure" }] }, "refund.failed", money(100), "5"],
    ["order_transactions/create", { ...transaction, order_id: 5 }, "refund", money(100), "5"],
    ["order_transactions/create", { ...transaction, order_id: 5, kind: "authorization" }, "payment.authorized", money(100), "5"],
    ["order_transactions/create", { ...transaction, order_id: 5, kind: "capture" }, "payment.succeeded", money(100), "5"],
    ["order_transactions/create", { ...transaction, order_id: 5, kind: "sale", status: "error" }, "payment.failed", money(100), "5"],
    ["order_transactions/create", { ...transaction, order_id: 5, kind: "void" }, "payment.canceled", money(100), "5"],
    ["disputes/create", { ...refunded, type: "chargeback", amount: "11.50" }, "dispute", money(1150), "5"],
    ["disputes/update", { ...refunded, type: "inquiry", amount: "11.50" }, "dispute", money(1150), "5"],
  ],
  adyen: [
    ["AUTHORISATION", {}, "payment.authorized", euros, original],
    ["AUTHORISATION", { success: "false" }, "payment.failed", euros, original],
    ["AUTHORISATION", { amount: { value: 0, currency: "EUR" } }, "other", undefined, original],
    ["CAPTURE", { originalReference: "P1" }, "payment.succeeded", euros, "P1"],
    ["CAPTURE_FAILED", { originalReference: "P1" }, "payment.failed", euros, "P1"],
    ["CANCELLATION", { originalReference: "P1" }, "payment.canceled", euros, "P1"],
    ["CANCEL_OR_REFUND", { originalReference: "P1" }, "other", undefined, "P1"],
    ["REFUND", { originalReference: "P1" }, "refund", euros, "P1"],
    ["REFUND", { success: "false" }, "refund.failed", euros, original],
    ["REFUND_FAILED", { originalReference: "P1" }, "refund.failed", euros, "P1"],
    ["CHARGEBACK", { originalReference: "P1" }, "dispute", euros, "P1"],
    ["ISSUER_COMMENTS", { originalReference: "P1" }, "dispute", euros, "P1"],
    ["PREARBITRATION_OPEN", { originalReference: "P1" }, "dispute", euros, "P1"],
    ["SCHEME_ARBITRATION", { originalReference: "P1" }, "dispute", euros, "P1"],
    ["SCHEME_ARBITRATION_WON", { originalReference: "P1" }, "dispute", euros, "P1"],
    ["NOTIFICATION_OF_FRAUD", { originalReference: "P1" }, "other", undefined, "P1"],
    ["PAYOUT_THIRDPARTY", {}, "payout", euros, original],
    ["REPORT_AVAILABLE", {}, "other", undefined, original],
    ["AUTHORISATION", { amount: { value: 1000, currency: "ISK" } }, "payment.authorized", money(10, "ISK", 0), original],
  ],
};

for (const [provider, all] of Object.entries(rows) as [CodedProvider, Row[]][])
  describe(`An event of ${provider}`, () => {
    for (const [type, object, kind, amount, paymentReference, customerReference] of all)
      it(`${type} ${JSON.stringify(object)} means ${kind}`, () => {
        const meaning = meaningOf(meanings[provider], eventOf[provider]!(type, object) as Json, type);
        assert.deepEqual(meaning, { kind, amount, paymentReference, customerReference });
      });

    it("of unexpected form has a kind, but no amount", () => {
      for (const type of [...all.map(([known]) => known), "constructor", ""])
        for (const odd of [
          {},
          { type: 5 },
          { data: null },
          { data: { object: [] } },
          { resource: { links: [null, 5, { rel: "up", href: "x" }] } },
        ]) {
          const { kind, amount } = meaningOf(meanings[provider], { type, event_type: type, ...odd }, type);
          assert.ok(kinds.includes(kind), `${type} ${JSON.stringify(odd)}: ${kind}`);
          assert.equal(amount, undefined);
        }
    });
  });

describe("An event of a provider without payments", () => {
  for (const provider of ["github", "slack", "twilio", "standard-webhooks", "zoom", "custom"])
    it(`like ${provider} means other`, () =>
      assert.equal(meaningOf(meaningsOf(provider), { type: "charge.failed" }, "charge.failed").kind, "other"));
});
