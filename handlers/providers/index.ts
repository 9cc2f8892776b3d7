import type { ProviderName } from "../../contract";
import { paypal } from "./paypal";
import { square } from "./square";
import { stripe } from "./stripe";
import type { Provider } from "./types";

/** Every sender that can be verified. A new one is a file of this folder and its line here. */
export const providers: Readonly<Record<ProviderName, Provider>> = { stripe, square, paypal };

export function findProvider(name: string): Provider | undefined {
  return Object.hasOwn(providers, name) ? providers[name as ProviderName] : undefined;
}
