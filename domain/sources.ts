import { fetchesKeys, type ProviderDescription } from "./description";

/** Defines sources for configuration, infrastructure and functions: the provider of each, and the receiver's settings. */

/** Providers with code in `handlers/sources/`. Svix, Clerk, Resend, OpenAI and others use `standard-webhooks`. */
export const codedProviders = ["stripe", "square", "paypal", "github", "shopify", "slack", "twilio", "adyen", "standard-webhooks"] as const;
export type CodedProvider = (typeof codedProviders)[number];

/** Code that verifies and reads a source's requests: that of a provider of its own, or the one that follows a description. */
export type Implementation = CodedProvider | "described";

/** Returns the code that a source uses. A source of the catalog, or of the provider `custom`, has a description. */
export function implementationOf({ provider, description }: Pick<SourceSettings, "provider" | "description">): Implementation {
  return description === undefined ? (provider as CodedProvider) : "described";
}

/** File in a function's archive, beside the code. JSON object: source name → `SourceSettings`. */
export const sourcesFileName = "sources.json";

/** Settings of a source in `sources.json`. */
export interface SourceSettings {
  /** A provider with code, one of the catalog (domain/catalog/), or `custom`. */
  provider: string;
  /** Absent for a provider with code. */
  description?: ProviderDescription;
  /** Event filter: types to store, with `*` for any part of a type; absent: all. */
  events?: readonly string[];
  /** Allowed CIDRs: networks that may send; absent: all. */
  allowedCidrs?: readonly string[];
  /** What to do with test events; absent: accept them. */
  testEvents?: TestEvents;
}

/** What to do with an event that its provider marks as a test: store it like any other, or acknowledge and count it only. */
export const testEventChoices = ["accept", "ignore"] as const;
export type TestEvents = (typeof testEventChoices)[number];

/** Headers that prove a request, by provider. They are neither stored nor logged. */
export const signatureHeaders: Readonly<Record<CodedProvider, readonly string[]>> = {
  stripe: ["stripe-signature"],
  square: ["x-square-hmacsha256-signature"],
  paypal: ["paypal-transmission-sig"],
  github: ["x-hub-signature-256", "x-hub-signature"],
  shopify: ["x-shopify-hmac-sha256"],
  slack: ["x-slack-signature"],
  twilio: ["x-twilio-signature"],
  adyen: ["hmacsignature", "authorization"],
  "standard-webhooks": ["webhook-signature", "svix-signature"],
};

/** Returns the headers of a source that must not appear in a log. */
export function confidentialHeaders({ provider, description }: SourceSettings): readonly string[] {
  if (description === undefined) return signatureHeaders[provider as CodedProvider];
  const { verify } = description;
  if (verify.scheme === "aws-sns") return [];
  const place = "signature" in verify ? verify.signature : "token" in verify ? verify.token : { header: "authorization" };
  const { moreHeaders = [] } = "signature" in verify ? verify.signature : {};
  return [...("header" in place ? [place.header] : []), ...moreHeaders];
}

/** Tells whether the receiver fetches keys or certificates of a source from the internet. */
export function reachesInternet({ provider, description }: Pick<SourceSettings, "provider" | "description">): boolean {
  return description === undefined ? provider === "paypal" : fetchesKeys(description);
}
