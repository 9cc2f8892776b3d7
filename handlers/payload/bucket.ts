import type { S3Client } from "@aws-sdk/client-s3";
import { Variable } from "../../domain/variables";
import { clientOptions } from "../aws/clientOptions";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";
import { withTracing } from "../aws/tracing";

type Sdk = typeof import("./s3");

let opened: Promise<{ sdk: Sdk; s3: S3Client }> | undefined;

/** Loads S3's client for the first large body. Most containers never see one, and start no slower. */
export function openBucket(): Promise<{ sdk: Sdk; s3: S3Client }> {
  return (opened ??= open());
}

async function open(): Promise<{ sdk: Sdk; s3: S3Client }> {
  const sdk: Sdk = await import("@aws-sdk/client-s3");
  return { sdk, s3: withTracing(new sdk.S3Client(clientOptions)) };
}

/** Puts an object into the payload bucket. */
export async function putObject(Key: string, Body: Buffer): Promise<void> {
  const { sdk, s3 } = await openBucket();
  await s3.send(new sdk.PutObjectCommand({ Bucket: requiredVariable(Variable.payloadBucket), Key, Body }), abortAtDeadline());
}

/** Gets an object's bytes from the payload bucket. */
export async function getObject(Key: string): Promise<Uint8Array> {
  const { sdk, s3 } = await openBucket();
  const { Body } = await s3.send(new sdk.GetObjectCommand({ Bucket: requiredVariable(Variable.payloadBucket), Key }), abortAtDeadline());
  return Body!.transformToByteArray();
}
