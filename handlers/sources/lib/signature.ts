import { createHash, createHmac, randomBytes, timingSafeEqual, type BinaryToTextEncoding } from "node:crypto";
import { bounds } from "../../request/bounds";
import { Refusal } from "../../errors";

/** Seconds by which a signed time may differ from now, in either direction. */
const toleranceSeconds = 300;

/**
 * Checks a signed time. Ages count in whole seconds, as in the libraries of Stripe and Standard Webhooks: 300.9 s are 300.
 * @param tolerance seconds, if the provider documents others
 * @throws Refusal signature, if it is not a number or too far from now
 */
export function requireFresh(signedAtMs: number, now: Date, tolerance = toleranceSeconds): void {
  if (!Number.isFinite(signedAtMs)) throw new Refusal("signature", "malformed time");
  const ageSeconds = Math.floor(now.getTime() / 1000) - Math.floor(signedAtMs / 1000);
  if (Math.abs(ageSeconds) > tolerance) throw new Refusal("signature", "stale");
}

/** Parses a header's seconds since 1970. @returns milliseconds since 1970; `NaN` for any other text */
export function parseSeconds(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) * 1000 : NaN;
}

/** Returns a header. @throws Refusal signature, if it is missing */
export function requireHeader(headers: Readonly<Record<string, string>>, name: string): string {
  const value = headers[name];
  if (!value) throw new Refusal("signature", "no signature");
  return value;
}

/**
 * Tells whether any given signature equals any expected one, compared as text. Several texts can encode the same bytes in hexadecimal or
 * base64; only the one that the source writes is valid. All pairs are compared in constant time, whichever matches and whatever their
 * lengths. Only the first few given signatures count.
 */
export function matchesAny(expected: readonly string[], given: readonly string[]): boolean {
  const first = given.slice(0, bounds.signatures);
  return expected.flatMap((one) => first.map((other) => equal(one, other))).includes(true);
}

/** Requires that a given signature equals an expected one. @throws Refusal signature */
export function requireAny(expected: readonly string[], given: readonly string[]): void {
  if (!matchesAny(expected, given)) throw new Refusal("signature", "mismatch");
}

/**
 * Splits a header with several entries. Each must appear once and match the form: otherwise one signature could have several texts.
 * @throws Refusal signature
 */
export function requireEntries(header: string, separator: string, form: RegExp): readonly string[] {
  const entries = header.split(separator);
  const distinct = new Set(entries).size === entries.length;
  if (!distinct || !entries.every((entry) => form.test(entry))) throw new Refusal("signature", "mismatch");
  return entries;
}

const comparisonKey = randomBytes(32);

/** Compares two texts in constant time, by their digests under a random key, which have the same length. */
function equal(expected: string, given: string): boolean {
  const digest = (text: string) => createHmac("sha256", comparisonKey).update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

/** Returns an HMAC over the concatenated parts, as text. */
export function hmac(algorithm: string, key: string | Buffer, encoding: BinaryToTextEncoding, ...parts: (string | Buffer)[]): string {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
}

/** Returns an identity for an event without an ID: the same for the same parts, different for any others. */
export function identityDigest(...parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}
