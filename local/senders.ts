import { providerNames, type HmacScheme, type ProviderName } from "../domain/event";

/** A sender as `senders` of the configuration describes it, signed without code of its own. */
export const exampleScheme = {
  header: "x-example-signature",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "sha256=",
  signed: "{timestamp}.{body}",
  timestampHeader: "x-example-timestamp",
  idPath: "id",
  typePath: "type",
} as const satisfies HmacScheme;

/** Whoever sends to the local run: every provider, and a sender that is known by configuration alone. */
export type LocalSender = ProviderName | "example";
export const localSenders: readonly LocalSender[] = [...providerNames, "example"];

/** The local run's configuration of them, as the engine would hand it over. */
export const sendersConfig = {
  providers: JSON.stringify(providerNames),
  senders: JSON.stringify([{ name: "example", scheme: "hmac", hmac: exampleScheme }]),
};

/** Those whose events are payments and have an id in their body. */
export const paymentProviders = ["stripe", "square", "paypal"] as const satisfies readonly ProviderName[];
export type PaymentProvider = (typeof paymentProviders)[number];
