import type { CodedProvider } from "../domain/sources";
import type { SourceDescription } from "./sources";

/** An event's fields. */
export type Sample = Readonly<Record<string, unknown>>;

/** Type of each provider's sample. */
export const usualType: Record<CodedProvider, string> = {
  stripe: "payment_intent.succeeded",
  square: "payment.updated",
  paypal: "PAYMENT.CAPTURE.COMPLETED",
  github: "issues.opened",
  shopify: "orders/paid",
  slack: "reaction_added",
  twilio: "message.delivered",
  adyen: "AUTHORISATION",
  "standard-webhooks": "invoice.paid",
};

/** An event of a type, and the headers that say the type. */
interface Typed {
  event: Sample;
  headers: Record<string, string>;
}

/** Tells whether a source's events have a type. */
export const hasTypes = ({ description }: SourceDescription) =>
  description === undefined || (description.type !== undefined && "paths" in description.type);

/**
 * Gives an event a type, in the body or in a header, as its provider does.
 * @param type the sample's own if not given
 */
export function typed({ provider }: SourceDescription, event: Sample, type: string | undefined): Typed {
  return type === undefined ? inBody(event) : setters[provider as CodedProvider](event, type);
}

/** Returns the headers that say the type of a body that is given; `undefined` if the body says the type itself. */
export function typeHeaders({ provider }: SourceDescription, type: string): Record<string, string> | undefined {
  return provider === "github" || provider === "shopify" ? setters[provider]({}, type).headers : undefined;
}

const inBody = (event: Sample): Typed => ({ event, headers: {} });

const setters: Record<CodedProvider, (event: Sample, type: string) => Typed> = {
  stripe: (event, type) => inBody({ ...event, type }),
  square: (event, type) => inBody({ ...event, type }),
  paypal: (event, type) => inBody({ ...event, event_type: type }),
  "standard-webhooks": (event, type) => inBody({ ...event, type }),
  slack: (event, type) => inBody({ ...event, event: { ...(event.event as Sample), type } }),
  /** A type such as issues.opened is the event's name in a header, and the action in the body. */
  github: (event, type) => {
    const [name, ...rest] = type.split(".");
    const action = rest.length > 0 ? rest.join(".") : undefined;
    return { event: { ...event, action }, headers: { "x-github-event": name } };
  },
  shopify: (event, type) => ({ event, headers: { "x-shopify-topic": type } }),
  twilio: (event, type) => {
    const [, kind, status] = /^(message|call)\.(.+)$/.exec(type) ?? [];
    if (kind === "message") return inBody({ ...event, MessageStatus: status, SmsStatus: status });
    const others = Object.entries(event).filter(([field]) => !/^(Message|Sms)Status$/.test(field));
    return inBody({ ...Object.fromEntries(others), ...(kind === "call" ? { CallStatus: status } : { EventType: type }) });
  },
  adyen: (event, type) => {
    const items = event.notificationItems as { NotificationRequestItem: Sample }[];
    const notificationItems = items.map(({ NotificationRequestItem: item }) => ({ NotificationRequestItem: { ...item, eventCode: type } }));
    return inBody({ ...event, notificationItems });
  },
};
