import type { ProviderName, Scheme } from "../../domain/event";
import { adyen } from "./adyen";
import { github } from "./github";
import { paypal } from "./paypal";
import { shopify } from "./shopify";
import { slack } from "./slack";
import { square } from "./square";
import { standardWebhooks } from "./standardWebhooks";
import { stripe } from "./stripe";
import { twilio } from "./twilio";
import { noPayment, unknownOrigin, type Provider } from "./types";

/** Every scheme that needs code. A new one is a file of this folder and its line here. */
export const providers: Readonly<Record<ProviderName, Provider>> = {
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

/** How the events of a scheme are brought into the one shape; `undefined` if there is no such scheme. */
export function normalizerOf(scheme: string): Provider["normalize"] | undefined {
  if (scheme === ("hmac" satisfies Scheme)) return () => noPayment;
  return Object.hasOwn(providers, scheme) ? providers[scheme as ProviderName].normalize : undefined;
}

/** How mode and account are read of a scheme's events. */
export function originReaderOf(scheme: string): NonNullable<Provider["originOf"]> {
  const provider = Object.hasOwn(providers, scheme) ? providers[scheme as ProviderName] : undefined;
  return (event, request) => provider?.originOf?.(event, request) ?? unknownOrigin;
}
