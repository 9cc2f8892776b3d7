import * as assert from "node:assert/strict";
import Stripe from "stripe";
import { kinds } from "../../../domain/event";
import { stripe } from "../../../handlers/sources/stripe";
import type { Json } from "../../../handlers/request/json";
import { webhookRequest } from "../../../testbed/handlers";

const now = new Date("2026-01-31T12:00:00Z");
const seconds = Math.floor(now.getTime() / 1000);
const body = '{"id":"evt_1","name":"Zoë €"}';
const secret = "whsec_test";

/** What Stripe's own library signs. */
function header(options: { timestamp?: number; secret?: string; payload?: string; scheme?: string } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds, ...options });
}
const verify = (signature: string | undefined, { payload = body, secrets = [secret] } = {}) => {
  const headers: Record<string, string> = signature === undefined ? {} : { "stripe-signature": signature };
  return stripe.verify(
    webhookRequest(Buffer.from(payload), headers),
    secrets.map((one) => ({ secret: one })),
    now,
  );
};
const refuses = (reason: string, signature: string | undefined, options?: Parameters<typeof verify>[1]) =>
  assert.throws(() => verify(signature, options), { name: "Refusal", status: 401, reason });

const identify = (event: Json) => stripe.identify(event, webhookRequest(Buffer.alloc(0), {}));
const normalize = (event: Json) => stripe.normalize(event, "");

describe("A Stripe signature", () => {
  it("by Stripe's own library is accepted", () => verify(header()));
  it("of an altered body is refused", () => refuses("mismatch", header(), { payload: `${body} ` }));
  it("with another secret is refused", () => refuses("mismatch", header({ secret: "whsec_other" })));
  it("by either of two secrets is accepted", () => {
    verify(header({ secret: "whsec_old" }), { secrets: [secret, "whsec_old"] });
    verify(header(), { secrets: [secret, "whsec_old"] });
  });
  it("is found among several of v1", () => {
    verify(header().replace("v1=", `v1=${"0".repeat(64)},v1=`));
    verify(`${header()},v1=${"0".repeat(64)},v1`);
  });
  for (const [what, change] of [
    ["a = after it", (text: string) => `${text}=`],
    ["a = and more after it", (text: string) => `${text}=x`],
    ["a space after it", (text: string) => `${text} `],
    ["a space before its time", (text: string) => ` ${text}`],
    ["a space before its name", (text: string) => text.replace(",v1", ", v1")],
    ["a comma after it", (text: string) => `${text},`],
    ["itself after it", (text: string) => `${text},${text.split(",")[1]}`],
  ] as const) {
    it(`with ${what} is another text, and refused`, () => refuses("mismatch", change(header())));
  }
  it("of scheme v0 is ignored", () => refuses("mismatch", header({ scheme: "v0" })));
  it("that is missing is refused", () => refuses("no signature", undefined));
  for (const signature of [
    "garbage",
    "t=,v1=00",
    "v1=00",
    `t=x,v1=${"0".repeat(64)}`,
    header().replace("t=", "t=1,t="),
    `t=-${seconds},v1=00`,
  ]) {
    it(`of the form ${signature.slice(0, 20)} is refused`, () => refuses("malformed time", signature));
  }
  for (const v1 of ["", "00", "zz".repeat(32), "0".repeat(64)]) {
    it(`that is "${v1.slice(0, 6)}" (${v1.length} characters) is refused`, () => refuses("mismatch", `t=${seconds},v1=${v1}`));
  }

  for (const offset of [-300, 300]) {
    it(`signed ${offset} s from now is accepted`, () => verify(header({ timestamp: seconds + offset })));
    it(`signed ${offset + Math.sign(offset)} s from now is refused`, () =>
      refuses("stale", header({ timestamp: seconds + offset + Math.sign(offset) })));
  }

  it("of another time than the header says is refused", () => refuses("mismatch", header().replace(`t=${seconds}`, `t=${seconds - 1}`)));
});

describe("A Stripe secret", () => {
  it("is an object with the signing secret", () => assert.deepEqual(stripe.parseCredential({ secret: "whsec_1" }), { secret: "whsec_1" }));
  for (const value of [{}, { secret: "" }, { secret: 1 }, null, "whsec_1"]) {
    it(`is not ${JSON.stringify(value)}`, () => assert.throws(() => stripe.parseCredential(value)));
  }
});

