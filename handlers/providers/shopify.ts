import * as z from "zod/mini";
import { signatureHeaders, type Kind } from "../../contract";
import { asTime, at, lookUp, textAt } from "./json";
import { fromDecimal } from "./money";
import { digestOf, hmac, requireAny, requireHeader } from "./signature";
import { noPayment, type Provider } from "./types";

const credential = z.object({ secret: z.string().check(z.minLength(1)) });
type Credential = z.infer<typeof credential>;

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/webhook#event-topics */
const kindsByTopic: Readonly<Record<string, Kind>> = {
  "orders/paid": "payment.succeeded",
  "refunds/create": "refund",
  "disputes/create": "dispute",
  "disputes/update": "dispute",
};

/** @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
export const shopify: Provider<Credential> = {
  mediaTypes: ["json"],
  /** Any 2xx, over the whole connection. @see https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks */
  acknowledgement: { status: 202, withinSeconds: 5 },
  keptHeaders: [
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

  /** The body is the order or product itself, without an id of the event; those in headers are not signed. Several topics of one
   * shop may carry the same body, so the digest is over shop, topic and body. */
  identify(_event, { headers, body }) {
    const topic = headers["x-shopify-topic"];
    if (!topic) return undefined;
    return {
      eventId: digestOf(headers["x-shopify-shop-domain"] ?? "", topic, body),
      eventType: topic,
      occurredAt: asTime(headers["x-shopify-triggered-at"]),
    };
  },

  normalise(event, topic) {
    const kind = lookUp(kindsByTopic, topic);
    if (kind === "payment.succeeded") {
      return {
        kind,
        amount: fromDecimal(textAt(event, "total_price"), textAt(event, "currency")),
        paymentReference: idAt(event, "id"),
        customerReference: idAt(event, "customer", "id"),
      };
    }
    if (kind === "refund") {
      const transaction = at(event, "transactions", 0);
      const amount = fromDecimal(textAt(transaction, "amount"), textAt(transaction, "currency"));
      return { kind, amount, paymentReference: idAt(event, "order_id"), customerReference: undefined };
    }
    if (kind === "dispute") {
      const amount = fromDecimal(textAt(event, "amount"), textAt(event, "currency"));
      return { kind, amount, paymentReference: idAt(event, "order_id"), customerReference: undefined };
    }
    return noPayment;
  },
};

/** Shopify's ids are numbers. */
function idAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const id = at(value, ...path);
  return typeof id === "number" ? String(id) : undefined;
}
