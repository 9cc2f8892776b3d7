import { createPublicKey, type KeyObject } from "node:crypto";
import type { JwtAlgorithm, PublicKeyVerification } from "../../../domain/description";

/** Prefix of an Ed25519 public key in its standard form (SPKI). @see https://www.rfc-editor.org/rfc/rfc8410 */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** Bits of the shortest RSA key that may sign. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.3 */
const shortestRsaKey = 2_048;

const known = new Map<string, KeyObject>();

/** Returns a public key, parsed once. @throws Error if the text is none */
export function publicKeyOf(scheme: PublicKeyVerification["scheme"], form: PublicKeyVerification["key"], text: string): KeyObject {
  const name = `${scheme} ${text}`;
  if (!known.has(name)) known.set(name, parseKey(scheme, form, text));
  return known.get(name)!;
}

function parseKey(scheme: PublicKeyVerification["scheme"], form: PublicKeyVerification["key"], text: string): KeyObject {
  if (form === "pem") return createPublicKey(text);
  const bytes = Buffer.from(text, form);
  const spki = scheme === "ed25519" && bytes.length === 32 ? Buffer.concat([spkiPrefix, bytes]) : bytes;
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}

/** Tells whether a public key may sign with an algorithm. */
export function isSigning(
  { asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject,
  algorithm: JwtAlgorithm | PublicKeyVerification["scheme"],
): boolean {
  if (algorithm === "ed25519") return asymmetricKeyType === algorithm;
  if (algorithm === "RS256" || algorithm === "rsa-sha256")
    return asymmetricKeyType === "rsa" && asymmetricKeyDetails.modulusLength! >= shortestRsaKey;
  return asymmetricKeyType === "ec" && asymmetricKeyDetails.namedCurve === "prime256v1";
}
