import * as z from "zod/mini";
import { keyText, signs, type ProviderDescription } from "../../../domain/description";
import { publicKeyOf } from "../lib/publicKey";

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

export type Credential = KeyCredential | TokenCredential;

/** Checks one entry of a described source's secret. @throws z.core.$ZodError if a field is missing or has the wrong form */
export function parseDescribedCredential({ verify }: ProviderDescription, value: unknown): Credential {
  if (verify.scheme === "basic") return z.object({ username: text, password: z.string() }).parse(value);
  if (verify.scheme === "token") return z.object({ token: text }).parse(value);
  const secret = secretIn(verify);
  return signs({ verify }, "url") ? z.object({ secret, url: z.url() }).parse(value) : z.object({ secret }).parse(value);
}

function secretIn(verify: Exclude<ProviderDescription["verify"], { scheme: "token" | "basic" }>) {
  if (verify.scheme === "hmac") {
    return text.check(z.refine((secret) => forms[verify.key ?? "text"].test(keyText(verify, secret))));
  }
  return text.check(z.refine((key) => isPublicKey(verify.scheme, verify.key, key)));
}

function isPublicKey(...key: Parameters<typeof publicKeyOf>): boolean {
  try {
    return publicKeyOf(...key) !== undefined;
  } catch {
    return false;
  }
}
