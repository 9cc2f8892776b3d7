import { z } from "zod";
import { descriptionSchema } from "../../config/description";

type Schema = Readonly<Record<string, unknown>>;

/** A key of a description: its schemas, one for each scheme that has it. */
export interface DescriptionKey {
  schemas: readonly Schema[];
  required: boolean;
}

/** Keys of a place in a request, of which exactly one is set. The table has them once, not for each place. */
const placeKeys = ["header", "path", "query"];
const places = ["verify.signature", "verify.token", "time", "handshakes[].when"];

/** Keys of which the table has one row for all that is below. The rows of docs/kinds.md show what they may have. */
const tables = ["meanings"];

/** Lists the keys of a description by their paths, as the configuration's schema has them; `[]` stands for the elements of a list. */
export function descriptionKeys(): Map<string, DescriptionKey> {
  const found = new Map<string, DescriptionKey>();
  collect(z.toJSONSchema(descriptionSchema, { io: "input" }), "", found);
  return found;
}

function collect(schema: Schema, at: string, found: Map<string, DescriptionKey>): void {
  for (const variant of [schema.anyOf, schema.oneOf].flat()) if (variant) collect(variant as Schema, at, found);
  if (schema.items) collect(schema.items as Schema, `${at}[]`, found);
  for (const [key, value] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    if (places.includes(at) && placeKeys.includes(key)) continue;
    const path = at === "" ? key : `${at}.${key}`;
    const required = ((schema.required ?? []) as string[]).includes(key);
    if (!isGroup(value) || [...places, ...tables].includes(path)) {
      const before = found.get(path);
      found.set(path, { schemas: [...(before?.schemas ?? []), value], required: required && before?.required !== false });
    }
    if (!tables.includes(path)) collect(value, path, found);
  }
}

/** Tells whether a key only has others below it. */
const isGroup = ({ oneOf = [], anyOf = [], items, ...own }: Schema) =>
  [own, oneOf, anyOf, items].flat().some((one) => (one as Schema | undefined)?.properties !== undefined);

/** Returns what a key allows, as the configuration's messages say. */
function allowedOf(path: string, { schemas }: DescriptionKey): string {
  const texts = schemas.map((schema) => {
    if (places.includes(path)) return `exactly one of header, path, query${path === "time" ? ", part" : ""}`;
    if (schema.const !== undefined) return `\`${String(schema.const)}\``;
    // The meaning says what the text is.
    return typeof schema.allowed === "string"
      ? schema.allowed
          .replace(/^the .+(?=, of at most 128 characters$)/, "a text")
          .replace(/^([^,]+), of/, "$1 of")
          .replace("a whole number of the status", "a whole number")
      : undefined;
  });
  return [...new Set(texts.filter((text) => text !== undefined))].join("; ");
}

