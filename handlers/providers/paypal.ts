import { createVerify, X509Certificate } from "node:crypto";
import { crc32 } from "node:zlib";
import * as z from "zod/mini";
import { signatureHeader, type Kind } from "../../contract";
import { Refusal } from "../errors";
import { asTime, at, lookUp, textAt } from "./json";
import { fromDecimal } from "./money";
import { fetchCertificate, requirePayPalUrl } from "./paypal.certificates";
import { requireFresh } from "./signature";
import type { Provider } from "./types";

const credential = z.object({
  /** The id that PayPal gave the webhook when it was registered: part of what is signed. */
  webhookId: z.string().check(z.minLength(1)),
  /** PEM; with it, no certificate is fetched. */
  certificate: z.optional(z.string().check(z.includes("BEGIN CERTIFICATE"))),
});
type Credential = z.infer<typeof credential>;

/** @see https://developer.paypal.com/api/rest/webhooks/event-names/ */
const kindsByType: Readonly<Record<string, Kind>> = {
  "PAYMENT.CAPTURE.COMPLETED": "payment.succeeded",
  "PAYMENT.SALE.COMPLETED": "payment.succeeded",
  "PAYMENT.CAPTURE.DENIED": "payment.failed",
  "PAYMENT.CAPTURE.DECLINED": "payment.failed",
  "PAYMENT.SALE.DENIED": "payment.failed",
  "BILLING.SUBSCRIPTION.PAYMENT.FAILED": "payment.failed",
  "PAYMENT.CAPTURE.REFUNDED": "refund",
  "PAYMENT.CAPTURE.REVERSED": "refund",
  "PAYMENT.SALE.REFUNDED": "refund",
  "PAYMENT.SALE.REVERSED": "refund",
};

/** @see https://developer.paypal.com/api/rest/webhooks/rest/ */
export const paypal: Provider<Credential> = {
  keptHeaders: ["content-type", "user-agent", "paypal-transmission-id", "paypal-transmission-time", "paypal-auth-algo", "paypal-cert-url"],
  parseCredential: (value) => credential.parse(value),

  /** RSA-SHA256 over `transmission id|transmission time|webhook id|CRC32 of the body in decimal`. */
  async verify({ headers, body }, credentials, now) {
    const field = (name: string) => {
      const value = headers[name];
      if (!value) throw new Refusal("signature", "no signature");
      return value;
    };
    const [id, time, signature] = [field("paypal-transmission-id"), field("paypal-transmission-time"), field(signatureHeader.paypal)];
    const certificateUrl = requirePayPalUrl(field("paypal-cert-url"));
    if (field("paypal-auth-algo").toUpperCase() !== "SHA256WITHRSA") throw new Refusal("signature", "algorithm");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) throw new Refusal("signature", "malformed signature");
    requireFresh(Date.parse(time), now);

    const matches = async ({ webhookId, certificate }: Credential) => {
      const signed = `${id}|${time}|${webhookId}|${crc32(body)}`;
      const pem = certificate ?? (await fetchCertificate(certificateUrl, now));
      return verifyRsa(pem, signed, signature, now);
    };
    for (const one of credentials) if (await matches(one)) return;
    throw new Refusal("signature", "mismatch");
  },

  identify(event) {
    const eventId = textAt(event, "id");
    if (!eventId) return undefined;
    return { eventId, eventType: textAt(event, "event_type") ?? "unknown", occurredAt: asTime(at(event, "create_time")) };
  },

  normalise(event) {
    const type = textAt(event, "event_type") ?? "";
    const resource = at(event, "resource");
    if (type.startsWith("CUSTOMER.DISPUTE.")) {
      return {
        kind: "dispute",
        amount: moneyAt(resource, "dispute_amount"),
        paymentReference: textAt(resource, "disputed_transactions", 0, "seller_transaction_id"),
        customerReference: undefined,
      };
    }
    return {
      kind: lookUp(kindsByType, type) ?? "other",
      amount: moneyAt(resource, "amount"),
      paymentReference: textAt(resource, "sale_id") ?? capturedPayment(resource) ?? textAt(resource, "id"),
      customerReference: textAt(resource, "payer", "payer_id") ?? textAt(resource, "subscriber", "payer_id"),
    };
  },
};

/** A refund names the capture that it belongs to only in a link, whose last part is the capture's id. */
function capturedPayment(resource: unknown): string | undefined {
  const links = at(resource, "links");
  const up = Array.isArray(links) ? links.find((link) => at(link, "rel") === "up") : undefined;
  return /\/captures\/([^/?#]+)$/.exec(textAt(up, "href") ?? "")?.[1];
}

/** Version 2 of PayPal's API says `value` and `currency_code`, version 1 `total` and `currency`. */
function moneyAt(resource: unknown, field: string) {
  const amount = at(resource, field);
  return fromDecimal(textAt(amount, "value") ?? textAt(amount, "total"), textAt(amount, "currency_code") ?? textAt(amount, "currency"));
}

/** @throws Refusal signature, if the certificate cannot be read or is not valid now. */
function verifyRsa(pem: string, signed: string, signature: string, now: Date): boolean {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new Refusal("signature", "malformed certificate");
  }
  const valid = Date.parse(certificate.validFrom) <= now.getTime() && now.getTime() <= Date.parse(certificate.validTo);
  if (!valid) throw new Refusal("signature", "certificate out of date");
  return createVerify("RSA-SHA256").update(signed).verify(certificate.publicKey, signature, "base64");
}
