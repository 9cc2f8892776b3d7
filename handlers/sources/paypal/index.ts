import { createVerify, type KeyObject } from "node:crypto";
import { crc32 } from "node:zlib";
import * as z from "zod/mini";
import type { AmountRule, Condition } from "../../../domain/meaning";
import { signatureHeaders } from "../../../domain/sources";
import { Refusal } from "../../errors";
import { at, textAt, timeAt } from "../lib/fields";
import type { CodedMeanings } from "../lib/meaning";
import { pinnedKey } from "../lib/certificate";
import { fetchPublicKey, requirePayPalUrl } from "./certificates";
import { requireFresh, requireHeader } from "../lib/signature";
import type { Provider } from "../lib/types";

const credential = z.object({
  /** ID that PayPal gave the webhook when it was registered. It is part of the signed text. */
  webhookId: z.string().check(z.minLength(1)),
  /** Certificate in PEM; with it, none is fetched. */
  certificate: z.optional(z.string().check(z.includes("BEGIN CERTIFICATE"))),
});
type Credential = z.infer<typeof credential>;

/** @see https://developer.paypal.com/api/rest/webhooks/rest/ */
export const paypal: Provider<Credential> = {
  mediaTypes: ["json"],
  /**
   * PayPal accepts any 2xx, and otherwise sends again for three days.
   * @see https://developer.paypal.com/api/rest/webhooks/
   */
  acknowledgment: { status: 202, withinSeconds: undefined },
  storedHeaders: ["paypal-transmission-id", "paypal-transmission-time"],
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
    return { eventId, eventType: textAt(event, "event_type") ?? "unknown", occurredAt: timeAt(event, "create_time") };
  },

  /**
   * The sandbox has its own hosts, one of which an event's link to itself names. It also has its own webhooks.
   * @see https://developer.paypal.com/api/rest/requests/
   * @see https://developer.paypal.com/docs/api/payments/v2/#captures_get
   * @see https://developer.paypal.com/docs/api/payments/v2/#refunds_get
   */
  originOf(event) {
    const resource = at(event, "resource");
    const account =
      textAt(resource, "payee", "merchant_id") ??
      // Of a refund, the payer is the merchant.
      textAt(resource, "payer", "merchant_id") ??
      textAt(resource, "purchase_units", 0, "payee", "merchant_id") ??
      textAt(resource, "disputed_transactions", 0, "seller", "merchant_id") ??
      textAt(resource, "merchant_id");
    return { test: isOfSandbox(event), account };
  },
};

/** Returns the capture of a refund: only a link names it, and the link's last part is the capture's ID. */
function capturedPayment(event: unknown): string | undefined {
  return /\/captures\/([^/?#]+)$/.exec(linkOf(at(event, "resource"), "up"))?.[1];
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

/** Verifies an RSA signature. Several base64 texts can encode the same bytes; only the canonical one is accepted. */
function verifyRsa(publicKey: KeyObject, signed: string, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64");
  return createVerify("RSA-SHA256").update(signed).verify(publicKey, bytes) && bytes.toString("base64") === signature;
}

/** Describes an amount: `value` and `currency_code` in version 2 of PayPal's API, `total` and `currency` in version 1. */
const money = (path: string): AmountRule => ({
  value: [`resource.${path}.value`, `resource.${path}.total`],
  currency: [`resource.${path}.currency_code`, `resource.${path}.currency`],
  unit: "decimal",
});
/** State of a refund: `status` in version 2, `state` in version 1, in other letters. */
const refundIs = (...is: (string | null)[]): Condition[] =>
  ["resource.status", "resource.state"].map((path) => ({ path, is: [null, ...is, ...is.map((one) => one?.toLowerCase() ?? null)] }));
const names = "https://developer.paypal.com/api/rest/webhooks/event-names/";
const refundTypes = ["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.SALE.REFUNDED", "PAYMENT.SALE.REVERSED"];
const refundTable = {
  amount: { ...money("amount"), negative: true },
  documentation: "https://developer.paypal.com/docs/api/payments/v2/#refunds_get",
} as const;

/** @see https://developer.paypal.com/api/rest/webhooks/event-names/ */
export const paypalMeanings: CodedMeanings = {
  payment: [
    "resource.disputed_transactions.0.seller_transaction_id",
    "resource.sale_id",
    "resource.capture_id",
    { description: "the capture ID in the `up` link of `resource.links`", find: capturedPayment },
    "resource.id",
  ],
  customer: ["resource.payer.payer_id", "resource.subscriber.payer_id"],
  rows: [
    {
      types: ["PAYMENT.AUTHORIZATION.CREATED"],
      // `status` in version 2, `state` in version 1. One that PayPal still reviews is pending.
      when: [
        { path: "resource.status", is: [null, "CREATED"] },
        { path: "resource.state", is: [null, "authorized"] },
      ],
      kind: "payment.authorized",
      amount: money("amount"),
      documentation: "https://developer.paypal.com/api/payments/v2/definitions/authorization_status",
    },
    { types: ["PAYMENT.AUTHORIZATION.VOIDED"], kind: "payment.canceled", amount: money("amount"), documentation: names },
    {
      types: ["PAYMENT.CAPTURE.COMPLETED", "PAYMENT.SALE.COMPLETED"],
      kind: "payment.succeeded",
      amount: money("amount"),
      documentation: names,
    },
    {
      types: ["PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED", "PAYMENT.SALE.DENIED"],
      kind: "payment.failed",
      amount: money("amount"),
      documentation: names,
    },
    {
      types: ["BILLING.SUBSCRIPTION.PAYMENT.FAILED"],
      kind: "payment.failed",
      amount: money("billing_info.last_failed_payment.amount"),
      documentation: names,
    },
    { types: refundTypes, when: refundIs("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"), kind: "refund", ...refundTable },
    { types: refundTypes, when: refundIs("FAILED", "CANCELLED"), kind: "refund.failed", ...refundTable },
    { types: ["PAYMENT.REFUND.FAILED"], kind: "refund.failed", ...refundTable },
    { types: ["CUSTOMER.DISPUTE.*"], kind: "dispute", amount: money("dispute_amount"), documentation: names },
    {
      types: ["PAYMENT.PAYOUTS-ITEM.SUCCEEDED"],
      kind: "payout",
      amount: money("payout_item.amount"),
      payment: "resource.payout_item_id",
      documentation: names,
    },
    { types: ["PAYMENT.*", "CHECKOUT.*", "BILLING.*"], kind: "other", documentation: names },
  ],
};
