/** Defines stored bodies for functions, infrastructure and tools. `handlers/payload/` stores and loads them. */
import { brotliDecompressSync } from "node:zlib";
import { Attribute } from "./event";

/** Formats of a body. Text, XML and other bytes are stored as they are, and nothing is read from them. */
export const mediaTypes = ["json", "form", "multipart", "text", "xml", "bytes"] as const;
export type MediaType = (typeof mediaTypes)[number];

/** Content types of each format, the usual one first. Any other type ending in `+json` is JSON, too. */
export const contentTypes: Readonly<Record<MediaType, readonly [string, ...string[]]>> = {
  json: ["application/json"],
  form: ["application/x-www-form-urlencoded"],
  multipart: ["multipart/form-data"],
  text: ["text/plain"],
  xml: ["application/xml", "text/xml"],
  bytes: ["application/octet-stream"],
};

/**
 * Lists the content types of bodies that may contain bytes other than UTF-8. API Gateway must pass these as base64: in a text, it replaces
 * such bytes. JSON is UTF-8, and a form is ASCII.
 */
export function binaryContentTypes(types: readonly MediaType[]): string[] {
  return mediaTypes.filter((one) => types.includes(one) && one !== "json" && one !== "form").flatMap((one) => contentTypes[one]);
}

/** Format of an item that names none. */
export const usualMediaType: MediaType = "json";

/**
 * Most bytes of a body that is stored in the item itself. DynamoDB allows 400 KB per item, with all attributes.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
export const largestInItem = 300_000;

/** Fewest bytes of a body that is compressed: a smaller one gets no smaller. */
export const smallestCompressed = 200;

/**
 * Value of `Attribute.payloadEncoding`: HTTP's name of Brotli.
 * @see https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding
 */
export const brotli = "br";

/** Returns the body in an item, byte for byte as signed; `undefined` if the item holds none. @throws Error if it is damaged */
export function payloadInItem(item: Readonly<Record<string, { B?: Uint8Array; S?: string }>>): Uint8Array | undefined {
  const bytes = item[Attribute.payload]?.B;
  return bytes && item[Attribute.payloadEncoding]?.S === brotli ? brotliDecompressSync(bytes) : bytes;
}
