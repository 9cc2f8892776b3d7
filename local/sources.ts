import type { ProviderDescription } from "../domain/description";
import { codedProviders, type CodedProvider, type SourceSettings } from "../domain/sources";

/** A source of the local run: all that its samples and signatures depend on. */
export interface SourceDescription extends Pick<SourceSettings, "provider" | "description" | "events" | "testEvents"> {
  name: string;
}

/** A source that is described by configuration alone. */
export const exampleDescription: ProviderDescription = {
  mediaTypes: ["json", "form"],
  verify: {
    scheme: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    signature: { header: "x-example-signature", prefix: "sha256=" },
    signed: "{time}.{body}",
  },
  time: { header: "x-example-timestamp", unit: "seconds" },
  identity: { paths: ["id"] },
  type: { paths: ["type"] },
};

/** Name of a source of the local run without `--stack`: every provider, and `example` of the provider `custom`. */
export type LocalSource = CodedProvider | "example";
export const localSources: readonly LocalSource[] = [...codedProviders, "example"];

/** Describes a source of the local run without `--stack`. */
export function describeSource(name: LocalSource): SourceDescription {
  return name === "example" ? { name, provider: "custom", description: exampleDescription } : { name, provider: name };
}

/** Providers whose events are payments and have their ID in the body. */
export const paymentProviders = ["stripe", "square", "paypal"] as const satisfies readonly CodedProvider[];
export type PaymentProvider = (typeof paymentProviders)[number];
