import { createHash, createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign as signWith } from "node:crypto";
import { keyText, parseTemplate, signs, type ProviderDescription, type SnsVerification, type Verification } from "../../domain/description";
import { UserError } from "../../domain/userError";
import { parseBody } from "../../handlers/request/body";
import { bodyOf, contentTypeOf } from "../bodies";
import { timeIn, withValue } from "../describedSample";
import type { DescribedKey } from "./describedKey";
import { sealMessage } from "./sns";
import { createTokenKey, tokenFor } from "./token";

/** Creates a key in the form that the description demands. That of Amazon SNS has a certificate, which `createKey` makes. */
export function createDescribedKey(
  description: ProviderDescription & { verify: Exclude<Verification, SnsVerification> },
  url: string,
): DescribedKey {
  const { verify } = description;
  const text = randomBytes(24);
  if (verify.scheme === "basic") return { description, username: "sample", password: text.toString("base64url") };
  if (verify.scheme === "token") return { description, token: text.toString("base64url") };
  const signedUrl = signs({ verify }, "url") ? { url } : {};
  if (verify.scheme === "jwt") return { description, ...createTokenKey(verify), ...signedUrl };
  if (verify.scheme === "hmac") {
    const { key = "text", keyPrefix = "" } = verify;
    return { description, secret: `${keyPrefix}${text.toString(key === "text" ? "base64url" : key)}`, ...signedUrl };
  }
  return { description, ...createKeyPair(verify.scheme, verify.key), ...signedUrl };
}

function createKeyPair(
  scheme: "ed25519" | "ecdsa-p256" | "rsa-sha256",
  form: "hex" | "base64" | "pem",
): { secret: string; privateKey: string } {
  const { publicKey, privateKey } =
    scheme === "ed25519"
      ? generateKeyPairSync("ed25519")
      : scheme === "ecdsa-p256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  if (form === "pem") return { secret: publicKey.export({ type: "spki", format: "pem" }) as string, privateKey: pem };
  const spki = publicKey.export({ type: "spki", format: "der" });
  return { secret: (scheme === "ed25519" ? spki.subarray(-32) : spki).toString(form), privateKey: pem };
}

/** Returns a body as a described source sends it: some have a token in it. */
export function sealDescribed(body: Buffer, key: DescribedKey): Buffer {
  const {
    description,
    description: { verify, mediaTypes, jsonField },
    token,
  } = key;
  if (verify.scheme === "aws-sns") return sealMessage(body, key);
  if (verify.scheme !== "token" || !("path" in verify.token)) return body;
  const event = parseBody(body, mediaTypes[0], jsonField);
  return event
    ? bodyOf(
        description,
        withValue(event, verify.token.path.split("."), () => token),
      )
    : body;
}

/** Returns the headers that a described source sends with a body. @throws UserError if it signs elsewhere than in a header */
export function signAsDescribed(body: Buffer, key: DescribedKey, now: Date): Record<string, string> {
  const { verify, time, identity, type } = key.description;
  const id = `msg_${createHash("sha256").update(body).digest("hex").slice(0, 24)}`;
  const headers: Record<string, string> = {
    "content-type": contentTypeOf(key.description, body),
    ...("header" in identity && { [identity.header]: id }),
    ...(type !== undefined && "header" in type && { [type.header]: "sample" }),
  };
  if (verify.scheme === "basic")
    return { ...headers, authorization: `Basic ${Buffer.from(`${key.username}:${key.password}`).toString("base64")}` };
  if (verify.scheme === "aws-sns" || (verify.scheme === "token" && "path" in verify.token)) return headers;
  if (verify.scheme === "jwt")
    return { ...headers, [verify.token.header]: `${verify.token.prefix ?? ""}${tokenFor(body, verify, key, now)}` };
  if (verify.scheme === "token") return { ...headers, [headerOf(verify.token)]: `${verify.token.prefix ?? ""}${key.token}` };
  const { part, prefix = "", separator = "," } = verify.signature;
  const timeText = time && String(timeIn(time.unit, now));
  if (time && "header" in time) headers[time.header] = timeText!;
  const texts: Record<string, string | Buffer> = { body, time: timeText ?? "", id, method: "POST", url: key.url ?? "" };
  const parts = parseTemplate(verify.signed).map(({ name, value }) => {
    if (name === "text") return value!;
    if (name === "header") return (headers[value!] ??= "sample");
    return name === "path" ? "" : texts[name];
  });
  const signed = Buffer.concat(parts.map((one) => (typeof one === "string" ? Buffer.from(one) : one)));
  const signature = `${prefix}${signatureOf(verify, key, signed)}`;
  const timePart = time && "part" in time ? `${time.part}=${timeText}${separator}` : "";
  return { ...headers, [headerOf(verify.signature)]: part === undefined ? signature : `${timePart}${part}=${signature}` };
}

function headerOf(place: object): string {
  if ("header" in place) return place.header as string;
  throw new UserError("The local run can sign in a header only, not in the body or the query.");
}

function signatureOf(
  verify: Extract<ProviderDescription["verify"], { signed: string }>,
  { secret = "", privateKey }: DescribedKey,
  signed: Buffer,
): string {
  if (verify.scheme === "hmac") {
    const text = keyText(verify, secret);
    return createHmac(verify.algorithm, Buffer.from(text, verify.key === undefined || verify.key === "text" ? "utf8" : verify.key))
      .update(signed)
      .digest(verify.encoding);
  }
  return signWith(verify.scheme === "ed25519" ? null : "sha256", signed, createPrivateKey(privateKey!)).toString(verify.encoding);
}
