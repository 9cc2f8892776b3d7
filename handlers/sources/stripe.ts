import * as z from "zod/mini";
import { Refusal } from "../errors";
import type { Kind } from "../../domain/event";
import { signatureHeaders } from "../../domain/sources";
import { asTime, at, lookUp, textAt } from "./lib/fields";
import { fromScaled } from "./lib/money";
import { hmac, requireAny, requireEntries, requireFresh, requireHeader, parseSeconds } from "./lib/signature";
import type { Provider } from "./lib/types";

const credential = z.object({ secret: z.string().check(z.minLength(1)) });
type Credential = z.infer<typeof credential>;

/**
 * Exponents of currencies that Stripe counts in other units than ISO 4217.
 * @see https://docs.stripe.com/currencies#zero-decimal
 */
const ownExponents: Readonly<Record<string, number>> = { isk: 2, ugx: 2, mga: 0 };

/** @see https://docs.stripe.com/api/events/types */
const kindsByType: Readonly<Record<string, Kind>> = {
  "payment_intent.succeeded": "payment.succeeded",
  "charge.succeeded": "payment.succeeded",
  "checkout.session.async_payment_succeeded": "payment.succeeded",
  "invoice.paid": "payment.succeeded",
  "invoice.payment_succeeded": "payment.succeeded",
  "payment_intent.payment_failed": "payment.failed",
  "charge.failed": "payment.failed",
  "checkout.session.async_payment_failed": "payment.failed",
  "invoice.payment_failed": "payment.failed",
  "charge.refunded": "refund",
};

/** Form of an entry in the signature's header. */
const entryForm = /^[^=\s]+(=[^=\s]*)?$/;

function kindOf(type: string): Kind {
  if (type.startsWith("charge.dispute.")) return "dispute";
  if (type.startsWith("refund.") || type.startsWith("charge.refund.")) return "refund";
  return lookUp(kindsByType, type) ?? "other";
}

/** @see https://docs.stripe.com/webhooks#verify-manually */
export const stripe: Provider<Credential> = {
  mediaTypes: ["json"],
  /** Stripe accepts any 2xx and asks for a quick answer. */
  acknowledgement: { status: 202, withinSeconds: undefined },
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
    const created = at(event, "created");
    if (!eventId) return undefined;
    return {
      eventId,
      eventType: textAt(event, "type") ?? "unknown",
      occurredAt: typeof created === "number" ? asTime(created * 1000) : undefined,
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

  normalize(event) {
    const kind = kindOf(textAt(event, "type") ?? "");
    const object = at(event, "data", "object");
    return {
      kind,
      amount: amountOf(kind, textAt(event, "type") ?? "", object),
      paymentReference: textAt(object, "payment_intent") ?? textAt(object, "charge") ?? textAt(object, "id"),
      customerReference: textAt(object, "customer"),
    };
  },
};

/** Reads the amount, whose field depends on the object. `charge.refunded` carries the whole charge, so only the refunded amount counts. */
function amountOf(kind: Kind, type: string, object: unknown) {
  const currency = textAt(object, "currency");
  const field =
    type === "charge.refunded"
      ? "amount_refunded"
      : type.startsWith("invoice.")
        ? kind === "payment.failed"
          ? "amount_due"
          : "amount_paid"
        : type.startsWith("checkout.session.")
          ? "amount_total"
          : "amount";
  return fromScaled(at(object, field), currency, lookUp(ownExponents, currency?.toLowerCase()));
}
