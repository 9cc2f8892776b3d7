import { arn, idFrom, idFromName, mockAccount, pseudoId, withArn, row } from "./resourceType";

/** DynamoDB, S3, Secrets Manager and SQS. */
export const dataTypes = {
  bucket: row(
    "aws:s3/bucket:Bucket",
    {
      cost: "priced",
      replacedBy: ["bucket"],
      holdsData: true,
      uniqueName: "bucket",
      awsError: "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it.",
    },
    ({ bucket }) => ({ id: bucket, arn: `arn:aws:s3:::${bucket}` }),
  ),
  bucketEncryption: row(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    { cost: "free", replacedBy: ["bucket"] },
    idFrom("bucket"),
  ),
  bucketLifecycle: row(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    { cost: "free", replacedBy: ["bucket"] },
    idFrom("bucket"),
  ),
  bucketOwnership: row(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    { cost: "free", replacedBy: ["bucket"] },
    idFrom("bucket"),
  ),
  bucketPolicy: row("aws:s3/bucketPolicy:BucketPolicy", { cost: "free", replacedBy: ["bucket"] }, idFrom("bucket")),
  bucketPublicAccess: row(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    { cost: "free", replacedBy: ["bucket"] },
    idFrom("bucket"),
  ),
  queue: row(
    "aws:sqs/queue:Queue",
    { cost: "negligible", replacedBy: ["name", "fifoQueue"], holdsData: true, uniqueName: "name" },
    ({ name }, region) => {
      const url = `https://sqs.${region}.amazonaws.com/${mockAccount}/${name}`;
      return { id: url, url, arn: arn("sqs", region, name) };
    },
  ),
  queuePolicy: row("aws:sqs/queuePolicy:QueuePolicy", { cost: "free", replacedBy: ["queueUrl"] }, idFrom("queueUrl")),
  redriveAllowPolicy: row("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", { cost: "free", replacedBy: ["queueUrl"] }, idFrom("queueUrl")),
  secret: row(
    "aws:secretsmanager/secret:Secret",
    {
      cost: "priced",
      replacedBy: ["name"],
      holdsData: true,
      uniqueName: "name",
      awsError: "ResourceExistsException: The operation failed because the secret {name} already exists.",
    },
    ({ name }, region, logicalName) => withArn(arn("secretsmanager", region, `secret:${name}-${pseudoId(logicalName, 6)}`)),
  ),
  table: row(
    "aws:dynamodb/table:Table",
    {
      cost: "priced",
      replacedBy: ["name", "hashKey", "rangeKey", "localSecondaryIndexes"],
      holdsData: true,
      uniqueName: "name",
      awsError: "ResourceInUseException: Table already exists: {name}",
    },
    (inputs, region) => {
      const own = idFromName("dynamodb", "table/")(inputs, region);
      const streamLabel = "2026-01-01T00:00:00.000";
      return { ...own, streamLabel, streamArn: `${own.arn}/stream/${streamLabel}` };
    },
  ),
};
