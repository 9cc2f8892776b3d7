import * as fc from "fast-check";
import type { Condition } from "../../domain/meaning";
import type { CodedProvider } from "../../domain/sources";
import { meanings } from "../../handlers/sources/meanings";
import { moments, valuesOf, type ValuesOptions } from "./declaredValues";
import { shopifySchema } from "./examples";
import { schemaValues } from "./schemaValues";

/** Events that packages declare, for the types that have a meaning: the provider's own, and of Shopify one with its documented payloads. */

const flat = (conditions: readonly Condition[] = []): Condition[] => conditions.flatMap((one) => ("some" in one ? flat(one.where) : [one]));

/** Texts of a property: a package often declares a state as any text, so those that the table asks for are likely. */
function wordsFor(provider: CodedProvider): (property: string) => readonly string[] {
  const conditions = meanings[provider].rows.flatMap(({ when }) => flat(when));
  const asked = (property: string) =>
    conditions
      .flatMap((one) => ("is" in one && one.path.split(".").at(-1) === property ? one.is : []))
      .filter((one) => typeof one === "string");
  return (property) => {
    if (property.includes("currency")) return ["usd", "EUR", "JPY", "KWD", "ISK", "XXY"];
    if (["value", "total", "amount", "total_price"].includes(property)) return ["12.34", "500", "-7.10", "0.001", "1e3"];
    return [...new Set(asked(property)), ...moments.slice(0, 1), "1"];
  };
}

/** Events of a type, by what the provider's package declares. */
export type Declaration = [eventType: string, values: fc.Arbitrary<unknown>];

const declared = (provider: CodedProvider, file: string, name: string, options: Partial<ValuesOptions> = {}) =>
  valuesOf(`node_modules/${file}`, name, { wordsOf: wordsFor(provider), depth: 4, ...options });

const stripe = (...events: [eventType: string, name: string][]) =>
  events.map(([type, name]): Declaration => [type, declared("stripe", "stripe/cjs/resources/Events.d.ts", `${name}Event`, { depth: 3 })]);

const square = (...events: [eventType: string, name: string][]) =>
  events.map(([type, name]): Declaration => {
    const event = declared("square", `square/serialization/types/${name}Event.d.ts`, `${name}Event.Raw`);
    return [type, event.map((value) => ({ ...(value as object), type, event_id: "e" }))];
  });

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const paypal = (...events: [eventType: string, file: string, name: string][]) =>
  events.map(([type, file, name]): Declaration => {
    const models = "@paypal/paypal-server-sdk/dist/cjs/types/models";
    const resource = declared("paypal", `${models}/${file}.d.ts`, name, { nameOf: snakeCase });
    return [type, resource.map((value) => ({ id: "e", event_type: type, resource: value }))];
  });

const adyenItem = declared(
  "adyen",
  "@adyen/api-library/lib/src/typings/notification/notificationRequestItem.d.ts",
  "NotificationRequestItem",
);
const adyen: Declaration[] = [["*", adyenItem.map((item) => ({ live: "false", notificationItems: [{ NotificationRequestItem: item }] }))]];

const shopify = (...topics: string[]) =>
  topics.map((topic): Declaration => [topic, schemaValues(shopifySchema(topic), { wordsOf: wordsFor("shopify"), depth: 2 })]);

export const declaredEvents: Partial<Record<CodedProvider, Declaration[]>> = {
  stripe: stripe(
    ["payment_intent.succeeded", "PaymentIntentSucceeded"],
    ["payment_intent.amount_capturable_updated", "PaymentIntentAmountCapturableUpdated"],
    ["payment_intent.canceled", "PaymentIntentCanceled"],
    ["charge.succeeded", "ChargeSucceeded"],
    ["charge.failed", "ChargeFailed"],
    ["charge.refunded", "ChargeRefunded"],
    ["charge.dispute.created", "ChargeDisputeCreated"],
    ["refund.created", "RefundCreated"],
    ["refund.updated", "RefundUpdated"],
    ["invoice.paid", "InvoicePaid"],
    ["checkout.session.completed", "CheckoutSessionCompleted"],
    ["payout.paid", "PayoutPaid"],
  ),
  square: square(
    ["payment.created", "PaymentCreated"],
    ["payment.updated", "PaymentUpdated"],
    ["refund.created", "RefundCreated"],
    ["refund.updated", "RefundUpdated"],
    ["dispute.created", "DisputeCreated"],
    ["payout.paid", "PayoutPaid"],
  ),
  paypal: paypal(
    ["PAYMENT.AUTHORIZATION.CREATED", "paymentAuthorization", "PaymentAuthorization"],
    ["PAYMENT.AUTHORIZATION.VOIDED", "paymentAuthorization", "PaymentAuthorization"],
    ["PAYMENT.CAPTURE.COMPLETED", "capturedPayment", "CapturedPayment"],
    ["PAYMENT.CAPTURE.DENIED", "capturedPayment", "CapturedPayment"],
    ["PAYMENT.CAPTURE.REFUNDED", "refund", "Refund"],
    ["BILLING.SUBSCRIPTION.PAYMENT.FAILED", "subscription", "Subscription"],
  ),
  adyen,
  shopify: shopify("orders/paid", "order_transactions/create", "refunds/create", "disputes/create"),
};
