import { Refusal } from "../errors";

/** The only hosts from which a certificate is taken. @see https://developer.paypal.com/api/rest/webhooks/rest/ */
const hosts = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];
const path = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]+$/;

const timeoutMs = 3_000;
const cacheMs = 60 * 60 * 1000;
const mostCached = 20;

const cache = new Map<string, { pem: string; until: number }>();

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

/**
 * Fetches a certificate once an hour. Answers are cached only if they are certificates, so that a passing error of
 * PayPal's does not refuse events for as long.
 * @param url checked by `requirePayPalUrl`
 * @throws Refusal signature, if PayPal knows no such certificate; unavailable, so that the sender tries again later
 */
export async function fetchCertificate(url: string, now: Date): Promise<string> {
  const cached = cache.get(url);
  if (cached && cached.until > now.getTime()) return cached.pem;
  const pem = await downloadTwice(url);
  if (cache.size >= mostCached) cache.clear();
  cache.set(url, { pem, until: now.getTime() + cacheMs });
  return pem;
}

async function downloadTwice(url: string, triesLeft = 2): Promise<string> {
  try {
    return await download(url);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (triesLeft > 1) return downloadTwice(url, triesLeft - 1);
    throw new Refusal("unavailable", "certificate not available");
  }
}

/** @throws Error if PayPal does not answer with a certificate; Refusal if it says that there is none. */
async function download(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
  if (response.status === 404) throw new Refusal("signature", "no such certificate");
  const text = response.status === 200 ? await response.text() : "";
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error("not a certificate");
  return text;
}

/** Forgets every certificate. */
export function clearCertificates(): void {
  cache.clear();
}
