import { X509Certificate, type KeyObject } from "node:crypto";
import { Refusal } from "../../errors";

/** Matches each certificate of a PEM text. */
export const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export const isPem = (answer: Buffer): boolean => answer.toString().match(pemBlock) !== null;

/** Parses a certificate. @throws Refusal signature, if it is malformed */
export function readCertificate(text: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new Refusal("signature", "malformed certificate");
  }
}

/** Requires that a certificate is valid now. @throws Refusal signature */
export function requireValidNow({ validFrom, validTo }: X509Certificate, now: Date): void {
  const valid = Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);
  if (!valid) throw new Refusal("signature", "certificate out of date");
}

/** Returns the key of a certificate that operators stored with the secret. @throws Refusal signature, if it is not valid now */
export function pinnedKey(pem: string, now: Date): KeyObject {
  const certificate = readCertificate(pem);
  requireValidNow(certificate, now);
  return certificate.publicKey;
}
