import type { CodedProvider } from "../../domain/sources";
import { adyen } from "./adyen";
import { github } from "./github";
import { paypal } from "./paypal/index";
import { shopify } from "./shopify";
import { slack } from "./slack";
import { square } from "./square";
import { standardWebhooks } from "./standardWebhooks";
import { stripe } from "./stripe";
import { twilio } from "./twilio";
import type { Provider } from "./lib/types";

/** Providers with code. To add one, add a file to this folder and a line here. */
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
