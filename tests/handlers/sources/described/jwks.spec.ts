import * as assert from "node:assert/strict";
import { bounds } from "../../../../handlers/request/bounds";
import { now } from "../../../helpers/described";
import { claims, credential, fakeNetwork, jwkOf, jwks, keySet, pairs, signed, tokens, verify as verifyToken } from "../../../helpers/jwt";
import { refusesAs } from "../../../helpers/signatures";

const own = jwkOf(pairs.RS256, "k1");
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const minute = 60_000;
/** Signs with the issuer's key and its ID. */
const byKey = (kid: string | undefined = "k1", pair = pairs.RS256) => signed(claims, pair.privateKey, "RS256", { kid });
/** Without a limit of the token's age: these tests are about the age of keys. */
const lasting = tokens({ maxAgeSeconds: undefined });
const long = (kid = "k1") => signed({ ...claims, exp: claims.exp + 86_400 }, pairs.RS256.privateKey, "RS256", { kid });
const verify = (token: string, at = now) => verifyToken(lasting, token, { at });
const unavailable = (check: () => Promise<void>) =>
  assert.rejects(check, { name: "Refusal", status: 503, reason: "key set not available" });

describe("The set of an issuer's keys", () => {
  const network = fakeNetwork();

  it("is fetched from the pinned URL, once an hour, without redirects and with a deadline", async () => {
    const options: (RequestInit | undefined)[] = [];
    const asked = network((_, init) => (options.push(init), keySet(own)()));
    for (let count = 0; count < 3; count++) await verify(long());
    await verify(long(), later(60 * minute - 1));
    assert.deepEqual(asked, [jwks]);
    await verify(long(), later(60 * minute));
    assert.equal(asked.length, 2);
    for (const one of options) assert.ok(one?.redirect === "error" && one.signal);
  });

  it("is fetched again for a key that it lacks, at most once a minute", async () => {
    const asked = network(keySet(own));
    await verify(long());
    network(keySet(own));
    for (let count = 0; count < 100; count++) await refusesAs("no such key", () => verify(long("k2")));
    const again = network(keySet(own, jwkOf(pairs.RS256, "k2")));
    await refusesAs("no such key", () => verify(long("k2"), later(minute - 1)));
    assert.deepEqual([asked.length, again.length], [1, 0]);
    await verify(long("k2"), later(minute));
    await refusesAs("no such key", () => verify(long("k3"), later(minute)));
    assert.equal(again.length, 1);
  });

  it("is fetched once if a thousand forged tokens arrive at once", async () => {
    const asked = network(keySet(own));
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => refusesAs("no such key", () => verify(long(`forged-${index}`)))));
    assert.equal(asked.length, 1);
  });

  it("still has its known keys while it cannot be fetched again", async () => {
    network(keySet(own));
    await verify(long());
    network(() => new Response("", { status: 500 }));
    await unavailable(() => verify(long("k2"), later(minute)));
    await verify(long(), later(minute));
    await unavailable(() => verify(long(), later(60 * minute)));
  });

  const failures: [what: string, answer: () => Response][] = [
    ["fails", () => new Response("", { status: 500 })],
    ["is not there", () => new Response("", { status: 404 })],
    ["redirects", () => new Response("", { status: 302, headers: { location: "https://evil.example.com" } })],
    ["is no JSON", () => new Response("<html>")],
    ["has no keys", () => Response.json({ certificates: [own] })],
    ["has keys that are no list", () => Response.json({ keys: { k1: own } })],
    ["is larger than any set", () => Response.json({ keys: [own], padding: "x".repeat(bounds.certificateBytes) })],
    [
      "cannot be reached",
      () => {
        throw new TypeError("network");
      },
    ],
  ];
  for (const [what, answer] of failures)
    it(`makes the receiver answer 503 for a minute if it ${what}`, async () => {
      const asked = network(answer);
      await unavailable(() => verify(byKey()));
      assert.equal(asked.length, 2);
      const soon = network(keySet(own));
      await unavailable(() => verify(long(), later(minute - 1)));
      assert.equal(soon.length, 0);
      await verify(long(), later(minute));
    });

  it("is read no further than the largest set", async () => {
    let pulled = 0;
    network(
      () => new Response(new ReadableStream({ pull: (controller) => void controller.enqueue(new Uint8Array(16_384).fill(++pulled)) })),
    );
    await unavailable(() => verify(byKey()));
    assert.ok(pulled <= 2 * (bounds.certificateBytes / 16_384 + 3), `${pulled} pieces were read`);
  });

  const unusable: [what: string, key: unknown][] = [
    ["no ID", { ...own, kid: undefined }],
    ["an ID that is no text", { ...own, kid: 1 }],
    ["another use", { ...own, use: "enc" }],
    ["another algorithm", { ...own, alg: "RS512" }],
    ["fewer than 2,048 bits", jwkOf(pairs.short, "k1")],
    ["no modulus", { ...own, n: undefined }],
    ["the shape of a secret", { kty: "oct", k: "c2VjcmV0", kid: "k1" }],
    ["another kind", jwkOf(pairs.ES256, "k1")],
    ["no shape of a key", "k1"],
  ];
  for (const [what, key] of unusable)
    it(`verifies nothing with a key that has ${what}`, async () => {
      network(keySet(key));
      for (const kid of ["k1", "1", "undefined"]) await refusesAs("no such key", () => verify(byKey(kid)));
      const short = signed(claims, pairs.short.privateKey, "RS256");
      await refusesAs("no such key", () => verify(short));
    });

  it("may say use and algorithm of its keys", async () => {
    network(keySet({ ...own, use: "sig", alg: "RS256" }, { ...jwkOf(pairs.ES256, "k1"), use: "sig", alg: "ES256" }));
    await verify(byKey());
    await verifyToken(tokens({ algorithm: "ES256" }), signed(claims, pairs.ES256.privateKey, "ES256"));
  });

  it("verifies with the key of the token's ID only, and with none without an ID", async () => {
    const asked = network(keySet(own, jwkOf(pairs.other, "k2")));
    await refusesAs("mismatch", () => verify(byKey("k2")));
    await verify(byKey("k2", pairs.other));
    const before = asked.length;
    for (const header of [{ kid: undefined }, { kid: 1 }, { kid: ["k1"] }]) await refusesAs("no key ID", () => verify(signedWith(header)));
    assert.equal(asked.length, before);
  });

  /** Signs with a header that jsonwebtoken refuses. */
  function signedWith(header: object): string {
    const [, payload, signature] = byKey().split(".");
    return `${Buffer.from(JSON.stringify({ alg: "RS256", ...header })).toString("base64url")}.${payload}.${signature}`;
  }

  it("serves all sources of one issuer", async () => {
    const asked = network(keySet(own));
    await verify(byKey());
    await verifyToken(tokens({ audience: "webhooks" }), signed({ ...claims, aud: "webhooks" }, pairs.RS256.privateKey, "RS256"), {
      credentials: [{ email: credential.email }],
    });
    assert.equal(asked.length, 1);
  });
});
