import { generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import type { JwtVerification, ProviderDescription } from "../../domain/description";
import { describedProvider } from "../../handlers/sources/described/provider";
import { clearFetched } from "../../handlers/sources/lib/fetched";
import { webhookRequest } from "../../testbed/handlers";
import { body, now } from "./described";

/** The library jsonwebtoken, which Slack's own library brings along. */
const jsonwebtoken = createRequire(require.resolve("@slack/bolt"))("jsonwebtoken") as {
  sign(claims: object, key: unknown, options: object): string;
  verify(token: string, key: unknown, options: object): unknown;
};

export const seconds = Math.floor(now.getTime() / 1_000);
export const url = "https://example.com/webhook/shop";
export const jwks = "https://keys.example.com/v1/certs";
export const issuer = "https://issuer.example.com";

export const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  other: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  short: generateKeyPairSync("rsa", { modulusLength: 1_024 }),
};

/** Returns a public key as a set has it. */
export const jwkOf = ({ publicKey }: { publicKey: KeyObject }, kid: string, more: object = {}): JsonWebKey => ({
  ...publicKey.export({ format: "jwk" }),
  kid,
  ...more,
});

export const claims = { iss: issuer, aud: url, iat: seconds, exp: seconds + 60, email: "push@example.com", email_verified: true };

/** Signs claims with jsonwebtoken. */
export const signed = (payload: object, key: KeyObject | string, algorithm: string, header: object = { kid: "k1" }): string =>
  jsonwebtoken.sign(payload, key, { algorithm, header: { alg: algorithm, ...header }, noTimestamp: true, allowInsecureKeySizes: true });

/** Tells whether jsonwebtoken accepts a token. */
export function accepts(token: string, key: KeyObject | string, algorithm: string): boolean {
  try {
    jsonwebtoken.verify(token, key, { algorithms: [algorithm], issuer, audience: url, clockTimestamp: seconds, clockTolerance: 60 });
    return true;
  } catch {
    return false;
  }
}

/** Describes a source of tokens, with these changes. */
export const tokens = (changes: Partial<JwtVerification> = {}): ProviderDescription => ({
  mediaTypes: ["json"],
  verify: {
    scheme: "jwt",
    token: { header: "authorization", prefix: "Bearer " },
    algorithm: "RS256",
    jwks,
    issuer,
    audience: "{url}",
    claims: { email_verified: true },
    secretClaims: ["email"],
    ...changes,
  },
  identity: { digest: true },
});

export const credential = { email: "push@example.com", url };

/** Verifies a request with a token. */
export const verify = async (
  description: ProviderDescription,
  token: string,
  { credentials = [credential] as object[], at = now, bytes = body } = {},
): Promise<void> =>
  describedProvider(description).verify(webhookRequest(bytes, { authorization: `Bearer ${token}` }), credentials as never, at);

/** Answers requests to the network, in tests of one file. @returns the function that sets the answer and returns the requested URLs */
export function fakeNetwork(): (answer: (url: string, init?: RequestInit) => Response) => string[] {
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
    clearFetched();
  });
  return (answer) => {
    const asked: string[] = [];
    globalThis.fetch = async (address, init) => {
      asked.push(String(address));
      return answer(String(address), init);
    };
    return asked;
  };
}

/** Returns the answer with a set of keys. */
export const keySet =
  (...keys: unknown[]) =>
  () =>
    Response.json({ keys });
