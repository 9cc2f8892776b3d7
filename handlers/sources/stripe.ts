import * as z from "zod/mini";
import { Refusal } from "../errors";
import type { AmountRule, Condition } from "../../domain/meaning";
import { signatureHeaders } from "../../domain/sources";
import { at, textAt, timeAt } from "./lib/fields";
import type { CodedMeanings } from "./lib/meaning";
import { hmac, requireAny, requireEntries, requireFresh, requireHeader, parseSeconds } from "./lib/signature";
import type { Provider } from "./lib/types";

const credential = z.object({ secret: z.string().check(z.minLength(1)) });
type Credential = z.infer<typeof credential>;

/**
 * Exponents of currencies that Stripe counts in other units than ISO 4217.
 * @see https://docs.stripe.com/currencies#zero-decimal
 */
const ownExponents: Readonly<Record<string, number>> = { isk: 2, ugx: 2, mga: 0 };

/** Form of an entry in the signature's header. */
const entryForm = /^[^=\s]+(=[^=\s]*)?$/;

/** @see https://docs.stripe.com/webhooks#verify-manually */
export const stripe: Provider<Credential> = {
  mediaTypes: ["json"],
  /** Stripe accepts any 2xx and asks for a quick answer. */
  acknowledgment: { status: 202, withinSeconds: undefined },
  storedHeaders: [],
  parseCredential: (value) => credential.parse(value),

  /**
   * `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>…]`: HMAC-SHA256 over `t.body`. Other schemes (v0) are ignored. Other characters in
   * the header, such as a space or a `=` after a signature, are refused, so that one signature has one text.
   */
  verify({ headers, body }, credentials, now) {
    const header = requireHeader(headers, signatureHeaders.stripe[0]);
    const fields = requireEntries(header, ",", entryForm);
    const valuesOf = (name: string) => fields.filter((field) => field.startsWith(`${name}=`)).map((field) => field.slice(name.length + 1));
    const [timestamp, ...more] = valuesOf("t");
    if (timestamp === undefined || more.length > 0 || Number.isNaN(parseSeconds(timestamp)))
      throw new Refusal("signature", "malformed time");
    requireAny(
      credentials.map(({ secret }) => hmac("sha256", secret, "hex", `${timestamp}.`, body)),
      valuesOf("v1"),
    );
    requireFresh(parseSeconds(timestamp), now);
  },

  identify(event) {
    const eventId = textAt(event, "id");
    if (!eventId) return undefined;
    return {
      eventId,
      eventType: textAt(event, "type") ?? "unknown",
      // Seconds; RFC 3339 in events of API version 2.
      occurredAt: timeAt(event, "created", "seconds"),
    };
  },

  /**
   * A Connect endpoint receives events of all connected accounts, live and test, under one secret. Events of an organization and of API
   * version 2 name the account in `context`.
   * @see https://docs.stripe.com/connect/webhooks
   * @see https://docs.stripe.com/changelog/basil/2025-04-30/additional-context-organization-events
   */
  originOf(event) {
    const account = textAt(event, "account") ?? textAt(event, "context");
    return { test: at(event, "livemode") === false, account };
  },
};

const amount = (field: string): AmountRule => ({ value: `data.object.${field}`, currency: "data.object.currency", unit: "minor" });
const object = (field: string, ...is: (string | boolean)[]): Condition => ({ path: `data.object.${field}`, is });
/** The event reports that this field has changed. */
const changed = (field: string): Condition => ({ path: `data.previous_attributes.${field}`, isNot: [null] });
const unchanged = (field: string): Condition => ({ path: `data.previous_attributes.${field}`, is: [null] });
const page = "https://docs.stripe.com/api/";
const [payments, charges, refunds] = [`${page}payment_intents/object`, `${page}charges/object`, `${page}refunds/object`];
const refundTypes = ["refund.created", "refund.updated", "charge.refund.updated"];

