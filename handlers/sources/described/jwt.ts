import { createHash, verify as verifySignature, type KeyObject } from "node:crypto";
import { ownUrl, type JwtVerification } from "../../../domain/description";
import { Refusal } from "../../errors";
import { parseJsonBody, type Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";
import { at } from "../lib/fields";
import { publicKeyOf } from "../lib/publicKey";
import { hmac, matchesAny, requireHeader } from "../lib/signature";
import type { JwtCredential } from "./credential";
import { keyFromSet } from "./jwks";

/** Milliseconds by which the issuer's clock may differ. */
const leewayMs = 60_000;

/** Token as it was sent: nothing of it is verified. */
interface Token {
  header: Json;
  claims: Json;
  /** Text that is signed, and its signature. */
  signed: string;
  signature: string;
}

/**
 * Verifies a request by its JSON Web Token. Algorithm, issuer and key set are those of the description, whatever the token says of them.
 * @throws Refusal signature, with the failed check; unavailable, if the issuer's keys cannot be fetched
 * @see https://www.rfc-editor.org/rfc/rfc8725
 */
export async function verifyJwt(
  verify: JwtVerification,
  request: WebhookRequest,
  credentials: readonly JwtCredential[],
  now: Date,
): Promise<void> {
  const token = readToken(verify, request);
  const refusals: Refusal[] = [];
  for (const credential of credentials) {
    try {
      await requireSignature(verify, token, credential, now);
      return requireClaims(verify, token.claims, credential, request, now);
    } catch (error) {
      refusals.push(error as Refusal);
    }
  }
  throw refusals.find(({ reason }) => reason !== "mismatch") ?? refusals[0];
}

function readToken({ token: { header: name, prefix = "" }, algorithm }: JwtVerification, { headers }: WebhookRequest): Token {
  const text = requireHeader(headers, name);
  const [, header, claims, signature] =
    /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text.startsWith(prefix) ? text.slice(prefix.length) : "") ?? [];
  const token = { header: decode(header), claims: decode(claims), signed: `${header}.${claims}`, signature };
  if (token.header === undefined || token.claims === undefined) throw new Refusal("signature", "malformed token");
  if (at(token.header, "alg") !== algorithm) throw new Refusal("signature", "algorithm");
  // It names extensions that change what the token means. None is known here.
  if (at(token.header, "crit") !== undefined) throw new Refusal("signature", "critical header");
  return token as Token;
}

function decode(part: string | undefined): Json | undefined {
  return part === undefined ? undefined : parseJsonBody(Buffer.from(part, "base64url").toString());
}

async function requireSignature(verify: JwtVerification, token: Token, credential: JwtCredential, now: Date): Promise<void> {
  const { algorithm, jwks } = verify;
  const { signed, signature } = token;
  const isSigned =
    algorithm === "HS256"
      ? matchesAny([hmac("sha256", credential.secret!, "base64url", signed)], [signature])
      : hasSignature(signed, signature, pinnedKey(algorithm, credential) ?? (await keyFromSet(jwks!, algorithm, keyIdOf(token), now)));
  if (!isSigned) throw new Refusal("signature", "mismatch");
}

/** Returns the public key that operators stored with the secret; then no set is fetched. */
function pinnedKey(algorithm: "RS256" | "ES256", { publicKey }: JwtCredential): KeyObject | undefined {
  return publicKey === undefined ? undefined : publicKeyOf(algorithm === "RS256" ? "rsa-sha256" : "ecdsa-p256", "pem", publicKey);
}

function keyIdOf({ header: { kid } }: Token): string {
  if (typeof kid !== "string") throw new Refusal("signature", "no key ID");
  return kid;
}

/** Verifies the signature of a public key. Several texts can encode the same bytes; only the canonical one is accepted. */
function hasSignature(signed: string, signature: string, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, "base64url");
  const isValid = verifySignature("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }, bytes);
  return isValid && bytes.toString("base64url") === signature;
}

function requireClaims(verify: JwtVerification, claims: Json, credential: JwtCredential, { body }: WebhookRequest, now: Date): void {
  const { issuer, audience, claims: fixed = {}, secretClaims = [] } = verify;
  const refuse = (reason: string): never => {
    throw new Refusal("signature", reason);
  };
  if (issuer !== undefined && at(claims, "iss") !== issuer) refuse("issuer");
  requireTimes(verify, claims, now);
  const expected = audience === ownUrl ? credential.url : audience;
  if (expected !== undefined && ![at(claims, "aud")].flat().includes(expected)) refuse("audience");
  const stored = secretClaims.map((name) => [name, credential[name]] as const);
  if ([...Object.entries(fixed), ...stored].some(([name, value]) => at(claims, name) !== value)) refuse("claim");
  const digests = [[verify.body, body] as const, [verify.url, credential.url!] as const];
  for (const [digest, content] of digests)
    if (digest && at(claims, digest.claim) !== createHash("sha256").update(content).digest("hex")) refuse("digest");
}

/** Requires that a token says when it was issued or expires, as the description demands, and is valid now. @throws Refusal signature */
function requireTimes({ maxAgeSeconds }: JwtVerification, claims: Json, now: Date): void {
  const [expiry, earliest, issued] = ["exp", "nbf", "iat"].map((name) => timeOf(at(claims, name)));
  const since = issued ?? earliest;
  const time = now.getTime();
  if ((maxAgeSeconds === undefined ? expiry : since) === undefined) throw new Refusal("signature", "no time");
  if (expiry !== undefined && time >= expiry + leewayMs) throw new Refusal("signature", "expired");
  if ([earliest, issued].some((from) => from !== undefined && from > time + leewayMs)) throw new Refusal("signature", "not valid yet");
  if (maxAgeSeconds !== undefined && time - since! > maxAgeSeconds * 1_000) throw new Refusal("signature", "stale");
}

/** Returns a claimed time in milliseconds; `undefined` if it is not claimed. @throws Refusal signature, if it is no number */
function timeOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number") throw new Refusal("signature", "malformed time");
  return value * 1_000;
}
