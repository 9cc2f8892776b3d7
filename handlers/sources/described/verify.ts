import { verify as verifySignature } from "node:crypto";
import {
  keyText,
  parseTemplate,
  signs,
  type HmacVerification,
  type ProviderDescription,
  type PublicKeyVerification,
  type SignaturePlace,
  type TimePlace,
  type TimeUnit,
} from "../../../domain/description";
import { Refusal } from "../../errors";
import { parseBody } from "../../request/body";
import { bounds, requireSmallBody } from "../../request/bounds";
import type { Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";
import { hmac, matchesAny, requireFresh } from "../lib/signature";
import type { Credential, KeyCredential, TokenCredential } from "./credential";
import { textAtPlace } from "./places";
import { publicKeyOf } from "../lib/publicKey";

/**
 * Verifies a request as a description says.
 * @returns the credential that has signed
 * @throws Refusal signature, with the failed check
 */
export function verifyDescribed(
  description: ProviderDescription,
  request: WebhookRequest,
  credentials: readonly Credential[],
  now: Date,
): Credential {
  const { verify, time } = description;
  if (!("signed" in verify)) return requireToken(description, request, credentials as readonly TokenCredential[]);
  const event = readsBody(description) ? parseSmallBody(description, request) : undefined;
  const header = required(textAtPlace(verify.signature, request, event));
  const timeText = time && required("part" in time ? partsOf(header, verify.signature, time.part)[0] : textAtPlace(time, request, event));
  if (timeText !== undefined && !hasForm(timeText, time!.unit)) throw new Refusal("signature", "malformed time");
  const others = (verify.signature.moreHeaders ?? []).flatMap((name) => request.headers[name] ?? []);
  const given = [header, ...others].flatMap((text) => signaturesOf(text, verify.signature));
  const signed = (credential: KeyCredential) =>
    signedText(verify.signed, { description, request, event, time: timeText, url: credential.url });
  const signer = (credentials as readonly KeyCredential[]).filter((one) =>
    verify.scheme === "hmac" ? hasHmac(verify, one, signed(one), given) : hasSignature(verify, one, signed(one), given),
  )[0];
  if (!signer) throw new Refusal("signature", "mismatch");
  if (time) requireFresh(parseTime(timeText!, time.unit), now, time.toleranceSeconds);
  return signer;
}

/** Tells whether a part of the body is needed before its signature is verified. */
function readsBody({ verify, time }: ProviderDescription): boolean {
  const places: object[] = [...("signature" in verify ? [verify.signature] : []), ...(time ? [time] : [])];
  return places.some((place) => "path" in place) || signs({ verify }, "path");
}

/** Parses a body that is not verified yet. @throws Refusal too_large, if parsing it would take long */
function parseSmallBody({ jsonField }: ProviderDescription, { body, mediaType }: WebhookRequest): Json | undefined {
  requireSmallBody(body);
  return parseBody(body, mediaType, jsonField);
}

function required(text: string | undefined): string {
  if (text === undefined) throw new Refusal("signature", "no signature");
  return text;
}

/** Returns the values of a header's parts of a name: `t=…,v1=…` has the parts `t` and `v1`. */
function partsOf(header: string, { separator = "," }: SignaturePlace, name: string): string[] {
  const parts = header.split(separator).map((part) => part.trim());
  return parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1));
}

/** Returns the signatures of a header: its value, several values, or those of a part; each without its prefix. */
function signaturesOf(header: string, place: SignaturePlace): string[] {
  const { part, separator, prefix = "" } = place;
  const all =
    part !== undefined
      ? partsOf(header, place, part)
      : separator === undefined
        ? [header]
        : header.split(separator).map((one) => one.trim());
  return all.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
}

interface Signed {
  description: ProviderDescription;
  request: WebhookRequest;
  event: Json | undefined;
  time: string | undefined;
  url: string | undefined;
}

