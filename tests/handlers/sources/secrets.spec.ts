import * as assert from "node:assert/strict";
import { codedProviders, type ProviderName } from "../../../domain/sources";
import { providers } from "../../../handlers/sources";
import { hmacProvider } from "../../../handlers/sources/hmac";

const hmac = hmacProvider({ header: "x-signature", algorithm: "sha256", encoding: "hex", signed: "{body}" });
const url = "https://example.com/webhook";
const certificate = "-----BEGIN CERTIFICATE-----";
const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const secrets: Record<ProviderName, { right: object[]; wrong: unknown[] }> = {
  stripe: { right: [{ secret: "whsec_1" }], wrong: [{ secret: "" }, { secret: 1 }, "whsec_1"] },
  square: {
    right: [{ signatureKey: "k", notificationUrl: url }],
    wrong: [{ signatureKey: "k" }, { signatureKey: "", notificationUrl: url }, { signatureKey: "k", notificationUrl: "square" }],
  },
  paypal: {
    right: [{ webhookId: "W1" }, { webhookId: "W1", certificate }],
    wrong: [{ webhookId: "" }, { webhookId: "W1", certificate: "x" }],
  },
  github: { right: [{ secret: "s" }], wrong: [{ secret: "" }] },
  shopify: { right: [{ secret: "s" }], wrong: [{ secret: "" }] },
  slack: { right: [{ signingSecret: "s" }], wrong: [{ signingSecret: "" }] },
  twilio: { right: [{ authToken: "t", url }], wrong: [{ authToken: "t" }, { authToken: "", url }, { authToken: "t", url: "twilio" }] },
  adyen: { right: [{ hmacKey: "AB" }], wrong: [{ hmacKey: "no hex" }, { hmacKey: "ABC" }, { hmacKey: "AB", username: "" }] },
  "standard-webhooks": {
    right: [{ secret: whsec }, { publicKey: `whpk_${"A".repeat(43)}=` }],
    wrong: [{ secret: "whsec_" }, { secret: "MfKQ9r8G" }, { secret: "whsec_***" }, { publicKey: "whpk_AAAA" }, { publicKey: whsec }],
  },
  hmac: {
    right: [{ secret: "s" }, { secret: "00ff", encoding: "hex" }, { secret: "AP8Q", encoding: "base64" }],
    wrong: [
      { secret: "" },
      { secret: "xyz", encoding: "hex" },
      { secret: "abc", encoding: "hex" },
      { secret: "a_b=", encoding: "base64" },
      { secret: "s", encoding: "utf16" },
    ],
  },
};

describe("A secret", () => {
  for (const name of [...codedProviders, "hmac"] as const) {
    const provider = name === "hmac" ? hmac : providers[name];
    for (const value of secrets[name].right)
      it(`of ${name} is ${JSON.stringify(value)}`, () => assert.deepEqual(provider.parseCredential(value), value));
    for (const value of [...secrets[name].wrong, {}, null])
      it(`of ${name} is not ${JSON.stringify(value)}`, () => assert.throws(() => provider.parseCredential(value)));
  }
});
