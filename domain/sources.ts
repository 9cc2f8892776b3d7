/** Defines sources for configuration, infrastructure and functions: the provider of each, and the receiver's settings. */

/** Providers with code in `handlers/sources/`. Svix, Clerk, Resend, OpenAI and others use `standard-webhooks`. */
export const codedProviders = ["stripe", "square", "paypal", "github", "shopify", "slack", "twilio", "adyen", "standard-webhooks"] as const;
export type CodedProvider = (typeof codedProviders)[number];

/** Provider whose scheme a source uses: one with code, or `hmac`, whose scheme the configuration describes. */
export type ProviderName = CodedProvider | "hmac";

/** File in a function's archive, beside the code. JSON object: source name → `SourceSettings`. */
export const sourcesFileName = "sources.json";

/** Settings of a source in `sources.json`. */
export interface SourceSettings {
  provider: ProviderName;
  /** Set only for the provider `hmac`. */
  hmac?: HmacSettings;
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

export const hmacAlgorithms = ["sha1", "sha256", "sha384", "sha512"] as const;
export const signatureEncodings = ["hex", "base64"] as const;

/** Describes a provider that needs no code: an HMAC over a text that a template describes. */
export interface HmacSettings {
  /** Header of the signature, in lower case. */
  header: string;
  algorithm: (typeof hmacAlgorithms)[number];
  encoding: (typeof signatureEncodings)[number];
  /** Text before the signature in its header, such as `sha256=`. */
  prefix?: string;
  /** Template of the signed text: `{body}`, plus `{timestamp}` and `{id}` if there are headers for them, with text between them. */
  signed: string;
  /** Header of the time, in lower case: seconds or milliseconds since 1970, or RFC 3339. If set, old requests are refused. */
  timestampHeader?: string;
  /** Header of the event's ID, in lower case. */
  idHeader?: string;
  /** Path of the event's ID in the body, keys separated by dots. Without `idHeader` and `idPath`, the ID is a digest of the body. */
  idPath?: string;
  /**
   * Header of the ID by which the source detects duplicates, in lower case. It is not signed, so the event's ID is a digest of it and the
   * body.
   */
  deliveryHeader?: string;
  /** Path of the event's type in the body. */
  typePath?: string;
}

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
export function confidentialHeaders({ provider, hmac }: SourceSettings): readonly string[] {
  return provider === "hmac" ? [hmac!.header] : signatureHeaders[provider];
}
