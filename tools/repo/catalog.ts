import { catalogProviders, readCatalog, type CatalogEntry } from "../../domain/catalog";
import { signs, signsBody, type JwtVerification, type ProviderDescription } from "../../domain/description";

/** Writes a section for each provider of the catalog. */
export function catalogSections(): string {
  return catalogProviders.map((name) => sectionOf(name, readCatalog(name))).join("\n\n");
}

function sectionOf(name: string, entry: CatalogEntry): string {
  const { title, documentation, secret = [], retries, timeoutSeconds, events = [] } = entry;
  const unknown = [...(timeoutSeconds === undefined ? ["time limit of an answer"] : []), ...(retries === undefined ? ["retries"] : [])];
  const facts = [
    `Signature: ${signatureOf(entry)} ([documentation](${documentation}))`,
    ...(signsBody(entry) ? [] : ["The provider does not sign the body, so the source needs `unsigned: true`."]),
    `Event ID: ${identityOf(entry)}`,
    ...(timeoutSeconds === undefined ? [] : [`Expects an answer within ${timeoutSeconds} s.`]),
    ...(retries === undefined ? [] : [`Retries: ${retries}`]),
    ...(unknown.length === 0 ? [] : [`Not found in its documentation: ${unknown.join(" and ")}`]),
    ...(events.length === 0 ? [] : [`Event types, for example: ${events.map((one) => `\`${one}\``).join(", ")}`]),
  ];
  return [
    `### ${title}`,
    "",
    `\`sources: [${signsBody(entry) ? name : `{ provider: ${name}, unsigned: true }`}]\``,
    "",
    ...facts.map((fact) => `- ${fact}`),
    "",
    ...secret.map((step, index) => `${index + 1}. ${step}`),
  ].join("\n");
}

const publicKeyNames = { ed25519: "Ed25519", "ecdsa-p256": "ECDSA P-256", "rsa-sha256": "RSA with SHA-256" };

function signatureOf({ verify, time }: ProviderDescription): string {
  if (verify.scheme === "basic") return "none; requests have a user name and a password (HTTP basic authentication)";
  if (verify.scheme === "token") return `none; requests have a token in ${placeOf(verify.token)}`;
  if (verify.scheme === "jwt") return jwtOf(verify);
  if (verify.scheme === "aws-sns")
    return "RSA over fields of the message, with a certificate of the topic's region; no signed time of sending";
  const scheme = verify.scheme === "hmac" ? `HMAC-${verify.algorithm.toUpperCase().replace("SHA", "SHA-")}` : publicKeyNames[verify.scheme];
  const age = time === undefined ? "no signed time" : `signed time at most ${time.toleranceSeconds ?? 300} s old`;
  return `${scheme} of \`${verify.signed}\`, as ${verify.encoding} in ${placeOf(verify.signature)}; ${age}`;
}

function jwtOf({ token, algorithm, jwks, body, url, maxAgeSeconds }: JwtVerification): string {
  const content = [...(body ? ["a digest of the body"] : []), ...(url ? ["a digest of the registered URL"] : [])].join(" and ");
  const keys = jwks === undefined ? "" : `, keys from ${jwks}`;
  const age = maxAgeSeconds === undefined ? "until it expires" : `at most ${maxAgeSeconds} s old`;
  return `JSON Web Token (${algorithm}${keys})${content && ` with ${content}`} in ${placeOf(token)}, ${age}`;
}

function placeOf(place: object): string {
  const [kind, name] = ["header", "path", "query"].flatMap((key) => (key in place ? [key, String(Reflect.get(place, key))] : []));
  return kind === "header" ? `the header \`${name}\`` : kind === "path" ? `\`${name}\` of the body` : `\`${name}\` of the query`;
}

/** Joins names that belong together: `a`, `b` and `c`. */
const listOf = (names: readonly string[]) =>
  names
    .map((name) => `\`${name}\``)
    .join(", ")
    .replace(/, (?=[^,]*$)/, " and ");

function identityOf({ identity, items, verify }: ProviderDescription): string {
  const element = items === undefined ? undefined : `each element of ${items === "" ? "the body, which is an array" : `\`${items}\``}`;
  const isSigned = signs({ verify }, "id") && items === undefined;
  if ("header" in identity)
    return isSigned ? `the header \`${identity.header}\`` : `digest of the header \`${identity.header}\` and the body`;
  if ("paths" in identity) return `${listOf(identity.paths)} of ${element ?? "the body"}`;
  const { windowSeconds } = identity;
  const what = element === undefined ? "the body" : `${element} with the rest of the body`;
  return `digest of ${what}${windowSeconds === undefined ? "" : ` and the window of ${windowSeconds} s in which it arrived`}`;
}
