import { createPublicKey } from "node:crypto";
import * as z from "zod/mini";
import {
  keyText,
  signs,
  type HmacVerification,
  type JwtVerification,
  type ProviderDescription,
  type PublicKeyVerification,
} from "../../../domain/description";
import { isSigning, publicKeyOf } from "../lib/publicKey";

const text = z.string().check(z.minLength(1));

/** Forms of a key. A text in another form would be decoded to a shorter key, or to an empty one. */
const forms = {
  text: /^[^]+$/,
  hex: /^([0-9A-Fa-f]{2})+$/,
  base64: /^(?=.)([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
};

/** A secret or public key, and the registered URL if it is signed. */
export interface KeyCredential {
  secret: string;
  url?: string;
}

/** A token, or a name with its password. */
export interface TokenCredential {
  token?: string;
  username?: string;
  password?: string;
}

/** Secret of HS256, or a public key in PEM instead of the issuer's set; the registered URL if it is signed; and the claims of the sender. */
export type JwtCredential = Readonly<Record<string, string | undefined>> & { secret?: string; publicKey?: string; url?: string };

/** Topic of Amazon SNS, and a certificate in PEM; with it, none is fetched. */
export interface SnsCredential {
  topicArn: string;
  certificate?: string;
}

export type Credential = KeyCredential | TokenCredential | JwtCredential | SnsCredential;

/** Checks one entry of a described source's secret. @throws z.core.$ZodError if a field is missing or has the wrong form */
export function parseDescribedCredential({ verify }: ProviderDescription, value: unknown): Credential {
  if (verify.scheme === "basic") return z.object({ username: text, password: z.string() }).parse(value);
  if (verify.scheme === "token") return z.object({ token: text }).parse(value);
  if (verify.scheme === "jwt") return jwtForm(verify).parse(value) as JwtCredential;
  if (verify.scheme === "aws-sns") return snsForm.parse(value);
  const secret = secretIn(verify);
  return signs({ verify }, "url") ? z.object({ secret, url: z.url() }).parse(value) : z.object({ secret }).parse(value);
}

/** Matches the ARN of a topic; its groups are partition and region. */
export const topicArn = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[\w-]{1,256}(?:\.fifo)?$/;

const snsForm = z.object({
  topicArn: z.string().check(z.regex(topicArn)),
  certificate: z.optional(z.string().check(z.includes("BEGIN CERTIFICATE"))),
});

function jwtForm(verify: JwtVerification) {
  const { algorithm, secretClaims = [] } = verify;
  const isKey = (pem: string) => isReadable(() => isSigning(createPublicKey(pem), algorithm));
  return z.object({
    ...(algorithm === "HS256" ? { secret: text } : { publicKey: z.optional(text.check(z.refine(isKey))) }),
    ...(signs({ verify }, "url") && { url: z.url() }),
    ...Object.fromEntries(secretClaims.map((name) => [name, text])),
  });
}

function secretIn(verify: HmacVerification | PublicKeyVerification) {
  if (verify.scheme === "hmac") {
    return text.check(z.refine((secret) => forms[verify.key ?? "text"].test(keyText(verify, secret))));
  }
  return text.check(z.refine((key) => isReadable(() => isSigning(publicKeyOf(verify.scheme, verify.key, key), verify.scheme))));
}

function isReadable(read: () => boolean): boolean {
  try {
    return read();
  } catch {
    return false;
  }
}
