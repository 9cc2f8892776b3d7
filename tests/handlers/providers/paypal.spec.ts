import * as assert from "node:assert/strict";
import { createSign } from "node:crypto";
import { crc32 } from "node:zlib";
import { kinds } from "../../../contract";
import { paypal } from "../../../handlers/providers/paypal";
import { clearCertificates } from "../../../handlers/providers/paypal.certificates";
import { sign, type Signing } from "../../../local/signing";
import { testSigning, webhookRequest } from "../../helpers/handlers";

interface Credential {
  webhookId: string;
  certificate?: string;
}

describe("A PayPal signature", () => {
  const now = new Date();
  const body = Buffer.from('{"id":"WH-1","name":"Zoë €"}');
  let signing: Signing;
  let credential: Required<Credential>;
  const fetchOriginal = globalThis.fetch;
  before(async () => {
    const made = await testSigning();
    signing = made.signing;
    credential = made.secrets.paypal as Required<Credential>;
  });
  afterEach(() => {
    globalThis.fetch = fetchOriginal;
    clearCertificates();
  });

  const headersOf = (changes: Record<string, string | undefined> = {}, at = now): Record<string, string> => {
    const all = { ...sign("paypal", body, signing, at), ...changes };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  };
  const verify = async (headers: Record<string, string>, { payload = body, credentials = [credential] as Credential[], at = now } = {}) =>
    paypal.verify(webhookRequest("paypal", payload, headers), credentials, at);
  const refuses = (reason: string, headers: Record<string, string>, options?: Parameters<typeof verify>[1], status = 401) =>
    assert.rejects(() => verify(headers, options), { name: "Refusal", status, reason });
  const answers = (...responses: (() => Response)[]) => {
    const asked: string[] = [];
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      return (responses.length > 1 ? responses.shift()! : responses[0])();
    };
    return asked;
  };

  it("under the pinned certificate is accepted", () => verify(headersOf()));
  it("of an altered body is refused", () => refuses("mismatch", headersOf(), { payload: Buffer.from("{}") }));
  it("for another webhook is refused", () => refuses("mismatch", headersOf(), { credentials: [{ ...credential, webhookId: "OTHER" }] }));
  it("for either of two webhooks is accepted", () => verify(headersOf(), { credentials: [{ ...credential, webhookId: "OTHER" }, credential] }));
  it("of another transmission is refused", () => refuses("mismatch", headersOf({ "paypal-transmission-id": "other" })));

  it("covers the checksum as an unsigned number", async () => {
    const payload = Buffer.from('{"id":"WH-2"}');
    const large = Array.from({ length: 100 }, (_, index) => Buffer.from(`${payload.toString()}${" ".repeat(index)}`)).find((one) => crc32(one) > 2 ** 31)!;
    const headers = headersOf();
    const signed = `${headers["paypal-transmission-id"]}|${headers["paypal-transmission-time"]}|${signing.paypal.webhookId}|${BigInt(crc32(large))}`;
    const signature = createSign("RSA-SHA256").update(signed).sign(signing.paypal.privateKey, "base64");
    await verify({ ...headers, "paypal-transmission-sig": signature }, { payload: large });
  });

  for (const name of ["transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo"]) {
    it(`without the header paypal-${name} is refused`, () => refuses("no signature", headersOf({ [`paypal-${name}`]: undefined })));
  }
  it("by another algorithm is refused", () => refuses("algorithm", headersOf({ "paypal-auth-algo": "SHA1withRSA" })));
  it("that is no base64 is refused", () => refuses("malformed signature", headersOf({ "paypal-transmission-sig": "***" })));
  it("without a time is refused", () => refuses("malformed time", headersOf({ "paypal-transmission-time": "soon" })));
  for (const offset of [-301, 301]) {
    it(`signed ${offset} s from now is refused`, () => refuses("stale", headersOf({}, new Date(now.getTime() + offset * 1000))));
  }
  it("signed 299 s ago is accepted", () => verify(headersOf({}, new Date(now.getTime() - 299_000))));

  it("under a certificate that has run out is refused", () => {
    const at = new Date(now.getTime() + 31 * 86_400_000);
    return refuses("certificate out of date", headersOf({}, at), { at });
  });
  it("under a certificate that is not valid yet is refused", () => {
    const at = new Date(now.getTime() - 2 * 86_400_000);
    return refuses("certificate out of date", headersOf({}, at), { at });
  });
  it("under something that only looks like a certificate is refused", () => {
    const certificate = "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----";
    return refuses("malformed certificate", headersOf(), { credentials: [{ ...credential, certificate }] });
  });

  for (const url of [
    "http://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
    "https://evil-api.paypal.com/v1/notifications/certs/CERT-1",
    "https://paypal.com/v1/notifications/certs/CERT-1",
    "https://www.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
    "https://user@api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com/v1/notifications/certs/CERT-1?to=evil",
    "https://api.paypal.com/v1/notifications/certs/CERT-1#x",
    "https://api.paypal.com/v1/notifications/certs/../../../redirect",
    "https://api.paypal.com/anything",
    "https://127.0.0.1/v1/notifications/certs/CERT-1",
    "https://[::1]/v1/notifications/certs/CERT-1",
    "not a url",
  ]) {
    it(`whose certificate is at ${url} is refused without asking there`, async () => {
      const asked = answers(() => new Response(credential.certificate));
      await refuses("certificate address", headersOf({ "paypal-cert-url": url }), { credentials: [{ webhookId: credential.webhookId }] });
      assert.deepEqual(asked, []);
    });
  }

  describe("without a pinned certificate", () => {
    const unpinned = () => ({ credentials: [{ webhookId: credential.webhookId }] });

    for (const host of ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"]) {
      it(`is verified with the one that ${host} gives`, async () => {
        const url = `https://${host}/v1/notifications/certs/CERT-1`;
        const asked = answers(() => new Response(credential.certificate));
        await verify(headersOf({ "paypal-cert-url": url }), unpinned());
        assert.deepEqual(asked, [url]);
      });
    }

    it("asks for the certificate once an hour", async () => {
      const asked = answers(() => new Response(credential.certificate));
      await verify(headersOf(), unpinned());
      await verify(headersOf(), unpinned());
      assert.equal(asked.length, 1);
      const later = new Date(now.getTime() + 3_600_001);
      await verify(headersOf({}, later), { ...unpinned(), at: later });
      assert.equal(asked.length, 2);
    });

    it("remembers a bounded number of certificates", async () => {
      const asked = answers(() => new Response(credential.certificate));
      const url = (index: number) => headersOf({ "paypal-cert-url": `https://api.paypal.com/v1/notifications/certs/CERT-${index}` });
      for (let index = 0; index <= 20; index++) await verify(url(index), unpinned());
      await verify(url(0), unpinned());
      assert.equal(asked.length, 22);
    });

    it("asks a second time after a failure", async () => {
      const asked = answers(() => new Response("", { status: 500 }), () => new Response(credential.certificate));
      await verify(headersOf(), unpinned());
      assert.equal(asked.length, 2);
    });

    it("is unavailable while PayPal is, and remembers none of its failures", async () => {
      answers(() => new Response("oops", { status: 503 }));
      await refuses("certificate not available", headersOf(), unpinned(), 503);
      answers(() => new Response("<html>no certificate</html>"));
      await refuses("certificate not available", headersOf(), unpinned(), 503);
      answers(() => { throw new TypeError("network"); });
      await refuses("certificate not available", headersOf(), unpinned(), 503);
      answers(() => new Response(credential.certificate));
      await verify(headersOf(), unpinned());
    });

    it("is refused when PayPal knows no such certificate", async () => {
      const asked = answers(() => new Response("", { status: 404 }));
      await refuses("no such certificate", headersOf(), unpinned());
      assert.equal(asked.length, 1);
    });

    it("follows no redirect", async () => {
      let options: RequestInit | undefined;
      globalThis.fetch = async (_url, init) => {
        options = init;
        return new Response(credential.certificate);
      };
      await verify(headersOf(), unpinned());
      assert.equal(options!.redirect, "error");
      assert.ok(options!.signal);
    });
  });
});

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
    assert.deepEqual(paypal.identify({ id: "WH-1", event_type: "X", create_time: "2026-01-31T12:00:00Z" }), {
      eventId: "WH-1",
      eventType: "X",
      occurredAt: "2026-01-31T12:00:00.000Z",
    });
    assert.deepEqual(paypal.identify({ id: "WH-1" }), { eventId: "WH-1", eventType: "unknown", occurredAt: undefined });
  });
  it("without an id is none", () => assert.equal(paypal.identify({ event_id: "WH-1" }), undefined));

  const money = (value: number, currency: string, exponent: number) => ({ value, currency, exponent });
  const rows: [string, object, string, object | undefined, string | undefined, string | undefined][] = [
    ["PAYMENT.CAPTURE.COMPLETED", { id: "C1", amount: { value: "12.34", currency_code: "GBP" }, payer: { payer_id: "P1" } }, "payment.succeeded", money(1234, "GBP", 2), "C1", "P1"],
    ["PAYMENT.SALE.COMPLETED", { id: "S1", amount: { total: "20.00", currency: "USD" } }, "payment.succeeded", money(2000, "USD", 2), "S1", undefined],
    ["PAYMENT.CAPTURE.DENIED", { id: "C1", amount: { value: "1000", currency_code: "JPY" } }, "payment.failed", money(1000, "JPY", 0), "C1", undefined],
    ["PAYMENT.CAPTURE.COMPLETED", { id: "C1", amount: { value: "1000", currency_code: "HUF" } }, "payment.succeeded", money(100_000, "HUF", 2), "C1", undefined],
    ["PAYMENT.CAPTURE.COMPLETED", { id: "C1", amount: { value: "-0.50", currency_code: "USD" } }, "payment.succeeded", money(-50, "USD", 2), "C1", undefined],
    ["PAYMENT.CAPTURE.COMPLETED", { id: "C1", amount: { value: "1.005", currency_code: "USD" } }, "payment.succeeded", undefined, "C1", undefined],
    ["PAYMENT.CAPTURE.COMPLETED", { id: "C1", amount: { value: "1e3", currency_code: "USD" } }, "payment.succeeded", undefined, "C1", undefined],
    ["PAYMENT.CAPTURE.COMPLETED", { id: "C1", amount: { value: "1.00", currency_code: "XXZ" } }, "payment.succeeded", undefined, "C1", undefined],
    ["PAYMENT.CAPTURE.REFUNDED", { id: "R1", amount: { value: "1.00", currency_code: "USD" }, links: [{ rel: "self" }, { rel: "up", href: "https://api.paypal.com/v2/payments/captures/C9" }] }, "refund", money(100, "USD", 2), "C9", undefined],
    ["PAYMENT.SALE.REFUNDED", { id: "R1", sale_id: "S9", amount: { total: "1.00", currency: "USD" } }, "refund", money(100, "USD", 2), "S9", undefined],
    ["BILLING.SUBSCRIPTION.PAYMENT.FAILED", { id: "I-1", subscriber: { payer_id: "P1" } }, "payment.failed", undefined, "I-1", "P1"],
    ["CUSTOMER.DISPUTE.CREATED", { dispute_amount: { value: "5.00", currency_code: "EUR" }, disputed_transactions: [{ seller_transaction_id: "T1" }] }, "dispute", money(500, "EUR", 2), "T1", undefined],
    ["CATALOG.PRODUCT.CREATED", { id: "X1" }, "other", undefined, "X1", undefined],
  ];
  for (const [event_type, resource, kind, amount, paymentReference, customerReference] of rows) {
    it(`${event_type} ${JSON.stringify(resource)} means ${kind}`, () => {
      assert.deepEqual(paypal.normalise({ id: "WH-1", event_type, resource }), { kind, amount, paymentReference, customerReference });
    });
  }

  for (const event of [{}, { event_type: "CUSTOMER.DISPUTE.X" }, { event_type: "constructor", resource: [] }, { resource: { links: [null, 5, { rel: "up", href: "x" }] } }]) {
    it(`of odd form (${JSON.stringify(event)}) has a kind all the same`, () => {
      const { kind, amount } = paypal.normalise(event);
      assert.ok(kinds.includes(kind), String(kind));
      assert.equal(amount, undefined);
    });
  }
});
