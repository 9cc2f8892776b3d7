import * as assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { publicKeySchemes, type ProviderDescription } from "../../../domain/description";
import { codedProviders, type CodedProvider } from "../../../domain/sources";
import { providers } from "../../../handlers/sources";
import { describedProvider } from "../../../handlers/sources/described/provider";

type Described = Extract<ProviderDescription["verify"], { signed: string }>;
const describing = (changes: object): ProviderDescription => ({
  mediaTypes: ["json"],
  verify: { scheme: "hmac", algorithm: "sha256", encoding: "hex", signature: { header: "x" }, signed: "{body}", ...changes } as Described,
  identity: { digest: true },
});
const url = "https://example.com/webhook";
const certificate = "-----BEGIN CERTIFICATE-----";
const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const secrets: Record<CodedProvider, { right: object[]; wrong: unknown[] }> = {
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
};

const ed25519 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const described: [what: string, description: ProviderDescription, right: object[], wrong: unknown[]][] = [
  ["a text", describing({}), [{ secret: "s" }], [{ secret: "" }, { secret: 1 }]],
  ["hex", describing({ key: "hex" }), [{ secret: "00ff" }], [{ secret: "xyz" }, { secret: "abc" }]],
  [
    "base64 after a prefix",
    describing({ key: "base64", keyPrefix: "whsec_" }),
    [{ secret: "whsec_AP8Q" }, { secret: "AP8Q" }],
    [{ secret: "whsec_" }, { secret: "a_b=" }],
  ],
  [
    "a text with the signed URL",
    describing({ signed: "{url}{body}" }),
    [{ secret: "s", url }],
    [{ secret: "s" }, { secret: "s", url: "here" }],
  ],
  ["an Ed25519 key in hex", describing({ scheme: "ed25519", key: "hex" }), [{ secret: ed25519 }], [{ secret: "00ff" }, { secret: "text" }]],
  ["a key in PEM", describing({ scheme: "rsa-sha256", key: "pem" }), [], [{ secret: certificate }, { secret: ed25519 }]],
  [
    "a token",
    { ...describing({}), verify: { scheme: "token", token: { header: "x" } } },
    [{ token: "t" }],
    [{ token: "" }, { secret: "s" }],
  ],
  [
    "a name and a password",
    { ...describing({}), verify: { scheme: "basic" } },
    [{ username: "u", password: "" }],
    [{ username: "", password: "p" }],
  ],
];

const jwt = (changes: object): ProviderDescription => ({
  ...describing({}),
  verify: { scheme: "jwt", token: { header: "authorization" }, algorithm: "HS256", ...changes },
});
const pemOf = (pair: { publicKey: KeyObject }) => pair.publicKey.export({ type: "spki", format: "pem" }) as string;
const rsa = pemOf(generateKeyPairSync("rsa", { modulusLength: 2_048 }));
const shortRsa = pemOf(generateKeyPairSync("rsa", { modulusLength: 1_024 }));
const ec = pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }));
const derOf = (pair: { publicKey: KeyObject }) => pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
/** Keys in base64 of each scheme, and of others that Node.js would also verify with, or not at all. */
const keys = {
  ed25519: derOf(generateKeyPairSync("ed25519")),
  "ecdsa-p256": derOf(generateKeyPairSync("ec", { namedCurve: "P-256" })),
  "rsa-sha256": derOf(generateKeyPairSync("rsa", { modulusLength: 2_048 })),
  x25519: derOf(generateKeyPairSync("x25519")),
  p384: derOf(generateKeyPairSync("ec", { namedCurve: "P-384" })),
  shortRsa: derOf(generateKeyPairSync("rsa", { modulusLength: 1_024 })),
};
const topicArn = "arn:aws:sns:eu-central-1:123456789012:orders.fifo";
described.push(
  ["the key of a token", jwt({}), [{ secret: "s" }], [{ secret: "" }, { publicKey: rsa }]],
  [
    "the sender of a token",
    jwt({ algorithm: "RS256", jwks: "https://example.com/keys", audience: "{url}", secretClaims: ["email"] }),
    [
      { email: "a@example.com", url },
      { email: "a@example.com", url, publicKey: rsa },
    ],
    [
      { email: "", url },
      { email: "a@example.com" },
      ...[ec, shortRsa, "x"].map((publicKey) => ({ email: "a@example.com", url, publicKey })),
    ],
  ],
  [
    "a public key of a token",
    jwt({ algorithm: "ES256", jwks: "https://example.com/keys", secretClaims: ["sub"] }),
    [{ sub: "a", publicKey: ec }],
    [{ sub: "a", publicKey: rsa }],
  ],
  [
    "a topic",
    { ...describing({}), verify: { scheme: "aws-sns" } },
    [{ topicArn }, { topicArn, certificate }, { topicArn: "arn:aws-cn:sns:cn-north-1:123456789012:orders" }],
    [{ topicArn: "orders" }, { topicArn: "arn:aws:sqs:eu-central-1:123456789012:orders" }, { topicArn, certificate: "x" }],
  ],
);

for (const scheme of publicKeySchemes) {
  const others = Object.entries(keys).flatMap(([name, secret]) => (name === scheme ? [] : [{ secret }]));
  described.push([`a key of ${scheme}`, describing({ scheme, key: "base64" }), [{ secret: keys[scheme] }], others]);
}

describe("A secret", () => {
  const rows = [
    ...codedProviders.map((name) => [name, providers[name], secrets[name].right, secrets[name].wrong] as const),
    ...described.map(
      ([what, description, right, wrong]) => [`a description (${what})`, describedProvider(description), right, wrong] as const,
    ),
  ];
  for (const [name, provider, right, wrong] of rows) {
    for (const value of right) it(`of ${name} is ${JSON.stringify(value)}`, () => assert.deepEqual(provider.parseCredential(value), value));
    for (const value of [...wrong, {}, null])
      it(`of ${name} is not ${JSON.stringify(value)}`, () => assert.throws(() => provider.parseCredential(value)));
  }
});
