import type { Kind } from "../../../domain/event";
import type { MediaType } from "../../../domain/payload";
import type { Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";

/** What makes an event this event and no other. */
export interface Identity {
  /** The same for every delivery of the event: the provider's own id, or a digest of what it signed. */
  eventId: string;
  eventType: string;
  /** When it happened, RFC 3339; `undefined` where the event does not say, or says what cannot be. */
  occurredAt: string | undefined;
}

/** An amount in the currency's minor unit: 12.34 EUR is `{ value: 1234, currency: "EUR", exponent: 2 }`. */
export interface Money {
  /** A whole number of minor units. */
  value: number;
  /** ISO 4217, upper case. */
  currency: string;
  /** Digits after the decimal point that the minor unit stands for, by ISO 4217. */
  exponent: number;
}

/** What an event means, in the same words for every provider. */
export interface Meaning {
  kind: Kind;
  amount: Money | undefined;
  /** The provider's id of the payment, charge or capture that this is about. */
  paymentReference: string | undefined;
  customerReference: string | undefined;
}

/** In which mode an event happened, and to whom: one secret may stand for test and live mode, and for many accounts. */
export interface Origin {
  /** Whether the provider calls it a test; `false` where it does not say. */
  test: boolean;
  /** The provider's id of the account that the event is about; `undefined` where the event does not say, or not in what is signed. */
  account: string | undefined;
}

/** An answer in the words that a provider wants to read. */
export interface Answer {
  status: number;
  body: { contentType: string; text: string };
}

/** What tells a provider that an event has arrived. */
export interface Acknowledgement {
  status: number;
  /** `undefined`: the transaction id as JSON. */
  body?: Answer["body"];
  /** Seconds after which it takes the event for lost, and may send it again; `undefined`: it does not say. */
  withinSeconds: number | undefined;
}

/** Whoever sends webhooks: one file of this folder. */
export interface Provider<Credential = unknown> {
  /** What its bodies are written in. */
  mediaTypes: readonly MediaType[];
  acknowledgement: Acknowledgement;
  /** One entry of the provider's secret, checked. @throws z.core.$ZodError if a field is missing or of the wrong form. */
  parseCredential(value: unknown): Credential;
  /**
   * Proves who sent a request and that nothing was changed.
   * @param credentials one, or two while a secret is being rotated; either may have signed
   * @throws Refusal signature, with the check that failed; unavailable, if what is needed for the check cannot be had
   */
  verify(request: WebhookRequest, credentials: readonly Credential[], now: Date): Promise<void> | void;
  /** The answer to a genuine request that is no event, such as the proof that a URL is ours; `undefined` for an event. */
  answerTo?(event: Json): Answer | undefined;
  /** @returns `undefined` if the event has no id where it should have one. */
  identify(event: Json, request: WebhookRequest): Identity | undefined;
  /** Never refuses: an event that it does not know is `other`. */
  normalize(event: Json, eventType: string): Meaning;
  /** Reads an event's mode and account. Not there: the provider's events say neither.
   * @param request of its headers, those that are stored */
  originOf?(event: Json, request: Pick<WebhookRequest, "headers" | "mediaType">): Origin;
  /** Headers that are stored beside the body, with `user-agent`; never one that holds a signature. */
  storedHeaders: readonly string[];
}

/** An event that says nothing of mode and account. */
export const unknownOrigin: Origin = { test: false, account: undefined };

/** An event that is no payment of any sort. */
export const noPayment: Meaning = { kind: "other", amount: undefined, paymentReference: undefined, customerReference: undefined };
