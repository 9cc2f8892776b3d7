import type { HmacSettings, ProviderName } from "../../domain/sources";
import { providers } from "../../handlers/sources";
import { hmacProvider } from "../../handlers/sources/hmac";
import { UserError } from "../../domain/userError";

/** One entry of a source's secret, with which the receiver verifies a signature. */
export type Credential = Readonly<Record<string, unknown>>;

/** Field of a secret that a person types. */
export interface Field {
  key: string;
  question: string;
  /** True if the terminal must not show it. */
  hidden: boolean;
  optional?: true;
  /** True for the URL that a provider signs too. The source's own URL is the default. */
  isUrl?: true;
}

const hidden = (key: string, question: string) => ({ key, question, hidden: true });

/**
 * Lists the fields of each provider's secret, by the names on the provider's own pages. Longer values, such as a certificate, can only come
 * as JSON from a file.
 */
export const credentialFields: Readonly<Record<ProviderName, readonly Field[]>> = {
  stripe: [hidden("secret", "Signing secret (whsec_…)")],
  square: [hidden("signatureKey", "Signature key"), { key: "notificationUrl", question: "Notification URL", hidden: false, isUrl: true }],
  paypal: [{ key: "webhookId", question: "Webhook ID", hidden: false }],
  github: [hidden("secret", "Secret")],
  shopify: [hidden("secret", "Client secret")],
  slack: [hidden("signingSecret", "Signing secret")],
  twilio: [hidden("authToken", "Auth token"), { key: "url", question: "URL that is registered at Twilio", hidden: false, isUrl: true }],
  adyen: [
    hidden("hmacKey", "HMAC key (hexadecimal)"),
    { key: "username", question: "User name of basic authentication, or nothing", hidden: false, optional: true },
    { ...hidden("password", "Password of basic authentication, or nothing"), optional: true },
  ],
  "standard-webhooks": [hidden("secret", "Secret (whsec_…) or public key (whpk_…)")],
  hmac: [
    hidden("secret", "Secret"),
    { key: "encoding", question: "Encoding: hex, base64, or nothing for text", hidden: false, optional: true },
  ],
};

/** Makes an entry of what was typed. Leaves out empty answers. */
export function fromAnswers(provider: ProviderName, answers: Readonly<Record<string, string>>): Credential {
  const given = Object.entries(answers).flatMap(([key, answer]) =>
    answer.trim() === "" ? [] : [[keyOf(provider, key, answer), answer.trim()]],
  );
  return Object.fromEntries(given) as Credential;
}

/**
 * Makes an entry of the text of a file or another program: JSON, or only the secret if the provider needs nothing else.
 * @throws UserError if it is neither
 */
export function fromText(provider: ProviderName, text: string): Credential {
  const value = asJson(text);
  if (value !== undefined) return value;
  const [only, ...more] = credentialFields[provider].filter(({ optional }) => !optional);
  if (more.length > 0 || /^[[{]|\S\s+\S/.test(text.trim()))
    throw new UserError(`Standard input is not a secret of the provider ${provider}. Allowed: ${forms[provider]}.`);
  return fromAnswers(provider, { [only.key]: text });
}

function asJson(text: string): Credential | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Credential) : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(provider: ProviderName, key: string, answer: string): string {
  return provider === "standard-webhooks" && answer.trim().startsWith("whpk_") ? "publicKey" : key;
}

/** Returns the entry as the receiver reads it. @throws UserError that names the field that is wrong, but never its value */
export function checked(provider: ProviderName, entry: Credential): Credential {
  const parsed = parse(provider, entry);
  if (!parsed) throw new UserError(`This is not a secret of the provider ${provider}. Allowed: ${forms[provider]}.`);
  const unknown = Object.keys(entry).find((key) => !(key in parsed));
  if (unknown) throw new UserError(`Unknown field "${unknown}" in a secret of the provider ${provider}. Allowed: ${forms[provider]}.`);
  return parsed;
}

function parse(provider: ProviderName, entry: Credential): Credential | undefined {
  const { parseCredential } = provider === "hmac" ? hmacProvider({} as HmacSettings) : providers[provider];
  try {
    return parseCredential(entry) as Credential;
  } catch {
    return undefined;
  }
}

/** Form of each provider's secret, for messages. The documents list the fields too, and a test compares them. */
const forms: Readonly<Record<ProviderName, string>> = {
  stripe: '{"secret": "…"}',
  square: '{"signatureKey": "…", "notificationUrl": "https://…"}',
  paypal: '{"webhookId": "…"}, with "certificate" (PEM) to fetch none',
  github: '{"secret": "…"}',
  shopify: '{"secret": "…"}',
  slack: '{"signingSecret": "…"}',
  twilio: '{"authToken": "…", "url": "https://…"}',
  adyen: '{"hmacKey": "…"} in hexadecimal, with "username" and "password" where basic authentication is on',
  "standard-webhooks": '{"secret": "whsec_…"} or {"publicKey": "whpk_…"} with base64 after it',
  hmac: '{"secret": "…"}, with "encoding": "hex" or "base64" if it is encoded',
};
