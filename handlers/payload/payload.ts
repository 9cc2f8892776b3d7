import { createHash } from "node:crypto";
import { Variable } from "../../domain/variables";
import { openBucket } from "./bucket";
import { inTime } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";

/**
 * Puts a large body into the bucket, before the item that points there: what is acknowledged is complete. The key is made of what is
 * stored, so that a repetition puts the same bytes at the same place, and never others in the place of acknowledged ones.
 * @returns its key
 */
export async function putPayload(source: string, transactionId: string, body: Buffer): Promise<string> {
  const Key = `${source}/${digestOf(transactionId)}/${digestOf(body)}`;
  const { sdk, s3 } = await openBucket();
  await s3.send(new sdk.PutObjectCommand({ Bucket: requiredVariable(Variable.payloadBucket), Key, Body: body }), inTime());
  return Key;
}

function digestOf(part: string | Buffer): string {
  return createHash("sha256").update(part).digest("hex");
}
