import type { KeyObject } from "node:crypto";
import { bounds } from "../../request/bounds";
import { within } from "../../aws/deadline";
import { Refusal } from "../../errors";
import { readCertificate, requirePayPalsOwn, requireValidNow } from "./chain";

/** The only hosts from which a certificate is taken. @see https://developer.paypal.com/api/rest/webhooks/rest/ */
const hosts = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];
const path = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]+$/;

const timeoutMs = 3_000;
const cacheMs = 60 * 60 * 1000;
const attemptMs = 60 * 1000;
const mostCached = 20;

interface Known {
  publicKey: KeyObject;
  /** Epoch milliseconds up to which it counts. */
  until: number;
}
const cache = new Map<string, Known>();
/** What was asked for within the last minute, and what came of it. */
const attempts = new Map<string, { outcome: Promise<Known>; until: number }>();

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
 * The key of a certificate that PayPal gives, fetched once an hour. Only keys of certificates that stood every test are remembered so
 * long, and never longer than these are valid. A forged request may name any certificate: a failure is remembered for a minute, and
 * few certificates are asked for in a minute, apart from those that were PayPal's before.
 * @param url checked by `requirePayPalUrl`
 * @throws Refusal signature, if PayPal knows no such certificate or it is not PayPal's own; unavailable, so that the source tries
 * again later
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
  await requirePayPalsOwn(certificate, others, now, (issuer) => downloadTwice(issuer, isDer));
  const known = { publicKey: certificate.publicKey, until: Math.min(now.getTime() + cacheMs, Date.parse(certificate.validTo)) };
  if (cache.size >= mostCached) cache.clear();
  cache.set(url, known);
  return known;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const isPem = (answer: Buffer) => answer.toString().match(pemBlock) !== null;
/** A sequence, as all that is written in DER begins. */
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

/** @throws Error if there is no certificate in the answer; Refusal if it says that there is none. */
async function download(url: string, isExpected: Expected): Promise<Buffer> {
  const response = await fetch(url, { redirect: "error", signal: within(timeoutMs) });
  if (response.status === 404) throw new Refusal("signature", "no such certificate");
  const answer = response.status === 200 ? await readSmall(response) : Buffer.alloc(0);
  if (!isExpected(answer)) throw new Error("not a certificate");
  return answer;
}

/** @throws Error if the answer is longer than any certificate */
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

/** Forgets every certificate. */
export function clearCertificates(): void {
  cache.clear();
  attempts.clear();
}
