import * as assert from "node:assert/strict";
import { kinds } from "../../../../domain/event";
import { paypal } from "../../../../handlers/sources/paypal/index";
import type { Json } from "../../../../handlers/request/json";
import { webhookRequest } from "../../../../testbed/handlers";

const identify = (event: Json) => paypal.identify(event, webhookRequest(Buffer.alloc(0), {}));
const normalize = (event: Json) => paypal.normalize(event, "");

describe("A PayPal secret", () => {
  it("is the webhook's id, with or without a certificate", () => {
    const certificate = "-----BEGIN CERTIFICATE-----";
    assert.deepEqual(paypal.parseCredential({ webhookId: "W1" }), { webhookId: "W1" });
    assert.deepEqual(paypal.parseCredential({ webhookId: "W1", certificate }), { webhookId: "W1", certificate });
  });
  for (const value of [{}, { webhookId: "" }, { webhookId: "W1", certificate: "x" }, null]) {
    it(`is not ${JSON.stringify(value)}`, () => assert.throws(() => paypal.parseCredential(value)));
  }
});

describe("A PayPal event", () => {
  it("is identified by its id, with type and time", () => {
    assert.deepEqual(identify({ id: "WH-1", event_type: "X", create_time: "2026-01-31T12:00:00Z" }), {
      eventId: "WH-1",
      eventType: "X",
      occurredAt: "2026-01-31T12:00:00.000Z",
    });
    assert.deepEqual(identify({ id: "WH-1" }), { eventId: "WH-1", eventType: "unknown", occurredAt: undefined });
  });
  it("without an id is none", () => assert.equal(identify({ event_id: "WH-1" }), undefined));

  const money = (value: number, currency: string, exponent: number) => ({ value, currency, exponent });
  const rows: [string, object, string, object | undefined, string | undefined, string | undefined][] = [
    [
      "PAYMENT.CAPTURE.COMPLETED",
      { id: "C1", amount: { value: "12.34", currency_code: "GBP" }, payer: { payer_id: "P1" } },
      "payment.succeeded",
      money(1234, "GBP", 2),
      "C1",
      "P1",
    ],
    [
      "PAYMENT.SALE.COMPLETED",
      { id: "S1", amount: { total: "20.00", currency: "USD" } },
      "payment.succeeded",
      money(2000, "USD", 2),
      "S1",
      undefined,
    ],
    [
      "PAYMENT.CAPTURE.DENIED",
      { id: "C1", amount: { value: "1000", currency_code: "JPY" } },
      "payment.failed",
      money(1000, "JPY", 0),
      "C1",
      undefined,
    ],
    [
      "PAYMENT.CAPTURE.COMPLETED",
      { id: "C1", amount: { value: "1000", currency_code: "HUF" } },
      "payment.succeeded",
      money(100_000, "HUF", 2),
      "C1",
      undefined,
    ],
    [
      "PAYMENT.CAPTURE.COMPLETED",
      { id: "C1", amount: { value: "-0.50", currency_code: "USD" } },
      "payment.succeeded",
      money(-50, "USD", 2),
      "C1",
      undefined,
    ],
    [
      "PAYMENT.CAPTURE.COMPLETED",
      { id: "C1", amount: { value: "1.005", currency_code: "USD" } },
      "payment.succeeded",
      undefined,
      "C1",
      undefined,
    ],
    [
      "PAYMENT.CAPTURE.COMPLETED",
      { id: "C1", amount: { value: "1e3", currency_code: "USD" } },
      "payment.succeeded",
      undefined,
      "C1",
      undefined,
    ],
    [
      "PAYMENT.CAPTURE.COMPLETED",
      { id: "C1", amount: { value: "1.00", currency_code: "XXZ" } },
      "payment.succeeded",
      undefined,
      "C1",
      undefined,
    ],
    [
      "PAYMENT.CAPTURE.REFUNDED",
      {
        id: "R1",
        amount: { value: "1.00", currency_code: "USD" },
        links: [{ rel: "self" }, { rel: "up", href: "https://api.paypal.com/v2/payments/captures/C9" }],
      },
      "refund",
      money(100, "USD", 2),
      "C9",
      undefined,
    ],
    [
      "PAYMENT.SALE.REFUNDED",
      { id: "R1", sale_id: "S9", amount: { total: "1.00", currency: "USD" } },
      "refund",
      money(100, "USD", 2),
      "S9",
      undefined,
    ],
    ["BILLING.SUBSCRIPTION.PAYMENT.FAILED", { id: "I-1", subscriber: { payer_id: "P1" } }, "payment.failed", undefined, "I-1", "P1"],
    [
      "CUSTOMER.DISPUTE.CREATED",
      { dispute_amount: { value: "5.00", currency_code: "EUR" }, disputed_transactions: [{ seller_transaction_id: "T1" }] },
      "dispute",
      money(500, "EUR", 2),
      "T1",
      undefined,
    ],
    ["CATALOG.PRODUCT.CREATED", { id: "X1" }, "other", undefined, "X1", undefined],
  ];
  for (const [event_type, resource, kind, amount, paymentReference, customerReference] of rows) {
    it(`${event_type} ${JSON.stringify(resource)} means ${kind}`, () => {
      assert.deepEqual(normalize({ id: "WH-1", event_type, resource }), { kind, amount, paymentReference, customerReference });
    });
  }

  for (const event of [
    {},
    { event_type: "CUSTOMER.DISPUTE.X" },
    { event_type: "constructor", resource: [] },
    { resource: { links: [null, 5, { rel: "up", href: "x" }] } },
  ]) {
    it(`of odd form (${JSON.stringify(event)}) has a kind all the same`, () => {
      const { kind, amount } = normalize(event);
      assert.ok(kinds.includes(kind), String(kind));
      assert.equal(amount, undefined);
    });
  }
});
