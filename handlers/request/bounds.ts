import { Refusal } from "../errors";

/**
 * The most that is done for a request before its signature is proven: whoever sends it may be anybody. Each is many times what a genuine
 * request needs.
 */
export const bounds = {
  /** Bytes of a body that must be taken apart to be verified: Adyen's items, Twilio's forms. */
  bodyBytes: 256 * 1024,
  /** Items of an Adyen notification; Adyen sends one. */
  items: 10,
  /** Fields of a form. */
  fields: 1_000,
  /** Signatures of a header that may have several: one for each secret, while secrets are rotated, and each version. */
  signatures: 8,
  /** Certificates that a container asks PayPal for in a minute, apart from those that it had before; PayPal has one or two. */
  certificatesAMinute: 5,
  /** Bytes of an answer in which a certificate is expected. */
  certificateBytes: 64 * 1024,
} as const;

/** @throws Refusal too_large, unless a body may be taken apart that nobody has proven */
export function requireSmallBody(body: Buffer): void {
  if (body.length > bounds.bodyBytes) throw new Refusal("too_large", "unproven body size");
}

/** @throws Refusal too_large, unless a form may be taken apart that nobody has proven */
export function requireSmallForm(body: Buffer): void {
  requireSmallBody(body);
  let fields = 1;
  for (let at = body.indexOf("&"); at >= 0; at = body.indexOf("&", at + 1)) fields++;
  if (fields > bounds.fields) throw new Refusal("too_large", "unproven number of fields");
}