describe("A Stripe event", () => {
  it("is identified by its id, with type and time", () => {
    assert.deepEqual(identify({ id: "evt_1", type: "charge.failed", created: 1_700_000_000 }), {
      eventId: "evt_1",
      eventType: "charge.failed",
      occurredAt: "2023-11-14T22:13:20.000Z",
    });
  });
  it("may lack type and time", () => {
    assert.deepEqual(identify({ id: "evt_1", created: "soon" }), { eventId: "evt_1", eventType: "unknown", occurredAt: undefined });
    assert.equal(identify({ id: "evt_1", created: 1e300 })!.occurredAt, undefined);
  });
  it("without an id is none", () => assert.equal(identify({ type: "x" }), undefined));

  const money = (value: number, currency = "USD", exponent = 2) => ({ value, currency, exponent });
  const rows: [string, object, string, object | undefined, string | undefined, string | undefined][] = [
    [
      "payment_intent.succeeded",
      { id: "pi_1", amount: 100, currency: "usd", customer: "cus_1" },
      "payment.succeeded",
      money(100),
      "pi_1",
      "cus_1",
    ],
    ["payment_intent.payment_failed", { id: "pi_1", amount: 100, currency: "usd" }, "payment.failed", money(100), "pi_1", undefined],
    [
      "charge.succeeded",
      { id: "ch_1", payment_intent: "pi_1", amount: 100, currency: "usd" },
      "payment.succeeded",
      money(100),
      "pi_1",
      undefined,
    ],
    ["charge.failed", { id: "ch_1", amount: 100, currency: "usd" }, "payment.failed", money(100), "ch_1", undefined],
    ["charge.refunded", { id: "ch_1", amount: 100, amount_refunded: 40, currency: "usd" }, "refund", money(40), "ch_1", undefined],
    ["refund.created", { id: "re_1", charge: "ch_1", amount: 40, currency: "usd" }, "refund", money(40), "ch_1", undefined],
    ["charge.refund.updated", { id: "re_1", charge: "ch_1", amount: 40, currency: "usd" }, "refund", money(40), "ch_1", undefined],
    ["charge.dispute.created", { id: "dp_1", charge: "ch_1", amount: 100, currency: "usd" }, "dispute", money(100), "ch_1", undefined],
    ["invoice.paid", { id: "in_1", amount_paid: 70, amount_due: 90, currency: "usd" }, "payment.succeeded", money(70), "in_1", undefined],
    [
      "invoice.payment_failed",
      { id: "in_1", amount_paid: 0, amount_due: 90, currency: "usd" },
      "payment.failed",
      money(90),
      "in_1",
      undefined,
    ],
    [
      "checkout.session.async_payment_succeeded",
      { id: "cs_1", amount_total: 5, currency: "usd" },
      "payment.succeeded",
      money(5),
      "cs_1",
      undefined,
    ],
    [
      "checkout.session.async_payment_failed",
      { id: "cs_1", amount_total: 5, currency: "usd" },
      "payment.failed",
      money(5),
      "cs_1",
      undefined,
    ],
    ["customer.created", { id: "cus_1" }, "other", undefined, "cus_1", undefined],
    [
      "payment_intent.succeeded",
      { id: "pi_1", amount: 500, currency: "jpy" },
      "payment.succeeded",
      money(500, "JPY", 0),
      "pi_1",
      undefined,
    ],
    [
      "payment_intent.succeeded",
      { id: "pi_1", amount: 5120, currency: "kwd" },
      "payment.succeeded",
      money(5120, "KWD", 3),
      "pi_1",
      undefined,
    ],
    ["payment_intent.succeeded", { id: "pi_1", amount: 500, currency: "ugx" }, "payment.succeeded", money(5, "UGX", 0), "pi_1", undefined],
    ["payment_intent.succeeded", { id: "pi_1", amount: 500, currency: "isk" }, "payment.succeeded", money(5, "ISK", 0), "pi_1", undefined],
    [
      "payment_intent.succeeded",
      { id: "pi_1", amount: 500, currency: "mga" },
      "payment.succeeded",
      money(50_000, "MGA", 2),
      "pi_1",
      undefined,
    ],
    ["payment_intent.succeeded", { id: "pi_1", amount: 501, currency: "ugx" }, "payment.succeeded", undefined, "pi_1", undefined],
  ];
  for (const [type, object, kind, amount, paymentReference, customerReference] of rows) {
    it(`${type} ${JSON.stringify(object)} means ${kind}`, () => {
      assert.deepEqual(normalize({ id: "evt_1", type, data: { object } }), { kind, amount, paymentReference, customerReference });
    });
  }

  for (const event of [
    {},
    { type: 5 },
    { type: "charge.refunded" },
    { type: "invoice.paid", data: null },
    { type: "x", data: { object: [] } },
    { type: "constructor" },
  ]) {
    it(`of odd form (${JSON.stringify(event)}) has a kind all the same`, () => {
      const { kind, amount } = normalize(event);
      assert.ok(kinds.includes(kind), String(kind));
      assert.equal(amount, undefined);
    });
  }
});
