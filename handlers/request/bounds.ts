import { Refusal } from "../errors";

/**
 * Limits the work for a request whose signature is not verified yet: anyone may send it. Each limit is many times what a genuine request
 * needs.
 */
export const bounds = {
  /** Bytes of a body that is parsed before verification: Adyen's items, Twilio's forms. */
  bodyBytes: 256 * 1024,
  /** Bytes of a message of Amazon SNS: text of at most 256 KiB, of which JSON may double each character, and the fields around it. */
  snsBytes: 1024 * 1024,
  /** Items of an Adyen notification. Adyen sends one. */
  items: 10,
  /** Fields of a form. */
  fields: 1_000,
  /** Parts of a form in multipart/form-data. */
  parts: 100,
  /** Signatures in one header. A source may send one for each version, and for each secret during a rotation. */
  signatures: 8,
  /** Certificates per minute that a container requests from PayPal, not counting known ones. PayPal has one or two. */
  certificatesAMinute: 5,
  /** Bytes of an answer that should be a certificate. */
  certificateBytes: 64 * 1024,
} as const;

/** Refuses a body that is too large to be parsed before verification. @throws Refusal too_large */
export function requireSmallBody(body: Buffer, most: number = bounds.bodyBytes): void {
  if (body.length > most) throw new Refusal("too_large", "unproven body size");
}

/** Refuses a form that is too large, or has too many fields, to be parsed before verification. @throws Refusal too_large */
export function requireSmallForm(body: Buffer): void {
  requireSmallBody(body);
  let fields = 1;
  for (let at = body.indexOf("&"); at >= 0; at = body.indexOf("&", at + 1)) fields++;
  if (fields > bounds.fields) throw new Refusal("too_large", "unproven number of fields");
}
