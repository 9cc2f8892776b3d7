import { arn, idFrom, idFromName, mockAccount, pseudoId, withArn, type ResourceType } from "./resourceType";

/** DynamoDB, S3, Secrets Manager and SQS. */
export const dataTypes = {
  bucket: {
    token: "aws:s3/bucket:Bucket",
    outputs: ({ bucket }) => ({ id: bucket, arn: `arn:aws:s3:::${bucket}` }),
    replacedBy: ["bucket"],
    cost: "priced",
    holdsData: true,
    uniqueName: {
      input: "bucket",
      awsError: () => "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it.",
    },
  },
  bucketEncryption: {
    token: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    outputs: idFrom("bucket"),
    replacedBy: ["bucket"],
    cost: "free",
  },
  bucketLifecycle: {
    token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    outputs: idFrom("bucket"),
    replacedBy: ["bucket"],
    cost: "free",
  },
  bucketOwnership: {
    token: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    outputs: idFrom("bucket"),
    replacedBy: ["bucket"],
    cost: "free",
  },
  bucketPolicy: { token: "aws:s3/bucketPolicy:BucketPolicy", outputs: idFrom("bucket"), replacedBy: ["bucket"], cost: "free" },
  bucketPublicAccess: {
    token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    outputs: idFrom("bucket"),
    replacedBy: ["bucket"],
    cost: "free",
  },
  queue: {
    token: "aws:sqs/queue:Queue",
    outputs: ({ name }, region) => {
      const url = `https://sqs.${region}.amazonaws.com/${mockAccount}/${name}`;
      return { id: url, url, arn: arn("sqs", region, name) };
    },
    replacedBy: ["name", "fifoQueue"],
    cost: "negligible",
    holdsData: true,
    uniqueName: { input: "name" },
  },
  queuePolicy: { token: "aws:sqs/queuePolicy:QueuePolicy", outputs: idFrom("queueUrl"), replacedBy: ["queueUrl"], cost: "free" },
  redriveAllowPolicy: {
    token: "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    outputs: idFrom("queueUrl"),
    replacedBy: ["queueUrl"],
    cost: "free",
  },
  secret: {
    token: "aws:secretsmanager/secret:Secret",
    outputs: ({ name }, region, logicalName) => withArn(arn("secretsmanager", region, `secret:${name}-${pseudoId(logicalName, 6)}`)),
    replacedBy: ["name"],
    cost: "priced",
    holdsData: true,
    uniqueName: {
      input: "name",
      awsError: (name) => `ResourceExistsException: The operation failed because the secret ${name} already exists.`,
    },
  },
  table: {
    token: "aws:dynamodb/table:Table",
    outputs: (inputs, region) => {
      const own = idFromName("dynamodb", "table/")(inputs, region);
      const streamLabel = "2026-01-01T00:00:00.000";
      return { ...own, streamLabel, streamArn: `${own.arn}/stream/${streamLabel}` };
    },
    replacedBy: ["name", "hashKey", "rangeKey", "localSecondaryIndexes"],
    cost: "priced",
    holdsData: true,
    uniqueName: { input: "name", awsError: (name) => `ResourceInUseException: Table already exists: ${name}` },
  },
} as const satisfies Record<string, ResourceType>;
