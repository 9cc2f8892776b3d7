import type { CodedProvider, ProviderName } from "../../domain/sources";
import { adyen } from "./adyen";
import { github } from "./github";
import { paypal } from "./paypal/index";
import { shopify } from "./shopify";
import { slack } from "./slack";
import { square } from "./square";
import { standardWebhooks } from "./standardWebhooks";
import { stripe } from "./stripe";
import { twilio } from "./twilio";
import { noPayment, unknownOrigin, type Provider } from "./lib/types";

/** Every provider that needs code. A new one is a file of this folder and its line here. */
export const providers: Readonly<Record<CodedProvider, Provider>> = {
  stripe,
  square,
  paypal,
  github,
  shopify,
  slack,
  twilio,
  adyen,
  "standard-webhooks": standardWebhooks,
};

/** How the events of a provider are brought into the one shape; `undefined` if there is no such provider. */
export function normalizerOf(provider: string): Provider["normalize"] | undefined {
  if (provider === ("hmac" satisfies ProviderName)) return () => noPayment;
  return Object.hasOwn(providers, provider) ? providers[provider as CodedProvider].normalize : undefined;
}

/** How mode and account are read of a provider's events. */
export function originReaderOf(provider: string): NonNullable<Provider["originOf"]> {
  const coded = Object.hasOwn(providers, provider) ? providers[provider as CodedProvider] : undefined;
  return (event, request) => coded?.originOf?.(event, request) ?? unknownOrigin;
}
