import * as z from "zod/mini";
import type { Kind } from "../../domain/event";
import type { AmountRule, Condition } from "../../domain/meaning";
import { signatureHeaders } from "../../domain/sources";
import { at, textAt, timeAt } from "./lib/fields";
import type { CodedMeaningRow, CodedMeanings } from "./lib/meaning";
import { identityDigest, hmac, requireAny, requireHeader } from "./lib/signature";
import type { Provider } from "./lib/types";

const credential = z.object({ secret: z.string().check(z.minLength(1)) });
type Credential = z.infer<typeof credential>;

/** @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
export const shopify: Provider<Credential> = {
  mediaTypes: ["json"],
  /**
   * Shopify accepts any 2xx. The time limit covers the whole connection.
   * @see https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks
   */
  acknowledgment: { status: 202, withinSeconds: 5 },
  // The topic is the event's type, and the event's ID outlives that of a delivery.
  storedHeaders: ["x-shopify-shop-domain", "x-shopify-api-version", "x-shopify-event-id"],
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
  identify(event, { headers, body }) {
    const topic = headers["x-shopify-topic"];
    if (!topic) return undefined;
    return {
      eventId: identityDigest(headers["x-shopify-event-id"] ?? "", headers["x-shopify-shop-domain"] ?? "", topic, body),
      eventType: topic,
      // A header has the time of the event, too, but it is not signed.
      occurredAt: timePaths(topic).reduce<string | undefined>((found, path) => found ?? timeAt(event, path), undefined),
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
};

/**
 * Lists the fields that may have the time of the event, by what happened to the object. The time of an object's creation is not the time of
 * a later event.
 * @see https://shopify.dev/docs/api/webhooks
 */
function timePaths(topic: string): readonly string[] {
  if (topic.endsWith("/create")) return ["created_at", "initiated_at", "happened_at", "updated_at", "processed_at"];
  if (topic.endsWith("/delete")) return ["deleted_at", "updated_at", "happened_at"];
  const inner = ["order_edit.committed_at", "app_subscription.updated_at", "app_purchase_one_time.updated_at", "metadata.occurred_at"];
  return ["updated_at", "completed_at", "happened_at", "occurredAt", ...inner];
}

const admin = "https://shopify.dev/docs/api/admin-rest/latest/resources/";
const is = (path: string, ...values: string[]): Condition => ({ path, is: values });
const refunded = [is("kind", "refund"), is("status", "success")];
const notRefunded = [is("kind", "refund"), is("status", "failure", "error")];
const own = (value: string): AmountRule => ({ value, currency: "currency", unit: "decimal" });
/** Describes the sum of the transactions that fit. A refund may go to a gift card and a card. */
const sumOf = (where: readonly Condition[]): AmountRule => ({ ...own("amount"), each: "transactions", where });
const [done, failed] = [is("status", "success"), is("status", "failure", "error")];
/** Describes a transaction in a state. */
const transaction = (kind: Kind, ...when: Condition[]): CodedMeaningRow => ({
  types: ["order_transactions/create"],
  when,
  kind,
  amount: own("amount"),
  documentation: `${admin}transaction`,
});
/** Describes a refund with transactions that fit: what those moved. */
const refund = (kind: Kind, where: readonly Condition[]): CodedMeaningRow => ({
  types: ["refunds/create"],
  when: [{ some: "transactions", where }],
  kind,
  amount: sumOf(where),
  payment: "order_id",
  documentation: `${admin}refund`,
});

/**
 * The topic is in a header, which is not signed. It counts only if the body, which is signed, confirms it.
 * @see https://shopify.dev/docs/api/admin-rest/latest/resources/webhook#event-topics
 */
export const shopifyMeanings: CodedMeanings = {
  payment: ["order_id", "id"],
  customer: "customer.id",
  rows: [
    {
      types: ["orders/paid"],
      when: [is("financial_status", "paid")],
      kind: "payment.succeeded",
      amount: own("total_price"),
      payment: "id",
      documentation: `${admin}order`,
    },
    transaction("payment.authorized", is("kind", "authorization"), done),
    transaction("payment.succeeded", is("kind", "sale", "capture"), done),
    transaction("payment.failed", is("kind", "authorization", "sale", "capture"), failed),
    transaction("payment.canceled", is("kind", "void"), done),
    transaction("refund", ...refunded),
    transaction("refund.failed", ...notRefunded),
    refund("refund", refunded),
    refund("refund.failed", notRefunded),
    { types: ["refunds/create"], kind: "other", payment: "order_id", documentation: `${admin}refund` },
    {
      types: ["disputes/create", "disputes/update"],
      when: [is("type", "inquiry", "chargeback")],
      kind: "dispute",
      amount: own("amount"),
      payment: "order_id",
      documentation: `${admin}dispute`,
    },
    { types: ["orders/*"], kind: "other", payment: "id", documentation: `${admin}order` },
  ],
};
