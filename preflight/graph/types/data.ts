import { arn, idFrom, idFromName, mockAccount, pseudoId, withArn, freeRow, row } from "./resourceType";

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
  bucketEncryption: freeRow(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ["bucket"],
    idFrom("bucket"),
  ),
  bucketLifecycle: freeRow("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", ["bucket"], idFrom("bucket")),
  bucketOwnership: freeRow("aws:s3/bucketOwnershipControls:BucketOwnershipControls", ["bucket"], idFrom("bucket")),
  bucketPolicy: freeRow("aws:s3/bucketPolicy:BucketPolicy", ["bucket"], idFrom("bucket")),
  bucketPublicAccess: freeRow("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", ["bucket"], idFrom("bucket")),
  queue: row(
    "aws:sqs/queue:Queue",
    { cost: "negligible", replacedBy: ["name", "fifoQueue"], holdsData: true, uniqueName: "name" },
    ({ name }, region) => {
      const url = `https://sqs.${region}.amazonaws.com/${mockAccount}/${name}`;
      return { id: url, url, arn: arn("sqs", region, name) };
    },
  ),
  queuePolicy: freeRow("aws:sqs/queuePolicy:QueuePolicy", ["queueUrl"], idFrom("queueUrl")),
  redriveAllowPolicy: freeRow("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", ["queueUrl"], idFrom("queueUrl")),
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