/** @see https://docs.stripe.com/api/events/types */
export const stripeMeanings: CodedMeanings = {
  // Since API version 2025-03-31, an invoice names its payments in a list.
  payment: ["data.object.payment_intent", "data.object.payments.data.0.payment.payment_intent", "data.object.charge", "data.object.id"],
  customer: "data.object.customer",
  exponents: ownExponents,
  rows: [
    {
      types: ["payment_intent.succeeded"],
      kind: "payment.succeeded",
      amount: { ...amount("amount_received"), value: ["data.object.amount_received", "data.object.amount"] },
      documentation: payments,
    },
    {
      types: ["payment_intent.amount_capturable_updated"],
      when: [object("status", "requires_capture")],
      kind: "payment.authorized",
      amount: since("amount_capturable"),
      documentation: payments,
    },
    { types: ["payment_intent.payment_failed"], kind: "payment.failed", amount: amount("amount"), documentation: payments },
    { types: ["payment_intent.canceled"], kind: "payment.canceled", amount: amount("amount"), documentation: payments },
    {
      types: ["charge.succeeded"],
      when: [object("captured", false)],
      kind: "payment.authorized",
      amount: amount("amount"),
      documentation: charges,
    },
    {
      types: ["charge.succeeded"],
      kind: "payment.succeeded",
      amount: { ...amount("amount"), value: ["data.object.amount_captured", "data.object.amount"] },
      documentation: charges,
    },
    { types: ["charge.captured"], kind: "payment.succeeded", amount: since("amount_captured"), documentation: charges },
    // One of several captures, but for the last one.
    {
      types: ["charge.updated"],
      when: [changed("amount_captured")],
      kind: "payment.succeeded",
      amount: since("amount_captured"),
      documentation: "https://docs.stripe.com/payments/multicapture",
    },
    { types: ["charge.failed"], kind: "payment.failed", amount: amount("amount"), documentation: charges },
    { types: ["charge.expired"], kind: "payment.canceled", amount: amount("amount"), documentation: charges },
    // Releasing an authorization is reported as a refund, too.
    {
      types: ["charge.refunded"],
      when: [object("captured", false)],
      kind: "payment.canceled",
      amount: since("amount_refunded"),
      documentation: charges,
    },
    // Before API version 2022-11-15, the charge has its refunds, the latest first.
    {
      types: ["charge.refunded"],
      when: [{ path: "data.object.refunds.data.0.status", is: [null, "succeeded"] }],
      kind: "refund",
      amount: since("amount_refunded"),
      documentation: charges,
    },
    // An update of anything else, such as the metadata, says nothing new of a refund that has failed.
    {
      types: refundTypes,
      when: [object("status", "failed", "canceled"), { path: "data.previous_attributes", isNot: [null] }, unchanged("status")],
      kind: "other",
      documentation: refunds,
    },
    { types: ["refund.failed"], kind: "refund.failed", amount: amount("amount"), documentation: refunds },
    {
      types: refundTypes,
      when: [object("status", "failed", "canceled")],
      kind: "refund.failed",
      amount: amount("amount"),
      documentation: refunds,
    },
    { types: ["refund.created"], when: [object("status", "succeeded")], kind: "refund", amount: amount("amount"), documentation: refunds },
    // An update of anything else, such as a reference number, refunds nothing.
    {
      types: refundTypes,
      when: [object("status", "succeeded"), changed("status")],
      kind: "refund",
      amount: amount("amount"),
      documentation: refunds,
    },
    { types: ["charge.dispute.*"], kind: "dispute", amount: amount("amount"), documentation: `${page}disputes/object` },
    {
      types: ["invoice.paid", "invoice.payment_succeeded"],
      when: [
        { path: "data.object.amount_paid", isNot: [0] },
        // Paid by other means than Stripe.
        { path: "data.object.paid_out_of_band", isNot: [true] },
      ],
      kind: "payment.succeeded",
      amount: amount("amount_paid"),
      documentation: `${page}invoices/object`,
    },
    { types: ["invoice.payment_failed"], kind: "payment.failed", amount: amount("amount_due"), documentation: `${page}invoices/object` },
    {
      types: ["checkout.session.completed"],
      when: [object("payment_status", "paid")],
      kind: "payment.succeeded",
      amount: amount("amount_total"),
      documentation: `${page}checkout/sessions/object`,
    },
    {
      types: ["checkout.session.async_payment_succeeded"],
      kind: "payment.succeeded",
      amount: amount("amount_total"),
      documentation: `${page}checkout/sessions/object`,
    },
    {
      types: ["checkout.session.async_payment_failed"],
      kind: "payment.failed",
      amount: amount("amount_total"),
      documentation: `${page}checkout/sessions/object`,
    },
    { types: ["payout.paid"], kind: "payout", amount: amount("amount"), payment: "data.object.id", documentation: `${page}payouts/object` },
    {
      types: ["payment_intent.*", "charge.*", "refund.*", "invoice.*", "checkout.session.*", "payout.*"],
      kind: "other",
      documentation: `${page}events/types`,
    },
  ],
};

/** Describes what an event has added to a sum, such as `charge.refunded` to that of all refunds so far. */
function since(field: string): AmountRule {
  return { ...amount(field), less: `data.previous_attributes.${field}` };
}
