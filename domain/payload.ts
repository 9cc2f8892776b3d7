/** Defines stored bodies for functions, infrastructure and tools. `handlers/payload/` stores and loads them. */
import { brotliDecompressSync } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "./event";

/** Formats of a body. Text, XML and other bytes are stored as they are, and nothing is read from them. */
export const mediaTypes = ["json", "form", "text", "xml", "bytes"] as const;
export type MediaType = (typeof mediaTypes)[number];

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
export function payloadInItem(item: Readonly<Record<string, AttributeValue>>): Uint8Array | undefined {
  const bytes = item[Attribute.payload]?.B;
  return bytes && item[Attribute.payloadEncoding]?.S === brotli ? brotliDecompressSync(bytes) : bytes;
}
