import * as assert from "node:assert/strict";
import { matchesType } from "../../../handlers/request/eventFilter";
import type { Json } from "../../../handlers/request/json";
import { meaningOf, unknownMeaning, type Meaning } from "../../../handlers/sources/lib/meaning";
import { shopify, shopifyMeanings } from "../../../handlers/sources/shopify";
import { webhookRequest } from "../../../testbed/handlers";
import { shopifyExamples, type Example } from "../../helpers/examples";

const money = (value: number, currency: string) => ({ value, currency, exponent: 2 });
const order = "820982911946154500";
const customer = "115310627314723950";
const ofOrder: Partial<Meaning> = { paymentReference: order };
const ofCustomer = { ...ofOrder, customerReference: customer };

/** Meaning of each example that has any, by what Shopify documents about its fields. The example of a paid order is of a voided one. */
const expected: Record<string, Partial<Meaning>> = {
  "order_transactions/create": { kind: "payment.authorized", amount: money(41_995, "USD"), ...ofOrder },
  // Its transactions have amounts without a currency.
  "refunds/create": { kind: "refund", ...ofOrder },
  "disputes/create": { kind: "dispute", amount: money(1_150, "CAD"), ...ofOrder },
  "disputes/update": { kind: "dispute", amount: money(1_150, "CAD"), ...ofOrder },
  "orders/delete": ofOrder,
  ...Object.fromEntries(
    ["cancelled", "create", "fulfilled", "link_requested", "paid", "partially_fulfilled", "updated"].map((one) => [
      `orders/${one}`,
      ofCustomer,
    ]),
  ),
};

/**
 * Topics whose examples have a time in the body, but not that of the event: of a publication, of a cycle, or of a dispute's beginning. The
 * example of a metaobject is of the year 1975, when there were no webhooks.
 */
const otherTimes = [
  "collection_publications/*",
  "product_publications/*",
  "segments/*",
  "subscription_billing_cycle_edits/*",
  "subscription_billing_cycles/*",
  "disputes/update",
  "metaobjects/*",
];
/** Topics whose examples have the time of the event in an inner object. */
const innerTimes = ["app_purchases_one_time/update", "app_subscriptions/*", "orders/edited", "product_feeds/*"];
const isTime = (value: unknown) => typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);

describe("Shopify's own example", () => {
  const examples = shopifyExamples();
  const identified = ({ type, body }: Example) => {
    const request = webhookRequest(Buffer.from(JSON.stringify(body)), { "x-shopify-topic": type });
    return shopify.identify(body as Json, request)!;
  };

  it("of every topic that has a meaning is there", () => {
    const topics = examples.map(({ type }) => type);
    assert.ok(topics.length > 200, String(topics.length));
    assert.deepEqual(
      Object.keys(expected).filter((topic) => !topics.includes(topic)),
      [],
    );
  });

  it("has the meaning that its documentation gives it, or none", () => {
    const found = examples.map(({ type, body }) => [type, meaningOf(shopifyMeanings, body as Json, type)] as const);
    const all = examples.map(({ type }) => [type, { ...unknownMeaning, ...expected[type] }] as const);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(all));
  });

  it("has the time of its body, if that is the event's", () => {
    const isOther = (topic: string) => matchesType(topic, [...otherTimes, ...innerTimes]);
    for (const example of examples.filter(({ type }) => !isOther(type)))
      assert.equal(identified(example).occurredAt !== undefined, Object.values(example.body).some(isTime), example.type);
  });

  it("of a dispute, a tag and a deleted discount has the time in their own fields", () => {
    const timeOf = (topic: string) => identified(examples.find(({ type }) => type === topic)!).occurredAt;
    assert.deepEqual(["disputes/create", "customer.tags_added", "discounts/delete", "disputes/update"].map(timeOf), [
      "2022-01-01T00:00:00.000Z",
      "2005-05-05T05:00:00.000Z",
      "2018-08-29T17:00:00.000Z",
      undefined,
    ]);
  });

  it("of an edited order, of an app's charges and of a product feed has the time in an inner object", () => {
    const timeOf = (topic: string) => identified(examples.find(({ type }) => type === topic)!).occurredAt;
    const topics = ["orders/edited", "app_subscriptions/update", "app_purchases_one_time/update", "product_feeds/full_sync_finish"];
    assert.deepEqual(topics.map(timeOf), Array(4).fill("2022-01-01T00:00:00.000Z"));
  });

  it("of a tender transaction has the time at which it was processed", () => {
    const tender = { type: "tender_transactions/create", body: { id: 1, order_id: 2, processed_at: "2026-01-31T12:00:00Z" } };
    assert.equal(identified(tender).occurredAt, "2026-01-31T12:00:00.000Z");
  });

  it("tells whether it is a test", () => {
    const tests = examples.filter(({ type, body }) => {
      const headers = { "x-shopify-topic": type };
      return shopify.originOf!(body as Json, { headers, mediaType: "json" }).test;
    });
    assert.ok(tests.some(({ type }) => type === "orders/paid") && !tests.some(({ type }) => type === "order_transactions/create"));
  });
});
