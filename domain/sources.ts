/** What configuration, infrastructure and functions agree on about sources: whose scheme each uses, and what the receiver knows of it. */

/** The providers whose way of signing `handlers/sources/` knows. `standard-webhooks` is what Svix, Clerk, Resend, OpenAI and others share. */
export const codedProviders = ["stripe", "square", "paypal", "github", "shopify", "slack", "twilio", "adyen", "standard-webhooks"] as const;
export type CodedProvider = (typeof codedProviders)[number];

/** How a source signs: as one of the providers, or as the configuration describes it. */
export type ProviderName = CodedProvider | "hmac";

/** What the receiver knows of a source beside its secret. */
export interface SourceSettings {
  provider: ProviderName;
  /** Only with the provider `hmac`. */
  hmac?: HmacSettings;
  /** Event types that are kept, `*` for any part of one; not there: all. */
  events?: readonly string[];
  /** Networks in CIDR notation that may send; not there: all. */
  allowedCidrs?: readonly string[];
  /** What becomes of its test events; not there: they are accepted. */
  testEvents?: TestEvents;
}

/** What becomes of an event that its provider calls a test: stored like any other, or acknowledged and counted. */
export const testEventChoices = ["accept", "ignore"] as const;
export type TestEvents = (typeof testEventChoices)[number];

export const hmacAlgorithms = ["sha1", "sha256", "sha384", "sha512"] as const;
export const signatureEncodings = ["hex", "base64"] as const;

/** A source's provider that needs no code: an HMAC over a text that a template describes. */
export interface HmacSettings {
  /** Header of the signature, in lower case. */
  header: string;
  algorithm: (typeof hmacAlgorithms)[number];
  encoding: (typeof signatureEncodings)[number];
  /** What stands before the signature in its header, such as `sha256=`. */
  prefix?: string;
  /** What is signed: `{body}`, and `{timestamp}` and `{id}` where there are headers for them, with any text between. */
  signed: string;
  /** Header of the time, in lower case: seconds or milliseconds since 1970, or RFC 3339. Then the request must be recent. */
  timestampHeader?: string;
  /** Header of the event's id, in lower case. */
  idHeader?: string;
  /** Where the event's id is in the body, keys with dots between. With neither, the id is a digest of the body. */
  idPath?: string;
  /** Header of the id by which the source tells one to recognise a repetition, in lower case; not signed, it counts with that digest. */
  deliveryHeader?: string;
  /** Where the event's type is in the body. */
  typePath?: string;
}

/** The headers in which each provider sends what proves a request; they are neither stored nor logged. */
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

/** The headers of a source that must not be seen in a log. */
export function confidentialHeaders({ provider, hmac }: SourceSettings): readonly string[] {
  return provider === "hmac" ? [hmac!.header] : signatureHeaders[provider];
}
