import type { HmacSettings, ProviderName } from "../../domain/sources";
import { providers } from "../../handlers/sources";
import { hmacProvider } from "../../handlers/sources/hmac";
import { UserError } from "../../domain/userError";

/** One entry of a source's secret: what the receiver verifies one signature with. */
export type Credential = Readonly<Record<string, unknown>>;

/** What is asked for at the keyboard. */
export interface Field {
  key: string;
  question: string;
  /** Whether it must not be seen on the screen. */
  hidden: boolean;
  optional?: true;
  /** Of an address that is signed too: where the source posts to, unless something else is registered. */
  isUrl?: true;
}

const hidden = (key: string, question: string) => ({ key, question, hidden: true });

/** By provider, in the words of the source's own pages; what is longer than a line, such as a certificate, comes as JSON from a file alone. */
export const credentialFields: Readonly<Record<ProviderName, readonly Field[]>> = {
  stripe: [hidden("secret", "Signing secret (whsec_…)")],
  square: [hidden("signatureKey", "Signature key"), { key: "notificationUrl", question: "Notification URL", hidden: false, isUrl: true }],
  paypal: [{ key: "webhookId", question: "Webhook ID", hidden: false }],
  github: [hidden("secret", "Secret")],
  shopify: [hidden("secret", "Client secret")],
  slack: [hidden("signingSecret", "Signing secret")],
  twilio: [hidden("authToken", "Auth token"), { key: "url", question: "URL as it is registered", hidden: false, isUrl: true }],
  adyen: [
    hidden("hmacKey", "HMAC key (hexadecimal)"),
    { key: "username", question: "Basic authentication's user name, or nothing", hidden: false, optional: true },
    { ...hidden("password", "Basic authentication's password, or nothing"), optional: true },
  ],
  "standard-webhooks": [hidden("secret", "Secret (whsec_…) or public key (whpk_…)")],
  hmac: [
    hidden("secret", "Secret"),
    { key: "encoding", question: "What it is written in: hex, base64, or nothing for text", hidden: false, optional: true },
  ],
};

/** Returns what was typed, as an entry: an answer that is empty is none. */
export function fromAnswers(provider: ProviderName, answers: Readonly<Record<string, string>>): Credential {
  const given = Object.entries(answers).flatMap(([key, answer]) =>
    answer.trim() === "" ? [] : [[keyOf(provider, key, answer), answer.trim()]],
  );
  return Object.fromEntries(given) as Credential;
}

/** Returns a file's or another program's text as an entry: JSON, or the secret itself where that is all there is to it.
 * @throws UserError if it is neither */
export function fromText(provider: ProviderName, text: string): Credential {
  const value = asJson(text);
  if (value !== undefined) return value;
  const [only, ...more] = credentialFields[provider].filter(({ optional }) => !optional);
  if (more.length > 0 || /^[[{]|\S\s+\S/.test(text.trim()))
    throw new UserError(`What came is no JSON object, but ${provider} takes ${forms[provider]}.`);
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

/** Returns an entry as the receiver will read it. @throws UserError that names what does not fit, and never its value. */
export function checked(provider: ProviderName, entry: Credential): Credential {
  const parsed = parse(provider, entry);
  if (!parsed) throw new UserError(`This is no secret of the provider ${provider}, which takes ${forms[provider]}.`);
  const unknown = Object.keys(entry).find((key) => !(key in parsed));
  if (unknown) throw new UserError(`${unknown} is no part of a secret of the provider ${provider}, which takes ${forms[provider]}.`);
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

/** What each provider's secret looks like; the README tells it too, and a test compares their keys. */
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
  hmac: '{"secret": "…"}, with "encoding": "hex" or "base64" if it is written so',
};
