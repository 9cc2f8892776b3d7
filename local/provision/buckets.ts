import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { forPlainHttp } from "../plainHttp";
import type { Inputs, Provisioner } from "./types";

const bucket: Provisioner = async ({ clients }, inputs) => {
  await clients.s3.send(new CreateBucketCommand({ Bucket: inputs.bucket }));
  return { id: inputs.bucket, arn: `arn:aws:s3:::${inputs.bucket}` };
};

const encryption: Provisioner = async ({ clients }, inputs) => {
  const Rules = inputs.rules.map(({ applyServerSideEncryptionByDefault: by, bucketKeyEnabled }: Inputs) => ({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: by.sseAlgorithm, KMSMasterKeyID: by.kmsMasterKeyId },
    BucketKeyEnabled: bucketKeyEnabled,
  }));
  await clients.s3.send(new PutBucketEncryptionCommand({ Bucket: inputs.bucket, ServerSideEncryptionConfiguration: { Rules } }));
  return { id: inputs.bucket };
};

const lifecycle: Provisioner = async ({ clients }, inputs) => {
  const Rules = inputs.rules.map(({ id, status, filter, expiration }: Inputs) => ({
    ID: id,
    Status: status,
    Filter: { Prefix: filter.prefix },
    Expiration: { Days: expiration.days },
  }));
  await clients.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: inputs.bucket, LifecycleConfiguration: { Rules } }));
  return { id: inputs.bucket };
};

const publicAccess: Provisioner = async ({ clients }, inputs) => {
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: inputs.blockPublicAcls,
    BlockPublicPolicy: inputs.blockPublicPolicy,
    IgnorePublicAcls: inputs.ignorePublicAcls,
    RestrictPublicBuckets: inputs.restrictPublicBuckets,
  };
  await clients.s3.send(new PutPublicAccessBlockCommand({ Bucket: inputs.bucket, PublicAccessBlockConfiguration }));
  return { id: inputs.bucket };
};

const ownership: Provisioner = async ({ clients }, inputs) => {
  const OwnershipControls = { Rules: [{ ObjectOwnership: inputs.rule.objectOwnership }] };
  await clients.s3.send(new PutBucketOwnershipControlsCommand({ Bucket: inputs.bucket, OwnershipControls }));
  return { id: inputs.bucket };
};

const policy: Provisioner = async ({ clients }, inputs) => {
  const Policy = forPlainHttp(inputs.policy);
  if (Policy) await clients.s3.send(new PutBucketPolicyCommand({ Bucket: inputs.bucket, Policy }));
  return { id: inputs.bucket };
};

/** Buckets, and all that is said of one. */
export const bucketProvisioners: Record<string, Provisioner> = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccess,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ownership,
  "aws:s3/bucketPolicy:BucketPolicy": policy,
};
