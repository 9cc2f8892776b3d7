import type { S3Client } from "@aws-sdk/client-s3";
import { clientOptions } from "../aws/clientOptions";
import { observed } from "../aws/tracing";

type Sdk = typeof import("@aws-sdk/client-s3");

let opened: Promise<{ sdk: Sdk; s3: S3Client }> | undefined;

/** S3's client, loaded with the first large body: most containers never see one, and none starts slower for it. */
export function openBucket(): Promise<{ sdk: Sdk; s3: S3Client }> {
  return (opened ??= open());
}

async function open(): Promise<{ sdk: Sdk; s3: S3Client }> {
  const sdk = await import("@aws-sdk/client-s3");
  return { sdk, s3: observed(new sdk.S3Client(clientOptions)) };
}
