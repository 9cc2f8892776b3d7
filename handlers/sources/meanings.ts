import type { CodedProvider, ProviderName } from "../../domain/sources";
import { adyenMeanings } from "./adyen";
import { paypalMeanings } from "./paypal/index";
import { shopifyMeanings } from "./shopify";
import { squareMeanings } from "./square";
import { stripeMeanings } from "./stripe";
import type { Meanings } from "./lib/meaning";

const noPayments: Meanings = { rows: [] };

/** Tables of meanings by provider. They are a module of their own because the receiver, whose size counts, needs none. */
export const meanings: Readonly<Record<ProviderName, Meanings>> = {
  stripe: stripeMeanings,
  square: squareMeanings,
  paypal: paypalMeanings,
  shopify: shopifyMeanings,
  adyen: adyenMeanings,
  github: noPayments,
  slack: noPayments,
  twilio: noPayments,
  "standard-webhooks": noPayments,
  hmac: noPayments,
} satisfies Record<CodedProvider | "hmac", Meanings>;

/** Returns a provider's table; `undefined` if there is no such provider. */
export function meaningsOf(provider: string): Meanings | undefined {
  return Object.hasOwn(meanings, provider) ? meanings[provider as ProviderName] : undefined;
}
