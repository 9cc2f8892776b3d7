import { codedProviders, type CodedProvider, type HmacSettings, type SourceSettings } from "../domain/sources";

/** A source of the local run: all that its samples and signatures depend on. */
export interface SourceDescription extends Pick<SourceSettings, "provider" | "hmac" | "events" | "testEvents"> {
  name: string;
}

/** A source that is described by configuration alone. */
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

/** Name of a source of the local run without `--stack`: every provider, and `example` of the provider `hmac`. */
export type LocalSource = CodedProvider | "example";
export const localSources: readonly LocalSource[] = [...codedProviders, "example"];

/** Describes a source of the local run without `--stack`. */
export function describeSource(name: LocalSource): SourceDescription {
  return name === "example" ? { name, provider: "hmac", hmac: exampleHmac } : { name, provider: name };
}

/** Value of the configuration key `sources` of the local run without `--stack`, as Pulumi's engine hands it over. */
export const sourcesValue = JSON.stringify(localSources.map(describeSource));

/** Providers whose events are payments and have their ID in the body. */
export const paymentProviders = ["stripe", "square", "paypal"] as const satisfies readonly CodedProvider[];
export type PaymentProvider = (typeof paymentProviders)[number];
