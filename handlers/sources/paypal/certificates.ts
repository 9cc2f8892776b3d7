import type { KeyObject } from "node:crypto";
import { Refusal } from "../../errors";
import { isPem, pemBlock, readCertificate } from "../lib/certificate";
import { downloadTwice } from "../lib/download";
import { cachedUntil, rememberCertificates, type Fetched } from "../lib/fetched";
import { requirePayPalsCertificate } from "./chain";

/** Only hosts from which certificates are fetched. @see https://developer.paypal.com/api/rest/webhooks/rest/ */
const hosts = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];
const path = /^\/v1\/notifications\/certs\/[A-Za-z0-9_-]+$/;

/** Returns the URL in canonical form: one of PayPal's hosts, https, no port, credentials or query. @throws Refusal signature */
export function requirePayPalUrl(text: string): string {
  const refuse = () => new Refusal("signature", "certificate address");
  if (!URL.canParse(text)) throw refuse();
  const url = new URL(text);
  const canonical = `https://${url.hostname}${url.pathname}`;
  if (!hosts.includes(url.hostname) || !path.test(url.pathname) || url.href !== canonical) throw refuse();
  return canonical;
}

/** Keys of certificates that passed every check, never cached beyond the certificate's validity. */
const certificates = rememberCertificates(fetchCertificate);

/**
 * Returns the key of a certificate of PayPal's, fetched once an hour.
 * @param url checked by `requirePayPalUrl`
 * @throws Refusal signature, if PayPal has no such certificate or it is not PayPal's own; unavailable, if it cannot be fetched: the source
 * sends again
 */
export const fetchPublicKey = (url: string, now: Date): Promise<KeyObject> => certificates.get(url, now);

async function fetchCertificate(url: string, now: Date): Promise<Fetched<KeyObject>> {
  const pem = (await downloadTwice(url, { what: "certificate", isExpected: isPem, isNamed: true })).toString();
  const [certificate, ...others] = pem.match(pemBlock)!.map(readCertificate);
  const issuers = { what: "certificate", isExpected: isDer, isNamed: true } as const;
  await requirePayPalsCertificate(certificate, others, now, (issuer) => downloadTwice(issuer, issuers));
  return { value: certificate.publicKey, until: Math.min(cachedUntil(now), Date.parse(certificate.validTo)) };
}

/** Tells whether the answer begins with a DER sequence, as a certificate does. */
const isDer = (answer: Buffer) => answer[0] === 0x30;
