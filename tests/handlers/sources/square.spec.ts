import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { WebhooksHelper } from "square";
import { square } from "../../../handlers/sources/square";
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
