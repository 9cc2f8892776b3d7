import type { KeyObject } from "node:crypto";
import { bounds } from "../../request/bounds";
import { within } from "../../aws/deadline";
import { Refusal } from "../../errors";
import { readCertificate, requirePayPalsCertificate, requireValidNow } from "./chain";

/** Only hosts from which certificates are fetched. @see https://developer.paypal.com/api/rest/webhooks/rest/ */
const hosts = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];
const path = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]+$/;

const timeoutMs = 3_000;
const cacheMs = 60 * 60 * 1000;
const attemptMs = 60 * 1000;
const mostCached = 20;

interface Known {
  publicKey: KeyObject;
  /** Epoch milliseconds until which it is valid. */
  until: number;
}
const cache = new Map<string, Known>();
/** Requests within the last minute, with their outcomes. */
const attempts = new Map<string, { outcome: Promise<Known>; until: number }>();

/** Returns the URL in canonical form: one of PayPal's hosts, https, no port, credentials or query. @throws Refusal signature */
export function requirePayPalUrl(text: string): string {
  const refuse = () => new Refusal("signature", "certificate address");
  if (!URL.canParse(text)) throw refuse();
  const url = new URL(text);
  const canonical = `https://${url.hostname}${url.pathname}`;
  if (!hosts.includes(url.hostname) || !path.test(url.pathname) || url.href !== canonical) throw refuse();
  return canonical;
}

/** Returns the key of the certificate that operators stored beside the webhook's ID. @throws Refusal signature, if it is not valid now */
export function pinnedKey(pem: string, now: Date): KeyObject {
  const certificate = readCertificate(pem);
  requireValidNow(certificate, now);
  return certificate.publicKey;
}

/**
 * Returns the key of a certificate of PayPal's, fetched once an hour. Only keys of certificates that passed every check are cached, and
 * never beyond the certificate's validity. A forged request may name any certificate, so a failure is cached for a minute, and only a few
 * unknown certificates are requested per minute.
 * @param url checked by `requirePayPalUrl`
 * @throws Refusal signature, if PayPal has no such certificate or it is not PayPal's own; unavailable, if it cannot be fetched: the source
 * sends again
 */
export async function fetchPublicKey(url: string, now: Date): Promise<KeyObject> {
  const cached = cache.get(url);
  if (cached && cached.until > now.getTime()) return cached.publicKey;
  const { publicKey, until } = await attempt(url, now);
  if (until <= now.getTime()) throw new Refusal("signature", "certificate out of date");
  return publicKey;
}

function attempt(url: string, now: Date): Promise<Known> {
  for (const [other, { until }] of attempts) if (until <= now.getTime()) attempts.delete(other);
  const recent = attempts.get(url);
  if (recent) return recent.outcome;
  if (attempts.size >= bounds.certificatesAMinute && !cache.has(url)) throw new Refusal("unavailable", "certificates asked for");
  const outcome = fetchCertificate(url, now);
  attempts.set(url, { outcome, until: now.getTime() + attemptMs });
  return outcome;
}

async function fetchCertificate(url: string, now: Date): Promise<Known> {
  const pem = (await downloadTwice(url, isPem)).toString();
  const [certificate, ...others] = pem.match(pemBlock)!.map(readCertificate);
  await requirePayPalsCertificate(certificate, others, now, (issuer) => downloadTwice(issuer, isDer));
  const known = { publicKey: certificate.publicKey, until: Math.min(now.getTime() + cacheMs, Date.parse(certificate.validTo)) };
  if (cache.size >= mostCached) cache.clear();
  cache.set(url, known);
  return known;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const isPem = (answer: Buffer) => answer.toString().match(pemBlock) !== null;
/** Tells whether the answer begins with a DER sequence, as a certificate does. */
const isDer = (answer: Buffer) => answer[0] === 0x30;

type Expected = (answer: Buffer) => boolean;

async function downloadTwice(url: string, isExpected: Expected, triesLeft = 2): Promise<Buffer> {
  try {
    return await download(url, isExpected);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (triesLeft > 1) return downloadTwice(url, isExpected, triesLeft - 1);
    throw new Refusal("unavailable", "certificate not available");
  }
}

/** Downloads a certificate. @throws Error if the answer is not one; Refusal if PayPal has none */
async function download(url: string, isExpected: Expected): Promise<Buffer> {
  const response = await fetch(url, { redirect: "error", signal: within(timeoutMs) });
  if (response.status === 404) throw new Refusal("signature", "no such certificate");
  const answer = response.status === 200 ? await readSmall(response) : Buffer.alloc(0);
  if (!isExpected(answer)) throw new Error("not a certificate");
  return answer;
}

/** Reads an answer of limited size. @throws Error if it is longer than any certificate */
async function readSmall(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bounds.certificateBytes) throw new Error("too long for a certificate");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Clears the cache. */
export function clearCertificates(): void {
  cache.clear();
  attempts.clear();
}
