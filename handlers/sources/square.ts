import * as z from "zod/mini";
import type { Kind } from "../../domain/event";
import type { AmountRule, Condition } from "../../domain/meaning";
import { signatureHeaders } from "../../domain/sources";
import { textAt, timeAt } from "./lib/fields";
import type { CodedMeaningRow, CodedMeanings } from "./lib/meaning";
import { hmac, requireAny, requireHeader } from "./lib/signature";
import type { Provider } from "./lib/types";

const credential = z.object({
  signatureKey: z.string().check(z.minLength(1)),
  /** URL exactly as registered at Square. It is part of the signed text. */
  notificationUrl: z.url(),
});
type Credential = z.infer<typeof credential>;

/** @see https://developer.squareup.com/docs/webhooks/step3validate */
export const square: Provider<Credential> = {
  mediaTypes: ["json"],
  /** @see https://developer.squareup.com/docs/webhooks/overview */
  acknowledgment: { status: 202, withinSeconds: 10 },
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
    return { eventId, eventType: textAt(event, "type") ?? "unknown", occurredAt: timeAt(event, "created_at") };
  },

  /**
   * The sandbox has its own signature key. Only a header, which is not signed, says that an event is the sandbox's.
   * @see https://developer.squareup.com/reference/square/webhooks
   */
  originOf: (event, { headers }) => ({
    test: headers["square-environment"]?.toLowerCase() === "sandbox",
    account: textAt(event, "merchant_id"),
  }),
};

/**
 * Describes an amount. The currency is in `currency`; in Square's examples of payouts, in `currency_code`.
 * @see https://developer.squareup.com/reference/square/objects/Money
 * @see https://developer.squareup.com/reference/square/webhooks/payout.paid
 */
const money = (...paths: string[]): AmountRule => ({
  value: paths.map((path) => `data.object.${path}.amount`),
  currency: paths.flatMap((path) => [`data.object.${path}.currency`, `data.object.${path}.currency_code`]),
  unit: "minor",
});
const status = (object: string, ...is: string[]): Condition => ({ path: `data.object.${object}.status`, is });
const reference = "https://developer.squareup.com/reference/square/objects/";

/** Describes a payment in a state. */
const payment = (kind: Kind, state: string, ...when: Condition[]): CodedMeaningRow => ({
  types: ["payment.created", "payment.updated"],
  when: [status("payment", state), ...when],
  kind,
  amount: money("payment.total_money", "payment.amount_money"),
  documentation: `${reference}Payment`,
});
/** Describes a refund in one of the states. */
const refund = (kind: Kind, ...states: string[]): CodedMeaningRow => ({
  types: ["refund.created", "refund.updated"],
  when: [status("refund", ...states)],
  kind,
  amount: money("refund.amount_money"),
  documentation: `${reference}PaymentRefund`,
});

/**
 * Square sends `payment.updated` for each change of a payment. After a refund, it is no second success.
 * @see https://developer.squareup.com/reference/square/webhooks
 */
export const squareMeanings: CodedMeanings = {
  payment: [
    "data.object.payment.id",
    "data.object.refund.payment_id",
    "data.object.dispute.disputed_payment.payment_id",
    "data.object.dispute.disputed_payments.0.payment_id",
    "data.object.payout.id",
  ],
  customer: "data.object.payment.customer_id",
  rows: [
    payment("payment.authorized", "APPROVED"),
    payment("payment.succeeded", "COMPLETED", { path: "data.object.payment.refunded_money.amount", is: [null, 0] }),
    payment("payment.failed", "FAILED"),
    payment("payment.canceled", "CANCELED"),
    refund("refund", "COMPLETED"),
    refund("refund.failed", "FAILED", "REJECTED"),
    { types: ["dispute.*"], kind: "dispute", amount: money("dispute.amount_money"), documentation: `${reference}Dispute` },
    { types: ["payout.paid"], kind: "payout", amount: money("payout.amount_money"), documentation: `${reference}Payout` },
    {
      types: ["payment.*", "refund.*", "payout.*"],
      kind: "other",
      documentation: "https://developer.squareup.com/reference/square/webhooks",
    },
  ],
};
