import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import { brotli, largestInItem, payloadInItem, smallestCompressed } from "../../domain/payload";
import { getObject, putObject } from "./bucket";

type Attributes = Record<string, AttributeValue>;

/**
 * Quality of the compression. It leaves a third of an event of 3 KB and half of one of 500 bytes, where the fastest leaves nearly a half and two
 * thirds. Higher ones save less than 2 %.
 */
const quality = 5;

/** Returns the options for a body. A window as large as the body compresses as well as a larger one, with smaller tables: it takes less time. */
const optionsFor = ({ length }: Uint8Array) => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: Math.max(constants.BROTLI_MIN_WINDOW_BITS, Math.ceil(Math.log2(length))),
  },
  chunkSize: 4_096,
});

/**
 * Stores the body of an event. A large one goes to the bucket before the item refers to it, so an acknowledged event is complete. Its key
 * is derived from the contents: a duplicate writes the same bytes to the same key, and nothing overwrites an acknowledged body.
 * @param transactionId begins with the source's name, up to a `#`
 * @returns the item's attributes that hold the body or refer to it
 * @throws the error of S3
 */
export async function storePayload(transactionId: string, body: Buffer): Promise<Attributes> {
  if (body.length <= largestInItem) return inItem(body);
  const [source] = transactionId.split("#", 1);
  const key = `${source}/${sha256(transactionId)}/${sha256(body)}`;
  await putObject(key, body);
  return { [Attribute.payloadKey]: { S: key } };
}

/** Loads the body of an item, byte for byte as signed; empty if the item has none. @throws the error of S3 */
export async function loadPayload(item: Readonly<Attributes>): Promise<Uint8Array> {
  const key = item[Attribute.payloadKey]?.S;
  return key === undefined ? (payloadInItem(item) ?? new Uint8Array()) : getObject(key);
}

/**
 * Returns the attributes of a body in its item, compressed if that is smaller: DynamoDB charges for the whole item with each write.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function inItem(body: Uint8Array): Attributes {
  const compressed = body.length < smallestCompressed ? body : brotliCompressSync(body, optionsFor(body));
  if (compressed.length >= body.length) return { [Attribute.payload]: { B: body } };
  return { [Attribute.payload]: { B: compressed }, [Attribute.payloadEncoding]: { S: brotli } };
}

function sha256(part: string | Buffer): string {
  return createHash("sha256").update(part).digest("hex");
}
