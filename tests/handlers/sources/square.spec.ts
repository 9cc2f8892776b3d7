import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { WebhooksHelper } from "square";
import { kinds } from "../../../domain/event";
import { square } from "../../../handlers/sources/square";
import type { Json } from "../../../handlers/request/json";
import { webhookRequest } from "../../../testbed/handlers";

const body = '{"event_id":"e1","name":"Zoë €"}';
const notificationUrl = "https://example.com/webhook/square";
const signatureKey = "key";
const credential = { signatureKey, notificationUrl };
const signed = (key = signatureKey, url = notificationUrl, payload = body) =>
  createHmac("sha256", key)
    .update(url + payload)
    .digest("base64");

const verify = (signature: string | undefined, payload = body, credentials = [credential]) => {
  const headers: Record<string, string> = signature === undefined ? {} : { "x-square-hmacsha256-signature": signature };
  return square.verify(webhookRequest(Buffer.from(payload), headers), credentials, new Date());
};
const accepts = (signature: string, payload = body) => {
  try {
    verify(signature, payload);
    return true;
  } catch {
    return false;
  }
};
const refuses = (reason: string, signature: string | undefined, payload?: string) =>
  assert.throws(() => verify(signature, payload), { name: "Refusal", status: 401, reason });

const identify = (event: Json) => square.identify(event, webhookRequest(Buffer.alloc(0), {}));
const normalize = (event: Json) => square.normalize(event, "");

describe("A Square signature", () => {
  const rows: [string, string, string][] = [
    ["as it should be", signed(), body],
    ["of an altered body", signed(), `${body} `],
    ["with another key", signed("other"), body],
    ["for another URL", signed(signatureKey, `${notificationUrl}/`), body],
    ["of another body", signed(signatureKey, notificationUrl, "{}"), body],
  ];
  for (const [what, signature, payload] of rows) {
    it(`${what} is judged as Square's own library judges it`, async () => {
      const theirs = await WebhooksHelper.verifySignature({
        requestBody: payload,
        signatureHeader: signature,
        signatureKey,
        notificationUrl,
      });
      assert.equal(accepts(signature, payload), theirs);
      assert.equal(theirs, what === "as it should be");
    });
  }

  it("that is missing is refused", () => refuses("no signature", undefined));
  it("that does not match is refused", () => refuses("mismatch", signed("other")));
  for (const signature of ["AAAA", signed().slice(0, -1), `${signed()}=`, ` ${signed()}`, createHmac("sha256", "k").digest("hex")]) {
    it(`of the form "${signature}" is refused like any other`, () => refuses("mismatch", signature));
  }
  it("by either of two keys is accepted", () => {
    verify(signed("old"), body, [credential, { signatureKey: "old", notificationUrl }]);
    verify(signed(), body, [credential, { signatureKey: "old", notificationUrl }]);
  });
});

describe("A Square secret", () => {
  it("is key and URL", () => assert.deepEqual(square.parseCredential(credential), credential));
  for (const value of [{}, { signatureKey }, { signatureKey: "", notificationUrl }, { signatureKey, notificationUrl: "square" }]) {
    it(`is not ${JSON.stringify(value)}`, () => assert.throws(() => square.parseCredential(value)));
  }
});

describe("A Square event", () => {
  it("is identified by its event id, with type and time", () => {
    assert.deepEqual(identify({ event_id: "e1", type: "payment.updated", created_at: "2026-01-31T12:00:00Z" }), {
      eventId: "e1",
      eventType: "payment.updated",
      occurredAt: "2026-01-31T12:00:00.000Z",
    });
    assert.deepEqual(identify({ event_id: "e1" }), { eventId: "e1", eventType: "unknown", occurredAt: undefined });
  });
  it("without an id is none", () => assert.equal(identify({ id: "e1" }), undefined));

  const amount_money = { amount: 1500, currency: "JPY" };
  const yen = { value: 1500, currency: "JPY", exponent: 0 };
  const rows: [string, object, object][] = [
    [
      "payment.updated",
      { payment: { id: "p1", status: "COMPLETED", customer_id: "c1", amount_money, total_money: { amount: 1600, currency: "JPY" } } },
      { kind: "payment.succeeded", amount: { ...yen, value: 1600 }, paymentReference: "p1", customerReference: "c1" },
    ],
    [
      "payment.created",
      { payment: { id: "p1", status: "APPROVED", amount_money } },
      { kind: "other", amount: yen, paymentReference: "p1", customerReference: undefined },
    ],
    [
      "payment.updated",
      { payment: { id: "p1", status: "FAILED", amount_money } },
      { kind: "payment.failed", amount: yen, paymentReference: "p1", customerReference: undefined },
    ],
    [
      "payment.updated",
      { payment: { id: "p1", status: "CANCELED" } },
      { kind: "payment.failed", amount: undefined, paymentReference: "p1", customerReference: undefined },
    ],
    [
      "refund.updated",
      { refund: { id: "r1", payment_id: "p1", amount_money } },
      { kind: "refund", amount: yen, paymentReference: "p1", customerReference: undefined },
    ],
    [
      "dispute.created",
      { dispute: { amount_money, disputed_payment: { payment_id: "p1" } } },
      { kind: "dispute", amount: yen, paymentReference: "p1", customerReference: undefined },
    ],
    [
      "dispute.state.updated",
      { dispute: { disputed_payments: [{ payment_id: "p2" }] } },
      { kind: "dispute", amount: undefined, paymentReference: "p2", customerReference: undefined },
    ],
    [
      "inventory.count.updated",
      { payment: { status: "COMPLETED" } },
      { kind: "other", amount: undefined, paymentReference: undefined, customerReference: undefined },
    ],
  ];
  for (const [type, object, meaning] of rows) {
    it(`${type} ${JSON.stringify(object)} means ${JSON.stringify(meaning)}`, () => {
      assert.deepEqual(normalize({ event_id: "e1", type, data: { object } }), meaning);
    });
  }

  for (const event of [
    {},
    { type: "refund.created" },
    { type: "dispute.created", data: [] },
    { type: "payment.updated", data: { object: { payment: { status: "constructor" } } } },
  ]) {
    it(`of odd form (${JSON.stringify(event)}) has a kind all the same`, () => {
      const { kind, amount } = normalize(event);
      assert.ok(kinds.includes(kind), String(kind));
      assert.equal(amount, undefined);
    });
  }
});
