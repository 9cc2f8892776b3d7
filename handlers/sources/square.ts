import * as z from "zod/mini";
import type { Kind } from "../../domain/event";
import { signatureHeaders } from "../../domain/sources";
import { asTime, at, lookUp, textAt } from "./lib/fields";
import { fromScaled } from "./lib/money";
import { hmac, requireAny, requireHeader } from "./lib/signature";
import type { Provider } from "./lib/types";

const credential = z.object({
  signatureKey: z.string().check(z.minLength(1)),
  /** URL exactly as registered at Square. It is part of the signed text. */
  notificationUrl: z.url(),
});
type Credential = z.infer<typeof credential>;

/** Kinds by the payment's status: Square sends `payment.updated` for every change of it. */
const kindsByPaymentStatus: Readonly<Record<string, Kind>> = {
  COMPLETED: "payment.succeeded",
  FAILED: "payment.failed",
  CANCELED: "payment.failed",
};

/** @see https://developer.squareup.com/docs/webhooks/step3validate */
export const square: Provider<Credential> = {
  mediaTypes: ["json"],
  /** @see https://developer.squareup.com/docs/webhooks/overview */
  acknowledgement: { status: 202, withinSeconds: 10 },
  storedHeaders: ["square-environment", "square-retry-number", "square-retry-reason", "square-initial-delivery-timestamp"],
  parseCredential: (value) => credential.parse(value),

  /** `x-square-hmacsha256-signature`: base64 of HMAC-SHA256 over notification URL and body. The scheme signs no time. */
  verify({ headers, body }, credentials) {
    const given = requireHeader(headers, signatureHeaders.square[0]);
    const expected = credentials.map(({ signatureKey, notificationUrl }) => hmac("sha256", signatureKey, "base64", notificationUrl, body));
    requireAny(expected, [given]);
  },

  identify(event) {
    const eventId = textAt(event, "event_id");
    if (!eventId) return undefined;
    return { eventId, eventType: textAt(event, "type") ?? "unknown", occurredAt: asTime(at(event, "created_at")) };
  },

  /**
   * The sandbox has its own signature key. Only a header, which is not signed, says that an event is the sandbox's.
   * @see https://developer.squareup.com/reference/square/webhooks
   */
  originOf: (event, { headers }) => ({
    test: headers["square-environment"]?.toLowerCase() === "sandbox",
    account: textAt(event, "merchant_id"),
  }),

  /** @see https://developer.squareup.com/reference/square/webhooks */
  normalize(event) {
    const type = textAt(event, "type") ?? "";
    const object = at(event, "data", "object");
    if (type.startsWith("refund.")) {
      const refund = at(object, "refund");
      return {
        kind: "refund",
        amount: moneyAt(refund, "amount_money"),
        paymentReference: textAt(refund, "payment_id"),
        customerReference: undefined,
      };
    }
    if (type.startsWith("dispute.")) {
      const dispute = at(object, "dispute");
      const paymentReference = textAt(dispute, "disputed_payment", "payment_id") ?? textAt(dispute, "disputed_payments", 0, "payment_id");
      return { kind: "dispute", amount: moneyAt(dispute, "amount_money"), paymentReference, customerReference: undefined };
    }
    const payment = at(object, "payment");
    const status = type.startsWith("payment.") ? textAt(payment, "status") : undefined;
    return {
      kind: lookUp(kindsByPaymentStatus, status) ?? "other",
      amount: moneyAt(payment, "total_money") ?? moneyAt(payment, "amount_money"),
      paymentReference: textAt(payment, "id"),
      customerReference: textAt(payment, "customer_id"),
    };
  },
};

/**
 * Reads an amount of Square's Money, in the currency's smallest unit.
 * @see https://developer.squareup.com/reference/square/objects/Money
 */
function moneyAt(object: unknown, field: string) {
  return fromScaled(at(object, field, "amount"), at(object, field, "currency"));
}
