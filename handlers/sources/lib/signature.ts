import { createHash, createHmac, randomBytes, timingSafeEqual, type BinaryToTextEncoding } from "node:crypto";
import { bounds } from "../../request/bounds";
import { Refusal } from "../../errors";

/** How far the signed time may be from now, in either direction, where a scheme signs a time. */
const toleranceSeconds = 300;

/** @throws Refusal signature, if the time is no number or too far away. */
export function requireFresh(signedAtMs: number, now: Date): void {
  if (!Number.isFinite(signedAtMs)) throw new Refusal("signature", "malformed time");
  if (Math.abs(now.getTime() - signedAtMs) > toleranceSeconds * 1000) throw new Refusal("signature", "stale");
}

/** Seconds since 1970 as a header has them, in milliseconds; `NaN` for anything else. */
export function secondsOf(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) * 1000 : NaN;
}

/** What a header holds. @throws Refusal signature, if it is not there */
export function requireHeader(headers: Readonly<Record<string, string>>, name: string): string {
  const value = headers[name];
  if (!value) throw new Refusal("signature", "no signature");
  return value;
}

/**
 * Whether any of the signatures given is one of those expected, both as text: in hexadecimal or base64 several texts may stand
 * for the same bytes, and only the one that the source writes counts. All pairs are compared, whichever matches, and one
 * of another length in the same way as any other. Of those given, the first few count.
 */
export function matchesAny(expected: readonly string[], given: readonly string[]): boolean {
  const first = given.slice(0, bounds.signatures);
  return expected.flatMap((one) => first.map((other) => equal(one, other))).includes(true);
}

/** @throws Refusal signature, if none of those given is one of those expected */
export function requireAny(expected: readonly string[], given: readonly string[]): void {
  if (!matchesAny(expected, given)) throw new Refusal("signature", "mismatch");
}

/** The entries of a header with several, each of which must be there once and have this form: else one signature has several texts.
 * @throws Refusal signature */
export function requireEntries(header: string, separator: string, form: RegExp): readonly string[] {
  const entries = header.split(separator);
  const distinct = new Set(entries).size === entries.length;
  if (!distinct || !entries.every((entry) => form.test(entry))) throw new Refusal("signature", "mismatch");
  return entries;
}

const comparisonKey = randomBytes(32);

/** Takes as long for any two texts: their digests under a key that nobody knows are compared, which have one length. */
function equal(expected: string, given: string): boolean {
  const digest = (text: string) => createHmac("sha256", comparisonKey).update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

/** HMAC over parts as if they were one, as text. */
export function hmac(algorithm: string, key: string | Buffer, encoding: BinaryToTextEncoding, ...parts: (string | Buffer)[]): string {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
}

/** A name for what has none: the same for the same parts, and another for any others. */
export function identityDigest(...parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}
