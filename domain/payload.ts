import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "./event";

/** HTTP's name of Brotli. @see https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding */
const brotli = "br";

/** Bytes below which an item with its body is a kilobyte or so in any case, and DynamoDB counts whole ones. */
export const smallestCompressed = 512;

/** The fastest: a webhook becomes about a quarter of what it was, and the next levels cost more time than they save bytes. */
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY }, chunkSize: 4_096 };

/**
 * A body as it lies in its item: compressed if it is smaller so, because DynamoDB counts the whole item with each write of its life.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function payloadAttributes(body: Uint8Array): Record<string, AttributeValue> {
  const compressed = body.length < smallestCompressed ? body : brotliCompressSync(body, options);
  if (compressed.length >= body.length) return { [Attribute.payload]: { B: body } };
  return { [Attribute.payload]: { B: compressed }, [Attribute.payloadEncoding]: { S: brotli } };
}

/** The body's bytes exactly as they were signed; `undefined` of an item that has none. @throws Error if they are damaged */
export function payloadOf(item: Readonly<Record<string, AttributeValue>>): Uint8Array | undefined {
  const bytes = item[Attribute.payload]?.B;
  return bytes && item[Attribute.payloadEncoding]?.S === brotli ? brotliDecompressSync(bytes) : bytes;
}
