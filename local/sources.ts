import { codedProviders, type HmacSettings, type CodedProvider } from "../domain/sources";

/** A source as `sources` of the configuration describes it, signed without code of its own. */
export const exampleHmac = {
  header: "x-example-signature",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "sha256=",
  signed: "{timestamp}.{body}",
  timestampHeader: "x-example-timestamp",
  idPath: "id",
  typePath: "type",
} as const satisfies HmacSettings;

/** Whoever sends to the local run: every provider, and a source that is known by configuration alone. */
export type LocalSource = CodedProvider | "example";
export const localSources: readonly LocalSource[] = [...codedProviders, "example"];

/** The local run's configuration of them, as the engine would hand it over. */
export const sourcesConfig = {
  sources: JSON.stringify([...codedProviders, { name: "example", provider: "hmac", hmac: exampleHmac }]),
};

/** Those whose events are payments and have an id in their body. */
export const paymentProviders = ["stripe", "square", "paypal"] as const satisfies readonly CodedProvider[];
export type PaymentProvider = (typeof paymentProviders)[number];
