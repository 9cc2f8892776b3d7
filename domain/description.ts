import type { Meanings } from "./meaning";
import type { MediaType } from "./payload";

/** Defines descriptions of providers that need no code, for configuration, catalog, functions and the local run. */

export const digests = ["sha1", "sha256", "sha384", "sha512"] as const;
export type Digest = (typeof digests)[number];
export const signatureEncodings = ["hex", "base64", "base64url"] as const;
export type SignatureEncoding = (typeof signatureEncodings)[number];
export const keyForms = ["text", "hex", "base64"] as const;
export type KeyForm = (typeof keyForms)[number];
export const timeUnits = ["seconds", "milliseconds", "rfc3339"] as const;
export type TimeUnit = (typeof timeUnits)[number];

/** Place of a value in a request: a header, in lower case; a path in the body, keys separated by dots; or a parameter of the query. */
export type Place = { header: string } | { path: string } | { query: string };

/** Describes where the signatures are. Any of several may match. */
export type SignaturePlace = Place & {
  /** Separator of several values, or of named parts. */
  separator?: string;
  /** Name of the part with a signature, such as `v1` in `t=…,v1=…`. */
  part?: string;
  /** Text before each signature, such as `sha256=`. */
  prefix?: string;
  /** Other headers that may have a signature, in lower case: one for each of the customer's keys. */
  moreHeaders?: readonly string[];
};

/** Schemes with a key that both sides know. */
export interface HmacVerification {
  scheme: "hmac";
  algorithm: Digest;
  encoding: SignatureEncoding;
  /** Form of the secret's text; absent: its own bytes. */
  key?: KeyForm;
  /** Text before the key in the secret, such as `whsec_`. */
  keyPrefix?: string;
  signature: SignaturePlace;
  /** Template of the signed text. @see parseTemplate */
  signed: string;
}

export const publicKeySchemes = ["ed25519", "ecdsa-p256", "rsa-sha256"] as const;
/** Schemes with a public key, which is the source's secret value: 32 bytes in hex or base64 for Ed25519, SPKI in base64, or PEM. */
export interface PublicKeyVerification {
  scheme: (typeof publicKeySchemes)[number];
  key: "hex" | "base64" | "pem";
  encoding: SignatureEncoding;
  signature: SignaturePlace;
  signed: string;
}

/** A shared token, or HTTP's basic authentication. Neither proves anything about the body. */
export type TokenVerification = { scheme: "token"; token: Place & { prefix?: string } } | { scheme: "basic" };

export const jwtAlgorithms = ["HS256", "RS256", "ES256"] as const;
export type JwtAlgorithm = (typeof jwtAlgorithms)[number];

/** Claim with a digest of what the token signs. */
export interface ClaimedDigest {
  claim: string;
  digest: "sha256-hex";
}

/**
 * A JSON Web Token in a header. With `body`, it signs the body. Without, it proves the sender alone.
 * @see https://www.rfc-editor.org/rfc/rfc7519
 */
export interface JwtVerification {
  scheme: "jwt";
  token: { header: string; prefix?: string };
  /** The only algorithm that is accepted. The key of HS256 is the source's secret. */
  algorithm: JwtAlgorithm;
  /** URL of the issuer's public keys, for the other algorithms. */
  jwks?: string;
  issuer?: string;
  /** Text that is the audience, or one of several; `{url}`: the registered URL. */
  audience?: string;
  /** Claims with a fixed value, such as `email_verified: true`. */
  claims?: Readonly<Record<string, string | number | boolean>>;
  /** Claims whose values are stored with the secret, such as the e-mail address of the sender's account. */
  secretClaims?: readonly string[];
  body?: ClaimedDigest;
  /** Digest of the registered URL. */
  url?: ClaimedDigest;
  /** Most seconds since `iat`, or `nbf` without it; absent: the token must say when it expires. */
  maxAgeSeconds?: number;
}

/** Amazon SNS: fields of the body, signed with the key of a certificate of the topic's region. The secret names the topic. */
export interface SnsVerification {
  scheme: "aws-sns";
}

export type Verification = HmacVerification | PublicKeyVerification | TokenVerification | JwtVerification | SnsVerification;

/** Signed time of sending: requests that are older than the tolerance are refused. */
export type TimePlace = (Place | { part: string }) & {
  unit: TimeUnit;
  /** 300 if absent. */
  toleranceSeconds?: number;
};

/**
 * What identifies an event: a header, paths in the body, or a digest of the body. A header that is not signed is identified together with
 * the body. Without a value at any path, the digest counts. With `windowSeconds`, the digest is of the body and the window of that many
 * seconds in which it arrived: the same body in a later window is another event.
 */
export type IdentityRule = { header: string } | { paths: readonly string[] } | { digest: true; windowSeconds?: number };

/** Where the type is; of several paths, the texts are joined. */
export type TypeRule = { header: string } | { paths: readonly string[]; join?: string };

/** When a request is a handshake: a value in it is one of these; absent: it has any value. */
export type HandshakeCondition = Place & { is?: readonly string[] };

