import { createHash, createHmac, createPrivateKey, generateKeyPairSync, randomBytes, randomUUID, sign as signWith } from "node:crypto";
import { ownUrl, type JwtVerification } from "../../domain/description";
import type { DescribedKey } from "./describedKey";

/** Seconds after which a token of the local run expires. */
const lifetime = 60;

/** Creates a key in the form that the description demands: a secret, or a key pair in place of the issuer's set. */
export function createTokenKey({ algorithm, secretClaims = [] }: JwtVerification): Omit<DescribedKey, "description"> {
  const claims = Object.fromEntries(secretClaims.map((name) => [name, name === "email" ? "sample@example.com" : "sample"]));
  if (algorithm === "HS256") return { secret: randomBytes(24).toString("base64url"), ...claims };
  const { publicKey, privateKey } =
    algorithm === "RS256" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }) as string,
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    ...claims,
  };
}

/** Returns the token that a source sends with a body. */
export function tokenFor(body: Buffer, verify: JwtVerification, key: DescribedKey, now: Date): string {
  const { algorithm, issuer, audience, claims: fixed, secretClaims = [], body: ofBody, url: ofUrl } = verify;
  const iat = Math.floor(now.getTime() / 1_000);
  const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
  const claims = {
    iss: issuer,
    aud: audience === ownUrl ? key.url : audience,
    iat,
    nbf: iat,
    exp: iat + lifetime,
    jti: randomUUID(),
    ...fixed,
    ...Object.fromEntries(secretClaims.map((name) => [name, key[name]])),
    ...(ofBody && { [ofBody.claim]: sha256(body) }),
    ...(ofUrl && { [ofUrl.claim]: sha256(key.url!) }),
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: algorithm, typ: "JWT", kid: "local" })}.${part(claims)}`;
  return `${signed}.${signatureOf(algorithm, signed, key)}`;
}

function signatureOf(algorithm: JwtVerification["algorithm"], signed: string, { secret, privateKey }: DescribedKey): string {
  if (algorithm === "HS256") return createHmac("sha256", secret!).update(signed).digest("base64url");
  return signWith("sha256", Buffer.from(signed), { key: createPrivateKey(privateKey!), dsaEncoding: "ieee-p1363" }).toString("base64url");
}
