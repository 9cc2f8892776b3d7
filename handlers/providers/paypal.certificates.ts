import type { KeyObject } from "node:crypto";
import { Refusal } from "../errors";
import { readCertificate, requirePayPalsOwn, requireValidNow } from "./paypal.chain";

/** The only hosts from which a certificate is taken. @see https://developer.paypal.com/api/rest/webhooks/rest/ */
const hosts = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];
const path = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]+$/;

const timeoutMs = 3_000;
const cacheMs = 60 * 60 * 1000;
const mostCached = 20;

const cache = new Map<string, { publicKey: KeyObject; until: number }>();

/**
 * The URL as we understand it ourselves: PayPal's own hosts, https, no port, no credentials, no query.
 * @throws Refusal signature
 */
export function requirePayPalUrl(text: string): string {
  const refuse = () => new Refusal("signature", "certificate address");
  if (!URL.canParse(text)) throw refuse();
  const url = new URL(text);
  const canonical = `https://${url.hostname}${url.pathname}`;
  if (!hosts.includes(url.hostname) || !path.test(url.pathname) || url.href !== canonical) throw refuse();
  return canonical;
}

/** The key of a certificate that operators have put beside the webhook's id. @throws Refusal signature, if it cannot be used now */
export function pinnedKey(pem: string, now: Date): KeyObject {
  const certificate = readCertificate(pem);
  requireValidNow(certificate, now);
  return certificate.publicKey;
}

/**
 * The key of a certificate that PayPal gives, fetched once an hour. Only keys of certificates that stood every test are remembered,
 * no longer than these are valid, so that a passing error of PayPal's does not refuse events for as long.
 * @param url checked by `requirePayPalUrl`
 * @throws Refusal signature, if PayPal knows no such certificate or it is not PayPal's own; unavailable, so that the sender tries
 * again later
 */
export async function fetchPublicKey(url: string, now: Date): Promise<KeyObject> {
  const cached = cache.get(url);
  if (cached && cached.until > now.getTime()) return cached.publicKey;
  const pem = (await downloadTwice(url, isPem)).toString();
  const [certificate, ...others] = pem.match(pemBlock)!.map(readCertificate);
  await requirePayPalsOwn(certificate, others, now, (issuer) => downloadTwice(issuer, isDer));
  if (cache.size >= mostCached) cache.clear();
  cache.set(url, { publicKey: certificate.publicKey, until: Math.min(now.getTime() + cacheMs, Date.parse(certificate.validTo)) });
  return certificate.publicKey;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const isPem = (answer: Buffer) => answer.toString().match(pemBlock) !== null;
/** A sequence, as all that is written in DER begins. */
const isDer = (answer: Buffer) => answer[0] === 0x30;

async function downloadTwice(url: string, isExpected: (answer: Buffer) => boolean, triesLeft = 2): Promise<Buffer> {
  try {
    return await download(url, isExpected);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (triesLeft > 1) return downloadTwice(url, isExpected, triesLeft - 1);
    throw new Refusal("unavailable", "certificate not available");
  }
}

/** @throws Error if there is no certificate in the answer; Refusal if it says that there is none. */
async function download(url: string, isExpected: (answer: Buffer) => boolean): Promise<Buffer> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
  if (response.status === 404) throw new Refusal("signature", "no such certificate");
  const answer = response.status === 200 ? Buffer.from(await response.arrayBuffer()) : Buffer.alloc(0);
  if (!isExpected(answer)) throw new Error("not a certificate");
  return answer;
}

/** Forgets every certificate. */
export function clearCertificates(): void {
  cache.clear();
}