/** A request that is no event, and its answer. */
export interface Handshake {
  when: HandshakeCondition;
  /** True if the provider does not sign it. The answer then may only return a text from the request. */
  unsigned?: true;
  /** True if the value of the condition is shown to an operator: it becomes the source's secret. Only while the source has none. */
  show?: true;
  answer: {
    status: number;
    contentType: string;
    /** Text with `{path:…}`, `{query:…}`, `{header:…}` and `{hmac-sha256-hex(path:…)}`; of JSON, its texts. */
    body: string | Readonly<Record<string, string>>;
  };
}

/** Matches `{path:challenge}`, `{query:validationToken}` and `{hmac-sha256-hex(path:payload.plainToken)}` in an answer. */
export const answerPlaceholder = /\{(?:(header|path|query):([^{}]+)|hmac-(sha1|sha256|sha512)-(hex|base64)\(path:([^{}()]+)\))\}/g;

/** Describes how a provider signs, and where its events say what they are. */
export interface ProviderDescription {
  mediaTypes: readonly MediaType[];
  /** Name of a form's field with JSON, which is the event; absent: the form's fields are. */
  jsonField?: string;
  /** Media type as which a body is read, whatever its content type: Amazon SNS sends JSON as text. */
  readAs?: "json";
  verify: Verification;
  time?: TimePlace;
  identity: IdentityRule;
  type?: TypeRule;
  /** Time of the event in the signed body. */
  occurredAt?: { path: string; unit: TimeUnit };
  account?: { path: string };
  test?: { path: string; is: string | number | boolean };
  /**
   * Path of an array whose items are events of their own; empty: the body is the array. The other paths then begin at an item, or with
   * `deliveryKey` at the delivery around it.
   */
  items?: string;
  /** What its events mean; absent: they are `other`. Only of a provider that signs the body, and has the type in it. */
  meanings?: Meanings;
  handshakes?: readonly Handshake[];
  /** True if the provider checks the URL by a HEAD, which is answered 200. */
  answersHead?: true;
  /** Answer to an event; absent: 202 and its transaction ID. */
  answer?: {
    status: number;
    body?: string;
    contentType?: string;
    /** Body of a refusal, if the provider demands one. */
    refusal?: string;
  };
}

/** First key of a path that begins at the delivery around an item: `$.destination`. */
export const deliveryKey = "$";

/** Methods by which providers check a URL. */
export const checkMethods = ["GET", "HEAD"] as const;
export type CheckMethod = (typeof checkMethods)[number];

/** Lists the methods by which the provider checks the URL: a GET whose query has a text to return, or a HEAD. */
export function checksOf({ handshakes = [], answersHead }: Pick<ProviderDescription, "handshakes" | "answersHead">): CheckMethod[] {
  const isChallenged = handshakes.some(({ when, unsigned }) => unsigned === true && "query" in when);
  return checkMethods.filter((method) => (method === "GET" ? isChallenged : answersHead === true));
}

/** Tells whether the provider posts a token that an operator is shown, and that becomes the secret. */
export const showsToken = ({ handshakes = [] }: Pick<ProviderDescription, "handshakes">): boolean =>
  handshakes.some(({ show }) => show === true);

/** Audience that stands for the registered URL. */
export const ownUrl = "{url}";

/** Tells whether the receiver fetches the provider's keys or certificates from the internet. */
export const fetchesKeys = ({ verify }: Pick<ProviderDescription, "verify">): boolean =>
  verify.scheme === "aws-sns" || (verify.scheme === "jwt" && verify.jwks !== undefined);

/** Tells whether the signature covers the body. If not, a source must say `unsigned: true`. */
export const signsBody = (description: Pick<ProviderDescription, "verify">): boolean => signs(description, "body");

/** Tells whether the signature covers a value. Amazon SNS signs all of a body that means anything. */
export function signs({ verify }: Pick<ProviderDescription, "verify">, value: PlaceholderName): boolean {
  if (verify.scheme === "aws-sns") return value === "body";
  if (verify.scheme === "jwt")
    return value === "url" ? verify.url !== undefined || verify.audience === ownUrl : value === "body" && verify.body !== undefined;
  return "signed" in verify && parseTemplate(verify.signed).some(({ name }) => name === value);
}

/** Returns the key's text in a secret: without its prefix, if it has it. */
export const keyText = ({ keyPrefix = "" }: Pick<HmacVerification, "keyPrefix">, secret: string): string =>
  secret.startsWith(keyPrefix) ? secret.slice(keyPrefix.length) : secret;

/** Part of a signed text: a literal, or a placeholder, some with an argument. */
export type TemplatePart = { name: "text"; value: string } | { name: PlaceholderName; value?: string };

/** Placeholders of a signed text. `url` is the registered URL. */
export const placeholders = ["body", "time", "id", "method", "url", "header", "path"] as const;
export type PlaceholderName = (typeof placeholders)[number];

/** Splits a template such as `v0:{time}:{body}` or `{header:x-nonce}.{body}`. An unknown placeholder stays a literal. */
export function parseTemplate(template: string): TemplatePart[] {
  const form = new RegExp(`\\{(${placeholders.join("|")})(?::([^{}]+))?\\}`, "g");
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of template.matchAll(form)) {
    if (match.index > from) parts.push({ name: "text", value: template.slice(from, match.index) });
    parts.push({ name: match[1] as PlaceholderName, value: match[1] === "header" ? match[2]?.toLowerCase() : match[2] });
    from = match.index + match[0].length;
  }
  if (from < template.length) parts.push({ name: "text", value: template.slice(from) });
  return parts;
}
