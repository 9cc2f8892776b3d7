import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { protectedOptions, type StackContext } from "../lib/context";
import type { Encryption } from "../encryption";
import { denyInsecureTransport, document } from "../lib/policies";

/**
 * Days that a payload outlives its item: DynamoDB deletes an expired item within a few days.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
const daysAfterItem = 7;

/**
 * Creates the bucket for bodies that are too large for an item: private, encrypted with the data key, reachable only over TLS. Objects
 * expire after the events that refer to them.
 */
export function createPayloadBucket(name: string, context: StackContext, encryption: Encryption, parent: pulumi.Resource): aws.s3.Bucket {
  const { config } = context;
  const payloads = new aws.s3.Bucket(
    name,
    { bucket: context.bucketName("payloadBucket"), forceDestroy: !config.deletionProtection },
    protectedOptions(context, parent),
  );
  const bucket = payloads.id;
  const inBucket = { parent: payloads };

  encrypt();
  expire();
  refuseClearText(keepPrivate());
  return payloads;

  /**
   * Encrypts the bucket. The bucket key saves KMS requests: one serves many objects.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
   */
  function encrypt(): void {
    const applyServerSideEncryptionByDefault = { sseAlgorithm: "aws:kms", kmsMasterKeyId: encryption.dataKey.arn };
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { bucket, rules: [{ applyServerSideEncryptionByDefault, bucketKeyEnabled: true }] },
      inBucket,
    );
  }

  function expire(): void {
    const expiration = { days: config.eventRetentionDays + daysAfterItem };
    new aws.s3.BucketLifecycleConfiguration(
      name,
      { bucket, rules: [{ id: "expire", status: "Enabled", filter: { prefix: "" }, expiration }] },
      inBucket,
    );
  }

  function keepPrivate(): pulumi.Resource[] {
    return [
      new aws.s3.BucketPublicAccessBlock(
        name,
        { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
        inBucket,
      ),
      new aws.s3.BucketOwnershipControls(name, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, inBucket),
    ];
  }

  /** Refuses requests without TLS. It waits for the other changes: S3 refuses two such changes of a bucket at once. */
  function refuseClearText(dependsOn: pulumi.Resource[]): void {
    new aws.s3.BucketPolicy(
      name,
      { bucket, policy: document([denyInsecureTransport(["s3:*"], [payloads.arn, pulumi.interpolate`${payloads.arn}/*`])]) },
      { ...inBucket, dependsOn },
    );
  }
}
