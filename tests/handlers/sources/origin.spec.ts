import * as assert from "node:assert/strict";
import { codedProviders, type CodedProvider } from "../../../domain/sources";
import { providerOf } from "../../../handlers/configuredSources";
import { unknownOrigin } from "../../../handlers/sources/lib/types";
import type { Json } from "../../../handlers/request/json";
import { samples } from "../../../local/samples";

const originOf = (provider: string, event: unknown, mediaType: "json" | "form" = "json", headers: Record<string, string> = {}) =>
  providerOf(provider, provider)?.originOf?.(event as Json, { mediaType, headers }) ?? unknownOrigin;

/** A Connect event of another account in test mode. */
const connect = {
  id: "evt_5d3bc42c6ca446",
  object: "event",
  created: 1764150000,
  livemode: false,
  type: "payment_intent.succeeded",
  data: { object: { id: "pi_conn", object: "payment_intent", amount: 1200, amount_received: 1200, currency: "eur" } },
  account: "acct_1Connected",
};
const self = (host: string) => ({ links: [{ rel: "self", href: `https://${host}/v1/notifications/webhooks-events/WH-1`, method: "GET" }] });
const notification = (live: string, ...accounts: unknown[]) => ({
  live,
  notificationItems: accounts.map((merchantAccountCode) => ({ NotificationRequestItem: { merchantAccountCode } })),
});
const sid = `AC${"0a".repeat(16)}`;

describe("Mode and account of an event", () => {
  const rows: [provider: string, event: unknown, test: boolean, account: string | undefined][] = [
    ["stripe", connect, true, "acct_1Connected"],
    ["stripe", { ...connect, livemode: true }, false, "acct_1Connected"],
    ["stripe", { object: "v2.core.event", livemode: true, context: "acct_2" }, false, "acct_2"],
    ["stripe", { livemode: true, account: "acct_1", context: "acct_2" }, false, "acct_1"],
    ["stripe", { id: "evt_1" }, false, undefined],
    ["stripe", { livemode: 0, account: { id: "acct_1" } }, false, undefined],
    ["square", { merchant_id: "ML1" }, false, "ML1"],
    ["paypal", { ...self("api.sandbox.paypal.com"), resource: { payee: { merchant_id: "P1" } } }, true, "P1"],
    ["paypal", self("api-m.sandbox.paypal.com"), true, undefined],
    ["paypal", { ...self("api.paypal.com"), resource: { purchase_units: [{ payee: { merchant_id: "P2" } }] } }, false, "P2"],
    ["paypal", self("api.sandbox.paypal.com.evil.example"), false, undefined],
    ["paypal", { links: [{ rel: "up", href: "https://api.sandbox.paypal.com/" }, null] }, false, undefined],
    ["paypal", { resource: { disputed_transactions: [{ seller: { merchant_id: "P3" } }] } }, false, "P3"],
    ["paypal", { resource_type: "refund", resource: { payer: { merchant_id: "P4" } } }, false, "P4"],
    ["paypal", { event_type: "MERCHANT.ONBOARDING.COMPLETED", resource: { merchant_id: "P5" } }, false, "P5"],
    ["paypal", { resource: { payer: { payer_id: "buyer" } } }, false, undefined],
    ["shopify", { id: 1, test: true }, true, undefined],
    ["shopify", { id: 1, test: false }, false, undefined],
    ["shopify", { id: 1, test: "true" }, false, undefined],
    ["shopify", { order_id: 1, transactions: [{ test: false }, { test: true }] }, true, undefined],
    ["shopify", { order_id: 1, transactions: [null, { test: false }] }, false, undefined],
    ["shopify", { shop_id: 1, shop_domain: "acme.myshopify.com" }, false, "acme.myshopify.com"],
    ["slack", { team_id: "T1", event: { type: "message" } }, false, "T1"],
    ["slack", { team: null }, false, undefined],
    ["twilio", { AccountSid: sid, MessageStatus: "sent" }, false, sid],
    ["twilio", { AccountSid: `${sid}ApiVersion2010` }, false, undefined],
    ["twilio", { AccountSid: "AC" }, false, undefined],
    ["adyen", notification("false", "Shop"), true, "Shop"],
    ["adyen", notification("true", "Shop", "Shop"), false, "Shop"],
    ["adyen", notification("true", "Shop", "Other"), false, undefined],
    ["adyen", { ...notification("true", "Shop"), live: false }, true, "Shop"],
    ["adyen", notification("true", undefined), false, undefined],
    ["adyen", { environment: "test", type: "balancePlatform.transfer.created" }, true, undefined],
    ["adyen", { environment: "live", type: "balancePlatform.transfer.created" }, false, undefined],
    ["adyen", { live: "false", eventType: "ACCOUNT_HOLDER_CREATED" }, true, undefined],
    ["adyen", { live: "true", eventType: "ACCOUNT_HOLDER_CREATED" }, false, undefined],
    ["github", { livemode: false, test: true, organization: { login: "acme" } }, false, undefined],
    ["standard-webhooks", { livemode: false, test: true, account: "a" }, false, undefined],
    ["hmac", { livemode: false, test: true, account: "a" }, false, undefined],
    ["nobody", connect, false, undefined],
  ];
  for (const [provider, event, test, account] of rows) {
    it(`of ${provider} (${JSON.stringify(event).slice(0, 80)}) are ${test ? "test" : "live or unknown"} and ${account}`, () => {
      const origin = originOf(provider, event);
      assert.deepEqual([origin.test, origin.account], [test, account]);
    });
  }

  it("of Square are read from a header, because its sandbox has its own signature key", () => {
    const testOf = (environment: string) => originOf("square", { merchant_id: "M1" }, "json", { "square-environment": environment }).test;
    assert.deepEqual(["Sandbox", "Production"].map(testOf), [true, false]);
    assert.equal(originOf("square", {}).test, false);
  });

  it("of a Slack form are read from its payload, or from its fields", () => {
    assert.equal(originOf("slack", { payload: '{"team":{"id":"T1"}}' }, "form").account, "T1");
    assert.equal(originOf("slack", { command: "/deploy", team_id: "T2" }, "form").account, "T2");
    assert.equal(originOf("slack", { payload: '{"team":{"id":"T1"}}' }).account, undefined);
  });

  for (const provider of codedProviders) {
    it(`of ${provider} are read without error from any value`, () => {
      for (const event of [{}, [], { links: 5, transactions: {}, notificationItems: [null, 5] }, { resource: [], team: [], live: {} }]) {
        const { test, account } = originOf(provider, event);
        assert.deepEqual([typeof test, account], ["boolean", undefined]);
      }
    });
  }

  it("of the local samples are a test's if the provider has a test mode", () => {
    const tests = codedProviders.filter((name: CodedProvider) => originOf(name, samples[name]).test);
    assert.deepEqual(tests, ["stripe", "adyen"]);
  });
});
