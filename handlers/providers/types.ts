import type { Kind } from "../../contract";
import type { WebhookRequest } from "../request";

/** What makes an event this event and no other. */
export interface Identity {
  /** The provider's own id of the event, the same for every delivery of it. */
  eventId: string;
  eventType: string;
  /** When it happened, RFC 3339; `undefined` where the event does not say. */
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

/** A JSON object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** Whoever sends webhooks: one file of this folder. */
export interface Provider<Credential = unknown> {
  /** One entry of the provider's secret, checked. @throws z.core.$ZodError if a field is missing or of the wrong form. */
  parseCredential(value: unknown): Credential;
  /**
   * Proves who sent a request and that nothing was changed.
   * @param credentials one, or two while a secret is being rotated; either may have signed
   * @throws Refusal signature, with the check that failed; unavailable, if what is needed for the check cannot be had
   */
  verify(request: WebhookRequest, credentials: readonly Credential[], now: Date): Promise<void> | void;
  /** @returns `undefined` if the event has no id. */
  identify(event: Json): Identity | undefined;
  /** Never refuses: an event that it does not know is `other`. */
  normalise(event: Json): Meaning;
  /** Headers that are stored beside the body; never one that holds a signature. */
  keptHeaders: readonly string[];
}
