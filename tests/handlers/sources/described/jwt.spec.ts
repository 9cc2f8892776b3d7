import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { JwtVerification } from "../../../../domain/description";
import { body, mac } from "../../../helpers/described";
import { accepts, claims, credential, fakeNetwork, jwkOf, keySet, pairs, seconds, signed, tokens, url, verify } from "../../../helpers/jwt";
import { passes, refusesAs } from "../../../helpers/signatures";

const sha256 = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");
const own = { algorithm: "HS256", jwks: undefined } as const;
const secret = "a secret of at least 32 characters";
const withSecret = { credentials: [{ ...credential, secret }] };
const bySecret = (changes: Partial<JwtVerification> = {}) => tokens({ ...own, ...changes });
/** Signs claims with the secret, with changes. */
const mine = (changes: object = {}, header?: object) => signed({ ...claims, ...changes }, secret, "HS256", header);

/** Signs any claims, also those that jsonwebtoken refuses to sign. */
function ofAnyClaims(payload: object): string {
  const text = [{ alg: "HS256" }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${mac(text, "base64url", secret)}`;
}

/** Returns a token with one bit of one of its parts changed. */
function flipped(token: string, part: number, at: number): string {
  const parts = token.split(".");
  const bytes = Buffer.from(parts[part], "base64url");
  bytes[at] ^= 1;
  return parts.map((one, index) => (index === part ? bytes.toString("base64url") : one)).join(".");
}

describe("A JSON Web Token", () => {
  const network = fakeNetwork();
  const keysOfIssuer = () => network(keySet(jwkOf(pairs.RS256, "k1"), jwkOf(pairs.ES256, "k1"), jwkOf(pairs.other, "k2")));

  for (const [algorithm, key, publicKey] of [
    ["HS256", secret, secret],
    ["RS256", pairs.RS256.privateKey, pairs.RS256.publicKey],
    ["ES256", pairs.ES256.privateKey, pairs.ES256.publicKey],
  ] as const) {
    const description = algorithm === "HS256" ? bySecret() : tokens({ algorithm });
    const options = algorithm === "HS256" ? withSecret : {};

    it(`of ${algorithm} is accepted or refused as jsonwebtoken accepts or refuses it`, async () => {
      keysOfIssuer();
      const good = signed(claims, key, algorithm);
      const with_ = (changes: object) => signed({ ...claims, ...changes }, key, algorithm);
      const [header, payload, signature] = good.split(".");
      const cases = [
        good,
        with_({ aud: ["other", url] }),
        with_({ aud: "https://example.com/webhook/other" }),
        with_({ aud: [] }),
        with_({ iss: "https://other.example.com" }),
        with_({ exp: seconds - 59 }),
        with_({ exp: seconds - 61 }),
        with_({ nbf: seconds + 59 }),
        with_({ nbf: seconds + 61 }),
        `${header}.${payload}.`,
        `${header}.${payload}`,
        `${header}.${payload}.${signature}.x`,
        "x.y.z",
        ...[0, 1, 2].flatMap((part) =>
          [...Buffer.from(good.split(".")[part], "base64url").keys()].filter((at) => at % 3 === 0).map((at) => flipped(good, part, at)),
        ),
      ];
      for (const token of cases)
        assert.equal(await passes(() => verify(description, token, options)), accepts(token, publicKey, algorithm), token);
      assert.equal(cases.filter((token) => accepts(token, publicKey, algorithm)).length, 4);
    });

    it(`of ${algorithm} is refused if another algorithm or none has signed it`, async () => {
      keysOfIssuer();
      for (const [other, otherKey] of [
        ["HS256", secret],
        ["HS384", secret],
        ["RS256", pairs.RS256.privateKey],
        ["RS512", pairs.RS256.privateKey],
        ["PS256", pairs.RS256.privateKey],
        ["ES256", pairs.ES256.privateKey],
      ] as const)
        if (other !== algorithm) await refusesAs("algorithm", () => verify(description, signed(claims, otherKey, other), options));
      const [, payload, signature] = signed(claims, key, algorithm).split(".");
      for (const alg of ["none", "None", "", undefined]) {
        const header = Buffer.from(JSON.stringify({ alg, kid: "k1" })).toString("base64url");
        await refusesAs("algorithm", () => verify(description, `${header}.${payload}.${signature}`, options));
        await refusesAs("malformed token", () => verify(description, `${header}.${payload}.`, options));
      }
    });
  }

  it("is refused if the public key of the issuer was used as a secret", async () => {
    keysOfIssuer();
    const pem = pairs.RS256.publicKey.export({ type: "spki", format: "pem" }) as string;
    await refusesAs("algorithm", () => verify(tokens(), signed(claims, pem, "HS256")));
    const [, payload] = signed(claims, pem, "HS256").split(".");
    const header = Buffer.from('{"alg":"RS256","kid":"k1"}').toString("base64url");
    const [, , signature] = signed(claims, pem, "HS256").split(".");
    await refusesAs("mismatch", () => verify(tokens(), `${header}.${payload}.${signature}`));
  });

  it("is refused with another text of the same signature", async () => {
    keysOfIssuer();
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const algorithm of ["RS256", "ES256"] as const) {
      const token = signed(claims, pairs[algorithm].privateKey, algorithm);
      const other = `${token.slice(0, -1)}${letters[letters.indexOf(token.at(-1)!) + 1]}`;
      assert.deepEqual(Buffer.from(other.split(".")[2], "base64url"), Buffer.from(token.split(".")[2], "base64url"));
      await verify(tokens({ algorithm }), token);
      await refusesAs("mismatch", () => verify(tokens({ algorithm }), other));
    }
  });

  it("is refused with a critical header, even one without names", async () => {
    for (const crit of [["b64"], []]) await refusesAs("critical header", () => verify(bySecret(), mine({}, { crit }), withSecret));
  });

  it("uses no key that the token names or has", async () => {
    const asked = keysOfIssuer();
    const header = { kid: "k1", jku: "https://evil.example.com/keys", jwk: jwkOf(pairs.other, "k1"), x5u: "https://evil.example.com/c" };
    await refusesAs("mismatch", () => verify(tokens(), signed(claims, pairs.other.privateKey, "RS256", header)));
    assert.deepEqual([...new Set(asked)], ["https://keys.example.com/v1/certs"]);
  });

  const rows: [what: string, reason: string, changes: object, description?: Partial<JwtVerification>][] = [
    ["another issuer", "issuer", { iss: "https://issuer.example.com.evil" }],
    ["no issuer", "issuer", { iss: undefined }],
    ["another audience", "audience", { aud: `${url}/` }],
    ["no audience", "audience", { aud: undefined }],
    ["another fixed audience", "audience", {}, { audience: "webhooks" }],
    ["another value of a claim", "claim", { email_verified: false }],
    ["a text instead of a boolean", "claim", { email_verified: "true" }],
    ["another sender", "claim", { email: "evil@example.com" }],
    ["no sender", "claim", { email: undefined }],
    ["neither end nor age", "no time", { exp: undefined }],
    ["an age, but no time of issue", "no time", { iat: undefined }, { maxAgeSeconds: 300 }],
    ["a time that is no number", "malformed time", { exp: String(seconds + 60) }],
    ["an end in the past", "expired", { exp: seconds - 60 }],
    ["an issue in the future", "not valid yet", { iat: seconds + 61 }],
    ["a beginning in the future", "not valid yet", { nbf: seconds + 61 }],
    ["an old issue", "stale", { iat: seconds - 301 }, { maxAgeSeconds: 300 }],
    ["an old beginning", "stale", { iat: undefined, nbf: seconds - 301 }, { maxAgeSeconds: 300 }],
  ];
  for (const [what, reason, changes, description] of rows)
    it(`is refused with ${what}`, () =>
      refusesAs(reason, () => verify(bySecret(description), ofAnyClaims({ ...claims, ...changes }), withSecret)));

  it("is accepted with an age of the issue or the beginning", async () => {
    for (const changes of [{ iat: seconds - 300 }, { iat: undefined, nbf: seconds - 300 }])
      await verify(bySecret({ maxAgeSeconds: 300 }), ofAnyClaims({ ...claims, ...changes, exp: undefined }), withSecret);
  });

  it("may have a fixed audience, or none", async () => {
    await verify(bySecret({ audience: "webhooks" }), mine({ aud: "webhooks" }), withSecret);
    await verify(bySecret({ audience: undefined }), mine({ aud: "any" }), withSecret);
  });

  it("signs body and URL by their digests", async () => {
    const digests = bySecret({
      body: { claim: "payload_hash", digest: "sha256-hex" },
      url: { claim: "url_hash", digest: "sha256-hex" },
    });
    const right = { payload_hash: sha256(body), url_hash: sha256(url) };
    await verify(digests, mine(right), withSecret);
    for (const wrong of [
      { payload_hash: sha256(`${body} `) },
      { payload_hash: undefined },
      { payload_hash: sha256(body).toUpperCase() },
      { url_hash: sha256(`${url}?a=1`) },
      { url_hash: undefined },
    ])
      await refusesAs("digest", () => verify(digests, mine({ ...right, ...wrong }), withSecret));
    for (let at = 0; at < body.length; at++) {
      const bytes = Buffer.from(body);
      bytes[at] ^= 1;
      await refusesAs("digest", () => verify(digests, mine(right), { ...withSecret, bytes }));
    }
  });

  it("must be in its header, after its prefix", async () => {
    await refusesAs("malformed token", () =>
      verify(tokens({ ...own, token: { header: "authorization", prefix: "Person " } }), mine(), withSecret),
    );
    await refusesAs("no signature", () => verify(tokens({ ...own, token: { header: "x-token" } }), mine(), withSecret));
  });

  it("may be signed by either of two secrets, and is refused for what the right one refuses", async () => {
    const credentials = [
      { ...credential, secret: "new" },
      { ...credential, secret },
    ];
    await verify(bySecret(), mine(), { credentials });
    for (const order of [credentials, [...credentials].reverse()])
      await refusesAs("expired", () => verify(bySecret(), mine({ exp: seconds - 61 }), { credentials: order }));
    await refusesAs("mismatch", () => verify(bySecret(), mine(), { credentials: credentials.slice(0, 1) }));
  });

  it("may have a public key beside its secret, so that no set is fetched", async () => {
    const asked = network(() => new Response("", { status: 500 }));
    for (const algorithm of ["RS256", "ES256"] as const) {
      const publicKey = pairs[algorithm].publicKey.export({ type: "spki", format: "pem" });
      const token = signed(claims, pairs[algorithm].privateKey, algorithm);
      await verify(tokens({ algorithm }), token, { credentials: [{ ...credential, publicKey }] });
    }
    assert.deepEqual(asked, []);
  });
});