function signedText(template: string, { description, request, event, time, url }: Signed): Buffer {
  const parts = parseTemplate(template);
  const values = parts.map(({ name, value }) => {
    if (name === "text") return value!;
    if (name === "body") return request.body;
    if (name === "time") return required(time);
    if (name === "method") return request.method;
    if (name === "url") return required(url);
    if (name === "id") return required(idOf(description, request));
    return required(textAtPlace(name === "header" ? { header: value! } : { path: value! }, request, event));
  });
  refuseMovableBorders(parts, values, request.mediaType === "json");
  return Buffer.concat(values.map((value) => (typeof value === "string" ? Buffer.from(value) : value)));
}

function idOf({ identity }: ProviderDescription, { headers }: WebhookRequest): string | undefined {
  return "header" in identity ? headers[identity.header] || undefined : undefined;
}

/**
 * Refuses a value whose border could move: an ID that contains the text beside it could also be a shorter ID, with the rest in what follows.
 * Before the body, a value must end where the text after it appears first; after the body, begin where the text before it appears last. The
 * value beside a JSON body needs none, because a JSON text neither begins nor ends another one.
 */
function refuseMovableBorders(parts: ReturnType<typeof parseTemplate>, values: readonly (string | Buffer)[], isJson: boolean): void {
  const body = parts.findIndex(({ name }) => name === "body");
  const free = parts.flatMap(({ name }, index) => (["id", "header", "path"].includes(name) ? [index] : []));
  const exempt = isJson ? [free.filter((index) => index < body).at(-1), free.find((index) => index > body)] : [];
  for (const index of free.filter((one) => !exempt.includes(one))) {
    const value = String(values[index]);
    const border = String(values[index < body ? index + 1 : index - 1] ?? "");
    const isMovable = index < body ? (value + border).indexOf(border) < value.length : (border + value).lastIndexOf(border) > 0;
    if (border !== "" && isMovable) throw new Refusal("signature", "mismatch");
  }
}

function hasHmac(verify: HmacVerification, { secret }: KeyCredential, signed: Buffer, given: readonly string[]): boolean {
  const { algorithm, encoding, key = "text" } = verify;
  const text = keyText(verify, secret);
  return matchesAny([hmac(algorithm, Buffer.from(text, key === "text" ? "utf8" : key), encoding, signed)], given);
}

function hasSignature(
  { scheme, key, encoding }: PublicKeyVerification,
  { secret }: KeyCredential,
  signed: Buffer,
  given: readonly string[],
): boolean {
  const publicKey = publicKeyOf(scheme, key, secret);
  const digest = scheme === "ed25519" ? null : "sha256";
  return given
    .slice(0, bounds.signatures)
    .map((text) => ({ text, bytes: Buffer.from(text, encoding) }))
    .filter(({ text, bytes }) => bytes.toString(encoding) === text)
    .some(({ bytes }) => verifySignature(digest, signed, publicKey, bytes));
}

function requireToken(description: ProviderDescription, request: WebhookRequest, credentials: readonly TokenCredential[]): TokenCredential {
  const { verify } = description;
  const isBasic = verify.scheme === "basic";
  const place = verify.scheme === "token" ? verify.token : { header: "authorization" };
  const given = required(textAtPlace(place, request, "path" in place ? parseSmallBody(description, request) : undefined));
  const expected = ({ token, username = "", password = "" }: TokenCredential) =>
    isBasic ? `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` : `${"prefix" in place ? place.prefix : ""}${token}`;
  const found = credentials.find((one) => matchesAny([expected(one)], [given]));
  if (!found) throw new Refusal("signature", "mismatch");
  return found;
}

/** @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** Tells whether a text is a time in a unit. Only such a text is signed, so that its border to the next part cannot move. */
function hasForm(text: string, unit: TimePlace["unit"]): boolean {
  return unit === "rfc3339" ? rfc3339.test(text) : /^\d{1,15}$/.test(text);
}

function parseTime(text: string, unit: TimeUnit): number {
  return unit === "rfc3339" ? Date.parse(text) : Number(text) * (unit === "seconds" ? 1_000 : 1);
}
