import * as z from "zod/mini";
import type { Kind } from "../../domain/event";
import { signatureHeaders } from "../../domain/sources";
import type { Json } from "../request/json";
import { asTime, at, idAt, lookUp, textAt } from "./lib/fields";
import { fromDecimal } from "./lib/money";
import { identityDigest, hmac, requireAny, requireHeader } from "./lib/signature";
import { noPayment, type Meaning, type Provider } from "./lib/types";

const credential = z.object({ secret: z.string().check(z.minLength(1)) });
type Credential = z.infer<typeof credential>;

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/webhook#event-topics */
const normalizersByTopic: Readonly<Record<string, (event: Json) => Meaning>> = {
  "orders/paid": paidOrder,
  "refunds/create": refund,
  "disputes/create": dispute,
  "disputes/update": dispute,
};

/** @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
export const shopify: Provider<Credential> = {
  mediaTypes: ["json"],
  /**
   * Shopify accepts any 2xx. The time limit covers the whole connection.
   * @see https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks
   */
  acknowledgement: { status: 202, withinSeconds: 5 },
  storedHeaders: [
    "x-shopify-topic",
    "x-shopify-shop-domain",
    "x-shopify-api-version",
    "x-shopify-webhook-id",
    "x-shopify-event-id",
    "x-shopify-triggered-at",
  ],
  parseCredential: (value) => credential.parse(value),

  /** `X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 over the body. The scheme signs neither a time nor a header. */
  verify({ headers, body }, credentials) {
    const given = requireHeader(headers, signatureHeaders.shopify[0]);
    requireAny(
      credentials.map(({ secret }) => hmac("sha256", secret, "base64", body)),
      [given],
    );
  },

  /**
   * The body is the order or product itself, without an event ID, and may repeat (`shop/redact`). The event ID in a header distinguishes
   * such events; a redelivery keeps it. It is not signed, so the ID is a digest with the body, and with the topic, because one event may
   * have several. Without the header, the others count: refusing the request would lose an event for a header that proves nothing.
   * @see https://shopify.dev/docs/apps/build/webhooks/ignore-duplicates
   */
  identify(_event, { headers, body }) {
    const topic = headers["x-shopify-topic"];
    if (!topic) return undefined;
    return {
      eventId: identityDigest(headers["x-shopify-event-id"] ?? "", headers["x-shopify-shop-domain"] ?? "", topic, body),
      eventType: topic,
      occurredAt: asTime(headers["x-shopify-triggered-at"]),
    };
  },

  /**
   * An order is marked as a test itself, a refund by its transactions. The shop is in a header, which is not signed; only bodies of
   * mandatory privacy webhooks name it.
   * @see https://shopify.dev/docs/api/admin-rest/latest/resources/order
   * @see https://shopify.dev/docs/apps/build/privacy-law-compliance
   */
  originOf(event) {
    const transactions = at(event, "transactions");
    const ofTest = Array.isArray(transactions) && transactions.some((one) => at(one, "test") === true);
    return { test: at(event, "test") === true || ofTest, account: textAt(event, "shop_domain") };
  },

  /** The topic is in a header, which is not signed. It counts only if the body, which is signed, confirms it. */
  normalize(event, topic) {
    const normalizer = lookUp(normalizersByTopic, topic);
    return normalizer ? normalizer(event) : noPayment;
  },
};

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/order */
function paidOrder(order: Json): Meaning {
  const isPaid = textAt(order, "financial_status") === "paid";
  return {
    kind: isPaid ? "payment.succeeded" : "other",
    amount: isPaid ? moneyOf(order, "total_price") : undefined,
    paymentReference: idAt(order, "id"),
    customerReference: idAt(order, "customer", "id"),
  };
}

/**
 * Returns the meaning of a refund. A refund of goods only has no transaction; a failed transaction refunds nothing.
 * @see https://shopify.dev/docs/api/admin-rest/latest/resources/refund
 */
function refund(event: Json): Meaning {
  const transactions = at(event, "transactions");
  const given = Array.isArray(transactions) ? transactions.find(isRefunded) : undefined;
  return aboutOrder(event, given === undefined ? "other" : "refund", moneyOf(given, "amount"));
}

function isRefunded(transaction: unknown): boolean {
  return textAt(transaction, "kind") === "refund" && textAt(transaction, "status") === "success";
}

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/dispute */
function dispute(event: Json): Meaning {
  const isDispute = ["inquiry", "chargeback"].includes(textAt(event, "type") ?? "");
  return aboutOrder(event, isDispute ? "dispute" : "other", isDispute ? moneyOf(event, "amount") : undefined);
}

function aboutOrder(event: Json, kind: Kind, amount: Meaning["amount"]): Meaning {
  return { kind, amount, paymentReference: idAt(event, "order_id"), customerReference: undefined };
}

function moneyOf(value: unknown, field: string) {
  return fromDecimal(textAt(value, field), textAt(value, "currency"));
}
