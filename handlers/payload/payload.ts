import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import { brotli, largestInItem, payloadInItem, smallestCompressed } from "../../domain/payload";
import { getObject, putObject } from "./bucket";

type Attributes = Record<string, AttributeValue>;

/** The fastest: a webhook becomes about a quarter of what it was, and the next levels cost more time than they save bytes. */
const options = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY }, chunkSize: 4_096 };

/**
 * Stores the body of an event: a large one in the bucket, before the item that points there, so that what is acknowledged is complete.
 * The key is made of what is stored: a repetition puts the same bytes at the same place, and never others in the place of acknowledged ones.
 * @param transactionId begins with the source's name, up to a `#`
 * @returns the item's attributes that hold the body, or say where it is
 * @throws what S3 answers
 */
export async function storePayload(transactionId: string, body: Buffer): Promise<Attributes> {
  if (body.length <= largestInItem) return inItem(body);
  const [source] = transactionId.split("#", 1);
  const key = `${source}/${sha256(transactionId)}/${sha256(body)}`;
  await putObject(key, body);
  return { [Attribute.payloadKey]: { S: key } };
}

/** Loads the body of an item, wherever it is, to the byte as it was signed; empty if the item has none. @throws what S3 answers */
export async function loadPayload(item: Readonly<Attributes>): Promise<Uint8Array> {
  const key = item[Attribute.payloadKey]?.S;
  return key === undefined ? (payloadInItem(item) ?? new Uint8Array()) : getObject(key);
}

/**
 * Returns the attributes of a body that lies in its item: compressed if it is smaller so, because DynamoDB counts the whole item with each
 * write of its life.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function inItem(body: Uint8Array): Attributes {
  const compressed = body.length < smallestCompressed ? body : brotliCompressSync(body, options);
  if (compressed.length >= body.length) return { [Attribute.payload]: { B: body } };
  return { [Attribute.payload]: { B: compressed }, [Attribute.payloadEncoding]: { S: brotli } };
}

function sha256(part: string | Buffer): string {
  return createHash("sha256").update(part).digest("hex");
}
