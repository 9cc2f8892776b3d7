import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type { JwtAlgorithm } from "../../../domain/description";
import { Refusal } from "../../errors";
import { isJson, parseJsonBody } from "../../request/json";
import { at } from "../lib/fields";
import { downloadTwice } from "../lib/download";
import { cachedUntil, rememberFetched, type Fetched } from "../lib/fetched";
import { isSigning } from "../lib/publicKey";

/** Public keys by algorithm and ID. */
type KeySet = ReadonlyMap<string, KeyObject>;

const keySets = rememberFetched(fetchKeySet);

/**
 * Returns a key of an issuer's set, which is fetched once an hour. A key that it does not have makes the receiver fetch the set again, at
 * most once a minute: the issuer may have added it.
 * @param url the URL that the description pins
 * @throws Refusal signature, if the issuer has no such key; unavailable, if the set cannot be fetched: the source sends again
 */
export async function keyFromSet(url: string, algorithm: JwtAlgorithm, id: string, now: Date): Promise<KeyObject> {
  const name = nameOf(algorithm, id);
  const key = (await keySets.get(url, now)).get(name) ?? (await keySets.renewed(url, now)).get(name);
  if (!key) throw new Refusal("signature", "no such key");
  return key;
}

const nameOf = (algorithm: string, id: unknown) => `${algorithm} ${String(id)}`;

async function fetchKeySet(url: string, now: Date): Promise<Fetched<KeySet>> {
  const answer = await downloadTwice(url, { what: "key set", isExpected: (one) => keysIn(one) !== undefined, isNamed: false });
  return { value: new Map(keysIn(answer)!.flatMap(publicKey)), until: cachedUntil(now) };
}

function keysIn(answer: Buffer): unknown[] | undefined {
  const keys = at(parseJsonBody(answer.toString()), "keys");
  return Array.isArray(keys) ? keys : undefined;
}

/** Returns a key of a set with its name, unless it is none that signs with an algorithm of a description. */
function publicKey(jwk: unknown): [string, KeyObject][] {
  const algorithm = at(jwk, "kty") === "RSA" ? "RS256" : at(jwk, "crv") === "P-256" ? "ES256" : undefined;
  const isOther = [
    ["alg", algorithm],
    ["use", "sig"],
  ].some(([name, only]) => ![undefined, only].includes(at(jwk, name!) as string | undefined));
  if (!isJson(jwk) || algorithm === undefined || isOther || typeof jwk.kid !== "string") return [];
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
    return isSigning(key, algorithm) ? [[nameOf(algorithm, jwk.kid), key]] : [];
  } catch {
    return [];
  }
}
