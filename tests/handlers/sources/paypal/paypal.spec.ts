import * as assert from "node:assert/strict";
import { createSign } from "node:crypto";
import { crc32 } from "node:zlib";
import { now, PayPal } from "../../../helpers/paypal";

describe("A PayPal signature", () => {
  const paypals = new PayPal();
  const { headersOf, verify, refuses, answers, unpinned } = paypals;

  it("under the pinned certificate is accepted", () => verify(headersOf()));
  it("of an altered body is refused", () => refuses("mismatch", headersOf(), { payload: Buffer.from("{}") }));
  it("for another webhook is refused", () =>
    refuses("mismatch", headersOf(), { credentials: [{ ...paypals.credential, webhookId: "OTHER" }] }));
  it("of another transmission is refused", () => refuses("mismatch", headersOf({ "paypal-transmission-id": "other" })));

  it("covers the checksum as an unsigned number", async () => {
    const payload = Buffer.from('{"id":"WH-2"}');
    const large = Array.from({ length: 100 }, (_, index) => Buffer.from(`${payload.toString()}${" ".repeat(index)}`)).find(
      (one) => crc32(one) > 2 ** 31,
    )!;
    const headers = headersOf();
    const signed = `${headers["paypal-transmission-id"]}|${headers["paypal-transmission-time"]}|${paypals.signing.paypal.webhookId}|${BigInt(crc32(large))}`;
    const signature = createSign("RSA-SHA256").update(signed).sign(paypals.signing.paypal.privateKey, "base64");
    await verify({ ...headers, "paypal-transmission-sig": signature }, { payload: large });
  });

  it("by another algorithm is refused", () => refuses("algorithm", headersOf({ "paypal-auth-algo": "SHA1withRSA" })));
  it("that is not base64 is refused like any other", () => refuses("mismatch", headersOf({ "paypal-transmission-sig": "***" })));
  it("in non-canonical base64 is refused", () => {
    const headers = headersOf();
    return refuses("mismatch", { ...headers, "paypal-transmission-sig": `${headers["paypal-transmission-sig"]} ` });
  });
  it("without a time is refused", () => refuses("malformed time", headersOf({ "paypal-transmission-time": "soon" })));
  for (const offset of [-301, 301]) {
    it(`signed ${offset} s from now is refused`, () => refuses("stale", headersOf({}, new Date(now.getTime() + offset * 1000))));
  }
  it("signed 299 s ago is accepted", () => verify(headersOf({}, new Date(now.getTime() - 299_000))));

  it("under an expired certificate is refused", () => {
    const at = new Date(now.getTime() + 31 * 86_400_000);
    return refuses("certificate out of date", headersOf({}, at), { at });
  });
  it("under a certificate that is not valid yet is refused", () => {
    const at = new Date(now.getTime() - 2 * 86_400_000);
    return refuses("certificate out of date", headersOf({}, at), { at });
  });
  it("under a malformed certificate is refused", () => {
    const certificate = "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----";
    return refuses("malformed certificate", headersOf(), { credentials: [{ ...paypals.credential, certificate }] });
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
    it(`whose certificate is at ${url} is refused without a request`, async () => {
      const asked = answers(() => new Response(paypals.credential.certificate));
      await refuses("certificate address", headersOf({ "paypal-cert-url": url }), unpinned());
      assert.deepEqual(asked, []);
    });
  }
});
