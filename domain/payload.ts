/** What functions, infrastructure and tools agree on about a stored body. `handlers/payload/` stores and loads it. */
import { brotliDecompressSync } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "./event";

/** What a body is written in. */
export const mediaTypes = ["json", "form"] as const;
export type MediaType = (typeof mediaTypes)[number];

/**
 * Bytes of the largest body that lies in the item itself, beside its other attributes. DynamoDB takes 400 KB an item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
export const largestInItem = 300_000;

/** Bytes below which an item with its body is a kilobyte or so in any case, and DynamoDB counts whole ones. */
export const smallestCompressed = 512;

/** Value of `Attribute.payloadEncoding`: HTTP's name of Brotli.
 * @see https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding */
export const brotli = "br";

/** Reads the body that lies in an item, to the byte as it was signed; `undefined` if the item holds none. @throws Error if it is damaged */
export function payloadInItem(item: Readonly<Record<string, AttributeValue>>): Uint8Array | undefined {
  const bytes = item[Attribute.payload]?.B;
  return bytes && item[Attribute.payloadEncoding]?.S === brotli ? brotliDecompressSync(bytes) : bytes;
}
