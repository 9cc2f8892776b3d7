import type { CodedProvider } from "../../domain/sources";
import { adyenMeanings } from "./adyen";
import { paypalMeanings } from "./paypal/index";
import { shopifyMeanings } from "./shopify";
import { squareMeanings } from "./square";
import { stripeMeanings } from "./stripe";
import type { CodedMeanings } from "./lib/meaning";

const noPayments: CodedMeanings = { rows: [] };

/** Tables of meanings by provider. They are a module of their own because the receiver, whose size counts, needs none. */
export const meanings: Readonly<Record<CodedProvider, CodedMeanings>> = {
  stripe: stripeMeanings,
  square: squareMeanings,
  paypal: paypalMeanings,
  shopify: shopifyMeanings,
  adyen: adyenMeanings,
  github: noPayments,
  slack: noPayments,
  twilio: noPayments,
  "standard-webhooks": noPayments,
};

/** Returns a provider's table. Events of a provider without code are `other`. */
export function meaningsOf(provider: string): CodedMeanings {
  return Object.hasOwn(meanings, provider) ? meanings[provider as CodedProvider] : noPayments;
}
