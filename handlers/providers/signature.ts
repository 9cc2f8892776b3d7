import { createHmac, timingSafeEqual } from "node:crypto";
import { Refusal } from "../errors";

/** How far the signed time may be from now, in either direction, where a scheme signs a time. */
export const toleranceSeconds = 300;

/** @throws Refusal signature, if the time is no number or too far away. */
export function requireFresh(signedAtMs: number, now: Date): void {
  if (!Number.isFinite(signedAtMs)) throw new Refusal("signature", "malformed time");
  if (Math.abs(now.getTime() - signedAtMs) > toleranceSeconds * 1000) throw new Refusal("signature", "stale");
}

/** Whether two byte strings are equal, in a time that does not depend on where they differ. */
export function equal(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

export function hmacSha256(key: string, ...parts: (string | Buffer)[]): Buffer {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether any expected signature is among those given; all pairs are compared, whichever matches. */
export function anyEqual(expected: readonly Buffer[], given: readonly Buffer[]): boolean {
  return expected.map((mac) => given.map((signature) => equal(mac, signature)).includes(true)).includes(true);
}
