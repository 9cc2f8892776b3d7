import { z } from "zod";
import { digests, jwtAlgorithms, keyForms, ownUrl, signatureEncodings, type JwtVerification } from "../domain/description";
import { choice, contradiction, integer, list, object, text } from "./values";

/**
 * Name of a header. AWS WAF redacts only headers whose names have at most 64 characters.
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_SingleHeader.html
 */
export const header = text(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, "a header name of at most 64 characters").toLowerCase();
export const path = text(/^(?=.{1,256}$)[^.\s]+(\.[^.\s]+)*$/, "keys separated by dots, such as data.id, of at most 256 characters");
const query = text(/^[^\s&=]{1,128}$/, "the name of a parameter of the query");
export const some = (what: string) => text(/^[^]{1,128}$/, `${what}, of at most 128 characters`);

const anyScalar = "a text of at most 256 characters, a number, true or false";
/** Value to compare with one of a body or token. */
export const scalar = z.union([z.string().max(256, { error: anyScalar }), z.number(), z.boolean()], { error: anyScalar });

/** Shape of a place in a request: exactly one of these keys. */
const placeShape = { header: header.optional(), path: path.optional(), query: query.optional() };
type Issues = z.core.$RefinementCtx;
/** Requires exactly one of some keys. */
export const requireOne = (keys: readonly string[]) => (value: object, context: Issues) => {
  const given = keys.filter((key) => Reflect.get(value, key) !== undefined);
  if (given.length !== 1) context.addIssue({ code: "custom", message: `exactly one of the keys ${keys.join(", ")}` });
};
/** Returns the schema of a place with more keys. */
export const place = <T extends z.core.$ZodLooseShape>(shape: T, keys = Object.keys(placeShape)) =>
  object({ ...placeShape, ...shape }, "an object").superRefine(requireOne(keys));

const signature = place({
  separator: some("the text between several signatures, such as a comma").optional(),
  part: some("the name of the part with the signature, such as v1").optional(),
  prefix: some("the text before the signature, such as sha256=").optional(),
  moreHeaders: list(header, "a list of headers").max(7, { error: "a list of at most seven headers" }).optional(),
});

/** Form of a template of what is signed. */
export const templateForm =
  "a template with {body} and, if the request has them, {time}, {id}, {method}, {url}, {header:name} or {path:key}";
const signed = text(/^[^]{1,256}$/, `${templateForm}, of at most 256 characters`);

const claim = text(
  /^(?!(secret|url|publicKey)$)[A-Za-z][\w.-]{0,63}$/,
  "the name of a claim of at most 64 characters, other than secret, url and publicKey",
);
const claimedDigest = object(
  { claim, digest: z.literal("sha256-hex", { error: "sha256-hex" }) },
  "an object with the keys claim and digest",
);

const jwt = object(
  {
    scheme: z.literal("jwt"),
    token: object({ header, prefix: some("the text before the token, such as Bearer").optional() }, "an object with the key header"),
    algorithm: choice(jwtAlgorithms),
    jwks: text(
      /^https:\/\/([a-z0-9-]+\.)+[a-z]{2,}(\/[\w.~-]+)+$/,
      "an https URL with a host name and a path, without port and query",
    ).optional(),
    issuer: some("the claim iss").optional(),
    audience: some("the claim aud, or {url} for the registered URL").optional(),
    claims: z
      .record(claim, scalar, {
        error: "an object with claims and their values",
      })
      .refine((claims) => Object.keys(claims).length <= 16, { error: "an object with at most 16 claims" })
      .optional(),
    secretClaims: list(claim, "a list of claims, such as [email]").max(8, { error: "a list of at most eight claims" }).optional(),
    body: claimedDigest.optional(),
    url: claimedDigest.optional(),
    maxAgeSeconds: integer(1, 3_600, "seconds").optional(),
  },
  "an object",
);

export const verify = z.discriminatedUnion(
  "scheme",
  [
    object(
      {
        scheme: z.literal("hmac"),
        algorithm: choice(digests),
        encoding: choice(signatureEncodings),
        key: choice(keyForms).optional(),
        keyPrefix: some("the text before the key in the secret, such as whsec_").optional(),
        signature,
        signed,
      },
      "an object",
    ),
    ...(["ed25519", "ecdsa-p256", "rsa-sha256"] as const).map((scheme) =>
      object(
        { scheme: z.literal(scheme), key: choice(["hex", "base64", "pem"]), encoding: choice(signatureEncodings), signature, signed },
        "an object",
      ),
    ),
    object(
      { scheme: z.literal("token"), token: place({ prefix: some("the text before the token, such as Bearer").optional() }) },
      "an object",
    ),
    object({ scheme: z.literal("basic") }, "an object"),
    jwt,
    object({ scheme: z.literal("aws-sns") }, "an object"),
  ],
  { error: "an object with the key scheme: hmac, ed25519, ecdsa-p256, rsa-sha256, jwt, aws-sns, token or basic" },
);

/**
 * Lists what makes a token weaker than it looks. An issuer has one set of keys for all its customers. So the token must say for whom it is
 * by a value that only this source has.
 */
export function tokenIssues({ algorithm, jwks, issuer, audience, secretClaims = [] }: JwtVerification) {
  const missing = (key: string, message: string) => ({ code: "custom" as const, path: ["verify", key], message });
  if (algorithm === "HS256")
    return jwks === undefined ? [] : [contradiction(["verify", "jwks"], "is set, but the key of HS256 is the source's secret. Remove it.")];
  return [
    ...(jwks === undefined ? [missing("jwks", `the https URL of the issuer's keys, because algorithm is ${algorithm}`)] : []),
    ...(issuer === undefined ? [missing("issuer", "the claim iss, because the keys are the issuer's")] : []),
    ...(audience !== ownUrl && secretClaims.length === 0
      ? [missing("audience", `${ownUrl}, or any other with secretClaims: the issuer signs for others with the same keys`)]
      : []),
  ];
}
