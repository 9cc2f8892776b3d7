import { fetchesKeys, signs, type ProviderDescription } from "../../domain/description";
import type { CodedProvider } from "../../domain/sources";
import { providers } from "../../handlers/sources";
import { describedProvider } from "../../handlers/sources/described/provider";
import { UserError } from "../../domain/userError";
import type { Credential, Field } from "./field";
import { destinationFields, destinationForm, parseDestinationEntry, type DestinationHolder } from "./destinationCredentials";

/** A source, as far as it decides the form of its secret. */
export interface SourceHolder {
  provider: string;
  /** Absent for a provider with code. */
  description?: ProviderDescription;
}

/** Whose secret it is, which decides the form. */
export type SecretHolder = SourceHolder | DestinationHolder;

/** Tells whether a secret is a destination's. */
export const isOfDestination = (holder: SecretHolder): holder is DestinationHolder => "auth" in holder;

/** Names whose secret it is, as in "a secret of the provider stripe". */
const holderInWords = (holder: SecretHolder) => (isOfDestination(holder) ? "a destination" : `the provider ${holder.provider}`);

const registeredUrl: Field = { key: "url", question: "URL that is registered at the provider", hidden: false, isUrl: true };
const hidden = (key: string, question: string) => ({ key, question, hidden: true });

/**
 * Lists the fields of each provider's secret, by the names on the provider's own pages. Longer values, such as a certificate, can only come
 * as JSON from a file.
 */
const codedFields: Readonly<Record<CodedProvider, readonly Field[]>> = {
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
};

/** Lists the fields of a secret. */
export function credentialFields(holder: SecretHolder): readonly Field[] {
  if (isOfDestination(holder)) return destinationFields(holder);
  const { verify } = holder.description ?? {};
  if (verify === undefined) return codedFields[holder.provider as CodedProvider];
  if (verify.scheme === "basic") return [{ key: "username", question: "User name", hidden: false }, hidden("password", "Password")];
  if (verify.scheme === "token") return [hidden("token", "Token")];
  if (verify.scheme === "aws-sns") return [{ key: "topicArn", question: "ARN of the topic", hidden: false }];
  if (verify.scheme === "jwt")
    return [
      ...(verify.algorithm === "HS256" ? [hidden("secret", "Secret")] : []),
      ...(signs({ verify }, "url") ? [registeredUrl] : []),
      ...(verify.secretClaims ?? []).map((claim) => ({ key: claim, question: `Value of the claim ${claim}`, hidden: false })),
    ];
  const key =
    verify.scheme === "hmac"
      ? hidden("secret", `Secret${verify.keyPrefix ? ` (${verify.keyPrefix}…)` : ""}`)
      : hidden("secret", "Public key");
  return signs({ verify }, "url") ? [key, registeredUrl] : [key];
}

/** Makes an entry of what was typed. Leaves out empty answers. */
export function fromAnswers(holder: SecretHolder, answers: Readonly<Record<string, string>>): Credential {
  const given = Object.entries(answers).flatMap(([key, answer]) =>
    answer.trim() === "" ? [] : [[keyOf(holder, key, answer), answer.trim()]],
  );
  return Object.fromEntries(given) as Credential;
}

/**
 * Makes an entry of the text of a file or another program: JSON, or only the secret if nothing else is needed.
 * @throws UserError if it is neither
 */
export function fromText(holder: SecretHolder, text: string): Credential {
  const value = asJson(text);
  if (value !== undefined) return value;
  const [only, ...more] = credentialFields(holder).filter(({ optional }) => !optional);
  const isText = more.length === 0 && (isPem(holder) || !/^[[{]|\S\s+\S/.test(text.trim()));
  if (!isText) throw new UserError(`Standard input is not a secret of ${holderInWords(holder)}. Allowed: ${formOf(holder)}.`);
  return fromAnswers(holder, { [only.key]: text });
}

function asJson(text: string): Credential | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Credential) : undefined;
  } catch {
    return undefined;
  }
}

/** A PEM text has spaces and several lines. */
const isPem = (holder: SecretHolder) =>
  !isOfDestination(holder) &&
  holder.description !== undefined &&
  "key" in holder.description.verify &&
  holder.description.verify.key === "pem";

function keyOf(holder: SecretHolder, key: string, answer: string): string {
  return !isOfDestination(holder) && holder.provider === "standard-webhooks" && answer.trim().startsWith("whpk_") ? "publicKey" : key;
}

/** Returns the entry as the pipeline reads it. @throws UserError that names the field that is wrong, but never its value */
export function checked(holder: SecretHolder, entry: Credential): Credential {
  const parsed = parse(holder, entry);
  if (!parsed) throw new UserError(`This is not a secret of ${holderInWords(holder)}. Allowed: ${formOf(holder)}.`);
  const unknown = Object.keys(entry).find((key) => !(key in parsed));
  if (unknown) throw new UserError(`Unknown field "${unknown}" in a secret of ${holderInWords(holder)}. Allowed: ${formOf(holder)}.`);
  return parsed;
}

function parse(holder: SecretHolder, entry: Credential): Credential | undefined {
  try {
    return isOfDestination(holder) ? parseDestinationEntry(holder, entry) : parseSourceEntry(holder, entry);
  } catch {
    return undefined;
  }
}

function parseSourceEntry({ provider, description }: SourceHolder, entry: Credential): Credential {
  const { parseCredential } = description === undefined ? providers[provider as CodedProvider] : describedProvider(description);
  return parseCredential(entry) as Credential;
}

/** Form of each provider's secret, for messages. The documents list the fields too, and a test compares them. */
const codedForms: Readonly<Record<CodedProvider, string>> = {
  stripe: '{"secret": "…"}',
  square: '{"signatureKey": "…", "notificationUrl": "https://…"}',
  paypal: '{"webhookId": "…"}, with "certificate" (PEM) to fetch none',
  github: '{"secret": "…"}',
  shopify: '{"secret": "…"}',
  slack: '{"signingSecret": "…"}',
  twilio: '{"authToken": "…", "url": "https://…"}',
  adyen: '{"hmacKey": "…"} in hexadecimal, with "username" and "password" where basic authentication is on',
  "standard-webhooks": '{"secret": "whsec_…"} or {"publicKey": "whpk_…"} with base64 after it',
};

/** Returns the form of a secret, for messages. */
function formOf(holder: SecretHolder): string {
  if (isOfDestination(holder)) return destinationForm(holder);
  const { verify } = holder.description ?? {};
  if (verify === undefined) return codedForms[holder.provider as CodedProvider];
  const fields = credentialFields(holder).map(({ key, isUrl }) => `"${key}": "${isUrl ? "https://…" : "…"}"`);
  const key =
    "key" in verify && verify.key !== undefined && verify.key !== "text" ? ` in ${verify.key === "pem" ? "PEM" : verify.key}` : "";
  const prefix = verify.scheme === "hmac" && verify.keyPrefix ? ` after ${verify.keyPrefix}` : "";
  const pinned = verify.scheme === "aws-sns" ? "certificate" : fetchesKeys({ verify }) ? "publicKey" : undefined;
  return `{${fields.join(", ")}}${key}${prefix}${pinned ? `, with "${pinned}" (PEM) to fetch none` : ""}`;
}
