import "@shopify/shopify-api/adapters/node";
import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { parseBody } from "../../../handlers/request/body";
import { meaningOf } from "../../../handlers/sources/lib/meaning";
import { shopify, shopifyMeanings } from "../../../handlers/sources/shopify";
import { webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

const secret = "hush";
const body = '{"id":1,"name":"Zoë €"}';
const topicHeaders = { "x-shopify-topic": "orders/paid", "x-shopify-shop-domain": "example.myshopify.com" };
const mac = (key = secret, payload = body) => createHmac("sha256", key).update(payload).digest("base64");
const verify = (signature: string, payload = body) =>
  shopify.verify(webhookRequest(Buffer.from(payload), { ...topicHeaders, "x-shopify-hmac-sha256": signature }), [{ secret }], new Date());

describe("A Shopify signature", () => {
  const api = shopifyApi({
    apiKey: "key",
    apiSecretKey: secret,
    apiVersion: ApiVersion.January26,
    hostName: "example.com",
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error, log: () => {} },
  });
  const theirs = async (signature: string, payload: string) => {
    const headers = {
      "X-Shopify-Hmac-Sha256": signature,
      "X-Shopify-Topic": "orders/paid",
      "X-Shopify-Shop-Domain": "example.myshopify.com",
      "X-Shopify-API-Version": "2026-01",
      "X-Shopify-Webhook-Id": "1",
      "X-Shopify-Event-Id": "2",
    };
    return (await api.webhooks.validate({ rawBody: payload, rawRequest: { headers } })).valid;
  };

  for (const [what, signature, payload, expected] of [
    ["as it should be", mac(), body, true],
    ["of an altered body", mac(), `${body} `, false],
    ["with another secret", mac("other"), body, false],
    ["in hexadecimal", createHmac("sha256", secret).update(body).digest("hex"), body, false],
  ] as const) {
    it(`${what} is judged as Shopify's own library judges it`, async () => {
      assert.equal(await theirs(signature, payload), expected);
      assert.equal(await passes(() => verify(signature, payload)), expected);
    });
  }

  it("in non-canonical base64 is refused", () => refusesAs("mismatch", () => verify(mac().replace(/=$/, ""))));
});

describe("A Shopify event", () => {
  const identify = (headers: Record<string, string>, payload = body) => shopify.identify({}, webhookRequest(Buffer.from(payload), headers));

  it("has its topic as type, and its time from the signed body, not from a header", () => {
    const times = { created_at: "2026-01-30T12:00:00+01:00", updated_at: "2026-01-31T12:00:00+01:00" };
    const timeOf = (topic: string) => {
      const headers = { "x-shopify-topic": topic, "x-shopify-triggered-at": "2026-02-01T00:00:00Z" };
      return shopify.identify(times, webhookRequest(Buffer.from(body), headers))!;
    };
    assert.deepEqual([timeOf("orders/paid").eventType, timeOf("orders/paid").occurredAt], ["orders/paid", "2026-01-31T11:00:00.000Z"]);
    assert.equal(timeOf("refunds/create").occurredAt, "2026-01-30T11:00:00.000Z");
    assert.equal(identify(topicHeaders)!.occurredAt, undefined);
  });

  it("has the same ID however often it is delivered, and another for another event ID, topic, shop or body", () => {
    const id = (headers: Record<string, string>, payload?: string) =>
      identify({ ...topicHeaders, "x-shopify-event-id": "1", ...headers }, payload)!.eventId;
    assert.equal(id({ "x-shopify-webhook-id": "1" }), id({ "x-shopify-webhook-id": "2" }));
    const others = [
      id({ "x-shopify-event-id": "2" }),
      id({ "x-shopify-topic": "orders/create" }),
      id({ "x-shopify-shop-domain": "other.myshopify.com" }),
    ];
    assert.equal(new Set([id({}), ...others, id({}, "{}")]).size, 5);
  });

  it("without an event ID is identified by shop, topic and body", () => {
    assert.equal(identify(topicHeaders)!.eventId, identify({ ...topicHeaders, "x-shopify-webhook-id": "2" })!.eventId);
    assert.match(shopify.identify({}, webhookRequest(Buffer.from(body), { "x-shopify-topic": "shop/redact" }))!.eventId, /^[0-9a-f]{64}$/);
  });

  it("without a topic has no identity", () => assert.equal(identify({}), undefined));
});

describe("A Shopify topic, which is not signed,", () => {
  const order = { id: 5, total_price: "12.34", currency: "USD", customer: { id: 9 } };
  const transaction = { order_id: 5, id: 7, kind: "sale", status: "success", amount: "12.34", currency: "USD" };
  for (const [topic, event] of [
    ...["pending", "authorized", "partially_paid", "refunded", "voided"].map(
      (financial_status) => ["orders/paid", { ...order, financial_status }] as const,
    ),
    ["orders/paid", order],
    ["orders/paid", { id: 5, title: "Red shoes" }],
    ["refunds/create", { ...order, financial_status: "paid" }],
    ["refunds/create", { order_id: 5, transactions: [] }],
    ["refunds/create", { order_id: 5, transactions: [5, null, {}] }],
    ["refunds/create", { order_id: 5, transactions: [{ amount: "1.00", currency: "USD" }] }],
    ["refunds/create", { order_id: 5, transactions: [{ amount: "1.00", currency: "USD", kind: "refund" }] }],
    ["refunds/create", { order_id: 5, transactions: [transaction] }],
    ["refunds/create", transaction],
    ["refunds/create", {}],
    ["disputes/create", transaction],
    ["disputes/update", { ...order, financial_status: "paid" }],
    ["disputes/create", {}],
  ] as const) {
    it(`${topic} with ${JSON.stringify(event)} means no payment`, () => {
      const { kind, amount } = meaningOf(shopifyMeanings, event, topic);
      assert.deepEqual([kind, amount], ["other", undefined]);
    });
  }

  it("means no payment unless the body confirms it, whatever the topic", () => {
    for (const topic of ["orders/create", "orders/updated", "shop/redact", "constructor", ""]) {
      assert.equal(meaningOf(shopifyMeanings, { ...order, financial_status: "paid" }, topic).kind, "other");
    }
  });

  it("keeps every digit of the references", () => {
    const text = '{"id":820982911946154508,"currency":"USD","total_price":"403.00","test":true,"customer":{"id":115310627314723954}}';
    const event = parseBody(Buffer.from(text), "json")!;
    assert.deepEqual(meaningOf(shopifyMeanings, event, "orders/paid"), {
      kind: "other",
      amount: undefined,
      paymentReference: "820982911946154508",
      customerReference: "115310627314723954",
    });
    const refund = parseBody(Buffer.from('{"order_id":820982911946154509,"transactions":[]}'), "json")!;
    assert.equal(meaningOf(shopifyMeanings, refund, "refunds/create").paymentReference, "820982911946154509");
  });
});
