import { createPublicKey, type KeyObject } from "node:crypto";
import type { PublicKeyVerification } from "../../../domain/description";

/** Prefix of an Ed25519 public key in its standard form (SPKI). @see https://www.rfc-editor.org/rfc/rfc8410 */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

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
