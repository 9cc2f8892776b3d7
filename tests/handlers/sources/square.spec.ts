import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { WebhooksHelper } from "square";
import { square } from "../../../handlers/sources/square";
import { webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

const body = '{"event_id":"e1","name":"Zoë €"}';
const notificationUrl = "https://example.com/webhook/square";
const signatureKey = "key";
const signed = (key = signatureKey, url = notificationUrl, payload = body) =>
  createHmac("sha256", key)
    .update(url + payload)
    .digest("base64");

const verify = (signature: string, payload = body) =>
  square.verify(
    webhookRequest(Buffer.from(payload), { "x-square-hmacsha256-signature": signature }),
    [{ signatureKey, notificationUrl }],
    new Date(),
  );

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
      assert.equal(await passes(() => verify(signature, payload)), theirs);
      assert.equal(theirs, what === "as it should be");
    });
  }

  it("that does not match is refused", () => refusesAs("mismatch", () => verify(signed("other"))));
  for (const signature of ["AAAA", signed().slice(0, -1), `${signed()}=`, ` ${signed()}`, createHmac("sha256", "k").digest("hex")]) {
    it(`of the form "${signature}" is refused like any other`, () => refusesAs("mismatch", () => verify(signature)));
  }
});
