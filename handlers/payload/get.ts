import { Variable } from "../../domain/variables";
import { openBucket } from "./bucket";
import { inTime } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";

/** Reads a large body from the bucket. */
export async function getPayload(Key: string): Promise<Uint8Array> {
  const { sdk, s3 } = await openBucket();
  const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: requiredVariable(Variable.payloadBucket), Key }), inTime());
  return Body!.transformToByteArray();
}
