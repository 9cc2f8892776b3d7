import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  NotFoundException,
  TagResourceCommand,
} from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type BucketLocationConstraint,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { secretsProvider, stateKeyTags, stateNames } from "../../ci-roles/state";
import { endedAfter } from "../../handlers/aws/clientOptions";
import { UserError } from "../../domain/userError";

/** Ends a request that AWS does not answer. */
const requestHandler = endedAfter(30_000);

/** Options of an AWS SDK client. Credentials are those of the environment unless given. */
export interface ClientOptions {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Names of a backend for Pulumi's state. */
export interface StateBackend {
  /** AWS account ID. */
  account: string;
  bucket: string;
  keyAlias: string;
  /** Argument of `pulumi login`. @see https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
  url: string;
  /** Argument of `pulumi stack init --secrets-provider`. @see https://www.pulumi.com/docs/iac/concepts/secrets/ */
  secretsProvider(stack: string): string;
}

/**
 * Creates the S3 bucket for Pulumi's state and the KMS key for state and stack secrets. Restores the settings of those that exist: private,
 * versioned, encrypted, TLS only.
 * @param progress is told each step
 * @throws UserError if the key is disabled, or the bucket cannot be read
 */
export async function createBackend(
  project: string,
  options: ClientOptions,
  progress: (step: string) => void = () => undefined,
): Promise<StateBackend> {
  const kms = new KMSClient({ ...options, requestHandler });
  const s3 = new S3Client({ ...options, requestHandler, forcePathStyle: options.endpoint !== undefined });
  const backend = await nameBackend(project, options);
  progress(`Creating or checking the key ${backend.keyAlias} …`);
  const keyArn = await ensureKey(kms, backend.keyAlias, project);
  progress(`Creating or checking the bucket ${backend.bucket} …`);
  await ensureBucket(s3, backend.bucket, options.region);
  await secureBucket(s3, backend.bucket, keyArn, (await whoAmI(options)).partition);
  return backend;
}

/** Returns the names in the account of these options, and creates nothing. */
export async function nameBackend(project: string, options: ClientOptions): Promise<StateBackend> {
  const { region } = options;
  const { account } = await whoAmI(options);
  const { bucket, keyAlias } = stateNames(project, account, region);
  return {
    account,
    bucket,
    keyAlias,
    url: `s3://${bucket}?region=${region}&awssdk=v2`,
    secretsProvider: (stack) => secretsProvider(keyAlias, region, stack),
  };
}

async function whoAmI(options: ClientOptions): Promise<{ account: string; partition: string }> {
  const { Arn, Account } = await new STSClient({ ...options, requestHandler }).send(new GetCallerIdentityCommand({}));
  return { account: Account!, partition: Arn!.split(":")[1] };
}

async function ensureKey(kms: KMSClient, alias: string, project: string): Promise<string> {
  const Tags = Object.entries(stateKeyTags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }));
    const { KeyId, KeyState, Arn } = KeyMetadata!;
    if (KeyState !== "Enabled")
      throw new UserError(
        `The key ${alias} is ${KeyState}, so that the state cannot be read. Allowed: Enabled. ` +
          (KeyState === "PendingDeletion" ? waysOut(alias, KeyId!) : `Run aws kms enable-key --key-id ${KeyId}.`),
      );
    await kms.send(new TagResourceCommand({ KeyId, Tags }));
    return Arn!;
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: `State and stack secrets of ${project}`, Tags }));
  await kms.send(new EnableKeyRotationCommand({ KeyId: KeyMetadata!.KeyId }));
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata!.KeyId }));
  return KeyMetadata!.Arn!;
}

/** Says how to keep a key that is scheduled for deletion, or to create another. It keeps its alias until then. @see https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html */
function waysOut(alias: string, keyId: string): string {
  const keep = ["cancel-key-deletion", "enable-key"].map((command) => `aws kms ${command} --key-id ${keyId}`).join(" && ");
  return `To keep it: ${keep}. To create another one, and lose what this one encrypts: aws kms delete-alias --alias-name ${alias}.`;
}

/** Creates the bucket if it is missing. S3 accepts every region as a location, except us-east-1. */
async function ensureBucket(s3: S3Client, Bucket: string, region: string): Promise<void> {
  const exists = await s3.send(new HeadBucketCommand({ Bucket })).then(
    () => true,
    (error: { $metadata?: { httpStatusCode?: number } }) => {
      const status = error.$metadata?.httpStatusCode;
      if (status === 404) return false;
      if (status === 403)
        throw new UserError(`The bucket ${Bucket} cannot be read. It belongs to another account, or your role has no s3:ListBucket.`);
      throw error;
    },
  );
  if (exists) return;
  const location = region === "us-east-1" ? undefined : { LocationConstraint: region as BucketLocationConstraint };
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: location }));
}

async function secureBucket(s3: S3Client, Bucket: string, keyArn: string, partition: string): Promise<void> {
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const byKey = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn } as const;
  const Rules = [{ ApplyServerSideEncryptionByDefault: byKey, BucketKeyEnabled: true }];
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [oldVersions] } }));
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: tlsOnly(`arn:${partition}:s3:::${Bucket}`) }));
}

/** Keeps old versions of the state for 90 days. */
const oldVersions = {
  ID: "old-versions",
  Status: "Enabled",
  Filter: { Prefix: "" },
  NoncurrentVersionExpiration: { NoncurrentDays: 90 },
  Expiration: { ExpiredObjectDeleteMarker: true },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
} as const;

function tlsOnly(bucketArn: string): string {
  const statement = {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