/** Meaning of each key, an example in YAML, and what is allowed where the schema has no words for it. */
const keys: Readonly<Record<string, readonly [meaning: string, example: string, allowed?: string]>> = {
  mediaTypes: [
    "Formats of the bodies. Without it, JSON",
    "[json, form]",
    "a list of at least one of json, form, multipart, text, xml, bytes",
  ],
  jsonField: ["Field of a form, or of a multipart form, whose JSON is the event. Without it, the event is the form's fields", "payload"],
  readAs: ["The bodies are JSON, whatever their content type says", "json", "`json`"],
  "verify.scheme": [
    "HMAC, a signature with the provider's public key, a [JSON Web Token](#json-web-tokens), [Amazon SNS](#amazon-sns), a shared token, or HTTP's basic authentication",
    "hmac",
  ],
  "verify.algorithm": [
    "For `hmac`, the digest. For `jwt`, the only algorithm that is accepted: HS256 uses the source's secret, the others use the keys of `jwks`",
    "sha256",
  ],
  "verify.encoding": ["Encoding of the signature", "hex"],
  "verify.key": ["Form of the secret or public key. Without it, the secret is a text", "base64"],
  "verify.keyPrefix": ["Text before the key in the secret", "whsec_"],
  "verify.signature": ["Place of the signature: a header, a path in the body, or a parameter of the query", "{ header: X-Acme-Signature }"],
  "verify.signature.separator": [
    "Text between several signatures, or between the parts of `t=…,v1=…`. Without it, there is one signature; parts are separated by a comma",
    '","',
  ],
  "verify.signature.part": ["Name of the part with the signature", "v1"],
  "verify.signature.prefix": ["Text before each signature", "sha256="],
  "verify.signature.moreHeaders": [
    "Other headers that may have a signature, such as one for each key. Any may match",
    "[X-Acme-Signature-2]",
    "a list of at most seven headers",
  ],
  "verify.signed": ["What is signed. `{body}` appears once", '"{time}.{body}"'],
  "verify.token": ["Place of the token, for the schemes `token` and `jwt`. For `jwt`, it must be a header", "{ header: Authorization }"],
  "verify.token.prefix": ["Text before the token", '"Bearer "'],
  "verify.jwks": ["URL of the issuer's keys. The token's `kid` selects one", "https://keys.example.com/v1/certs"],
  "verify.issuer": ["Claim `iss`. With `jwks`, it is required", "acme"],
  "verify.audience": ["Claim `aud`: a text, or `{url}` for the URL that is registered at the provider", '"{url}"'],
  "verify.claims": ["Other claims with a fixed value", "{ email_verified: true }", "an object with at most 16 claims and their values"],
  "verify.secretClaims": ["Claims whose values are in the secret", "[email]", "a list of at most eight claims"],
  "verify.body.claim": ["Claim with a digest of the body. Without `body`, the token proves only who sent the request", "payload_hash"],
  "verify.body.digest": ["Form of that digest", "sha256-hex"],
  "verify.url.claim": ["Claim with a digest of the registered URL", "url_hash"],
  "verify.url.digest": ["Form of that digest", "sha256-hex"],
  "verify.maxAgeSeconds": [
    "Greatest age of a token, by `iat` or `nbf`. Without it, the token must have `exp`. Clocks may differ by a minute",
    "300",
  ],
  time: [
    "Place of the signed time, which may be a `part` of the signature's header. Requests that are too old are refused",
    "{ header: X-Acme-Timestamp, unit: seconds }",
  ],
  "time.part": ["Name of the part with the time", "t"],
  "time.unit": ["Form of the time", "seconds"],
  "time.toleranceSeconds": ["How many seconds the time may be in the past or in the future. Without it, 300", "600"],
  "identity.header": [
    "Header with the event's ID. It identifies the event alone if `{id}` is signed and `items` is not set. Otherwise it identifies the event together with the body",
    "X-Acme-Id",
  ],
  "identity.paths": [
    "Paths of the event's ID in the body. Several paths form the ID together. If none has a value, the ID is a digest of the body",
    "[data.id]",
    "one to eight paths",
  ],
  "identity.digest": ["The ID is a digest of the body. This is the default without `identity`", "true", "`true`"],
  "identity.windowSeconds": [
    "With `digest`, for a provider that sends equal bodies for different events. Equal bodies in a window of this length are one event. A window that is too long loses events. One that is too short makes a repeated request another event",
    "10",
  ],
  "type.header": ["Header with the event's type. Without `type`, all events are `unknown`", "X-Acme-Event"],
  "type.paths": ["Paths of the type in the body", "[event.type]", "one to eight paths"],
  "type.join": ["Text between the types of several paths. Without it, a dot", '"/"'],
  "occurredAt.path": ["Path of the event's time", "created_at"],
  "occurredAt.unit": ["Form of that time", "rfc3339"],
  "account.path": ["Path of the account that the event is about", "team.id"],
  "test.path": ["Path of the value that marks a test event", "livemode"],
  "test.is": ["Value of a test event", "false", "a text of at most 256 characters, a number, true or false"],
  items: [
    "Path of an array in a JSON body. Each element is an event. The other paths then begin at an element; paths with `$.`, such as `$.destination`, begin at the whole body",
    '""',
    'keys separated by dots; `""` if the body is the array',
  ],
  meanings: [
    "What the events mean, if body and type are signed. The first of the `rows` that matches an event counts. `amount` has `value`, `currency` and the `unit` `minor`, `minorText` or `decimal`; `payment` and `customer` are paths. [kinds.md](kinds.md#tables) shows such tables. Without it, events are `other`",
    "{ payment: data.id, rows: [{ types: [paid], kind: payment.succeeded, amount: { value: data.sum, currency: data.currency, unit: minor }, documentation: https://example.com/events }] }",
    "an object with at most 64 rows",
  ],
  "handshakes[].when": [
    "Place of the value that makes the request a handshake. There may be up to four handshakes. The first that matches counts",
    "{ path: type, is: [url_verification] }",
  ],
  "handshakes[].when.is": ["Values that make the request a handshake. Without it, any value does", "[url_verification]"],
  "handshakes[].unsigned": [
    "The provider does not sign this request. With `when.query`, it is a GET. The body may have 4,096 bytes",
    "true",
    "`true`",
  ],
  "handshakes[].show": [
    "The value is the source's new secret: [an operator looks at it and stores it](#a-token-that-the-provider-posts)",
    "true",
    "`true`, with `unsigned`",
  ],
  "handshakes[].answer.status": ["Status of the answer", "200"],
  "handshakes[].answer.contentType": ["Content type of the answer", "text/plain"],
  "handshakes[].answer.body": [
    "Body of the answer: a text, or a JSON object of texts. A text may have `{path:…}`, `{query:…}` and `{header:…}` and, if the request is signed, `{hmac-sha256-hex(path:…)}`",
    '"{path:challenge}"',
    "a text of at most 1,024 characters, or an object of at most 16 such texts",
  ],
  answersHead: ["The provider checks the URL by a HEAD. The answer is 200 without a body", "true", "`true`"],
  "answer.status": ["Status of the answer to an event. Without `answer`, 202", "200"],
  "answer.body": ["Body of that answer. Without it, the transaction ID as JSON", "ok"],
  "answer.contentType": ["Content type of that answer. Without it, `text/plain`", "text/plain"],
  "answer.refusal": ["Body of a refusal, if the provider demands one", '""'],
};

/** Returns the example of each key, as the table shows it. */
export const keyExamples = (): Map<string, string> => new Map(Object.entries(keys).map(([path, [, example]]) => [path, example]));

/** Writes the table of a description's keys, in the order of the schema. @throws Error if a key has no meaning */
export function descriptionTable(): string {
  const escaped = (text: string) => text.replaceAll("|", "\\|");
  const rows = [...descriptionKeys()].map(([path, key]) => {
    if (!Object.hasOwn(keys, path)) throw new Error(`tools/repo/descriptionKeys.ts says nothing about ${path}.`);
    const [meaning, example, allowed = allowedOf(path, key)] = keys[path];
    return `| \`${path}\` | ${meaning}${key.required ? " (required)" : ""} | ${escaped(allowed)} | \`${escaped(example)}\` |`;
  });
  return ["| Key | Meaning | Allowed | Example |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
