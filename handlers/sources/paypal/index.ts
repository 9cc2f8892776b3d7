import { createVerify, type KeyObject } from "node:crypto";
import { crc32 } from "node:zlib";
import * as z from "zod/mini";
import type { Kind } from "../../../domain/event";
import { signatureHeaders } from "../../../domain/sources";
import { Refusal } from "../../errors";
import { asTime, at, lookUp, textAt } from "../lib/fields";
import { fromDecimal } from "../lib/money";
import { fetchPublicKey, pinnedKey, requirePayPalUrl } from "./certificates";
import { requireFresh, requireHeader } from "../lib/signature";
import type { Provider } from "../lib/types";

const credential = z.object({
  /** ID that PayPal gave the webhook when it was registered. It is part of the signed text. */
  webhookId: z.string().check(z.minLength(1)),
  /** Certificate in PEM; with it, none is fetched. */
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
  mediaTypes: ["json"],
  /**
   * PayPal accepts any 2xx, and otherwise sends again for three days.
   * @see https://developer.paypal.com/api/rest/webhooks/
   */
  acknowledgement: { status: 202, withinSeconds: undefined },
  storedHeaders: ["paypal-transmission-id", "paypal-transmission-time", "paypal-auth-algo", "paypal-cert-url"],
  parseCredential: (value) => credential.parse(value),

  /** RSA-SHA256 over `transmission id|transmission time|webhook id|CRC32 of the body in decimal`. */
  async verify({ headers, body }, credentials, now) {
    const field = (name: string) => requireHeader(headers, name);
    const [id, time, signature] = [field("paypal-transmission-id"), field("paypal-transmission-time"), field(signatureHeaders.paypal[0])];
    const certificateUrl = requirePayPalUrl(field("paypal-cert-url"));
    if (field("paypal-auth-algo").toUpperCase() !== "SHA256WITHRSA") throw new Refusal("signature", "algorithm");
    requireFresh(Date.parse(time), now);

    const matches = async ({ webhookId, certificate }: Credential) => {
      const signed = `${id}|${time}|${webhookId}|${crc32(body)}`;
      const publicKey = certificate === undefined ? await fetchPublicKey(certificateUrl, now) : pinnedKey(certificate, now);
      return verifyRsa(publicKey, signed, signature);
    };
    for (const one of credentials) if (await matches(one)) return;
    throw new Refusal("signature", "mismatch");
  },

  identify(event) {
    const eventId = textAt(event, "id");
    if (!eventId) return undefined;
    return { eventId, eventType: textAt(event, "event_type") ?? "unknown", occurredAt: asTime(at(event, "create_time")) };
  },

  /**
   * The sandbox has its own hosts, one of which an event's link to itself names. It also has its own webhooks.
   * @see https://developer.paypal.com/api/rest/requests/
   * @see https://developer.paypal.com/docs/api/payments/v2/#captures_get
   */
  originOf(event) {
    const resource = at(event, "resource");
    const account =
      textAt(resource, "payee", "merchant_id") ??
      textAt(resource, "purchase_units", 0, "payee", "merchant_id") ??
      textAt(resource, "disputed_transactions", 0, "seller", "merchant_id");
    return { test: isOfSandbox(event), account };
  },

  normalize(event) {
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

/** Returns the capture of a refund: only a link names it, and the link's last part is the capture's ID. */
function capturedPayment(resource: unknown): string | undefined {
  return /\/captures\/([^/?#]+)$/.exec(linkOf(resource, "up"))?.[1];
}

function isOfSandbox(event: unknown): boolean {
  return /^https:\/\/([\w-]+\.)?sandbox\.paypal\.com\//.test(linkOf(event, "self"));
}

/** Returns the address of an object's first link with a relation. */
function linkOf(object: unknown, relation: string): string {
  const links = at(object, "links");
  const link = Array.isArray(links) ? links.find((one) => at(one, "rel") === relation) : undefined;
  return textAt(link, "href") ?? "";
}

/** Reads an amount: `value` and `currency_code` in version 2 of PayPal's API, `total` and `currency` in version 1. */
function moneyAt(resource: unknown, field: string) {
  const amount = at(resource, field);
  return fromDecimal(textAt(amount, "value") ?? textAt(amount, "total"), textAt(amount, "currency_code") ?? textAt(amount, "currency"));
}

/** Verifies an RSA signature. Several base64 texts can encode the same bytes; only the canonical one is accepted. */
function verifyRsa(publicKey: KeyObject, signed: string, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64");
  return createVerify("RSA-SHA256").update(signed).verify(publicKey, bytes) && bytes.toString("base64") === signature;
}
