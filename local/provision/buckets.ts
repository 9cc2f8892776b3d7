import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { capitalized, createOrFind, forPlainHttp, type Inputs, type Provisioner } from "./types";

/** Buckets and their settings. */
export const bucketProvisioners: Record<string, Provisioner> = {
  "aws:s3/bucket:Bucket": async (where, { bucket: Bucket }) => {
    const create = async () => void (await where.clients.s3.send(new CreateBucketCommand({ Bucket })));
    await createOrFind(where, create, () => Promise.resolve());
    return { id: Bucket, arn: `arn:aws:s3:::${Bucket}` };
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": async (
    { clients },
    { bucket: Bucket, rules },
  ) => {
    const Rules = rules.map(({ applyServerSideEncryptionByDefault: by, bucketKeyEnabled }: Inputs) => ({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: by.sseAlgorithm, KMSMasterKeyID: by.kmsMasterKeyId },
      BucketKeyEnabled: bucketKeyEnabled,
    }));
    await clients.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    return { id: Bucket };
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": async ({ clients }, { bucket: Bucket, rules }) => {
    const Rules = rules.map(({ id, ...rule }: Inputs) => ({ ID: id, ...capitalized(rule) }));
    await clients.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    return { id: Bucket };
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": async ({ clients }, { bucket: Bucket, ...block }) => {
    await clients.s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: capitalized(block) }));
    return { id: Bucket };
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": async ({ clients }, { bucket: Bucket, rule }) => {
    await clients.s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [capitalized(rule)] } }));
    return { id: Bucket };
  },
  "aws:s3/bucketPolicy:BucketPolicy": async ({ clients }, { bucket: Bucket, policy }) => {
    const Policy = forPlainHttp(policy);
    if (Policy) await clients.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    return { id: Bucket };
  },
};
