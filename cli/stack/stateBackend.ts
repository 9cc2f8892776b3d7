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

/** Of each client: a call that nobody answers ends. */
const requestHandler = endedAfter(30_000);

/** What an AWS SDK client is made with: the environment's credentials, or a test's endpoint. */
export interface ClientOptions {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

export interface StateBackend {
  bucket: string;
  keyAlias: string;
  /** What `pulumi login` takes. @see https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
  url: string;
  /** What `pulumi stack init` takes. @see https://www.pulumi.com/docs/iac/concepts/secrets/ */
  secretsProvider(stack: string): string;
}

/**
 * Makes the S3 bucket for Pulumi's state and the KMS key for state and stack secrets, or brings those that are there into
 * the same form: private, versioned, encrypted, TLS only. It can be run as often as you like.
 */
export async function bootstrap(project: string, options: ClientOptions): Promise<StateBackend> {
  const kms = new KMSClient({ ...options, requestHandler });
  const s3 = new S3Client({ ...options, requestHandler, forcePathStyle: options.endpoint !== undefined });
  const backend = await nameBackend(project, options);
  const keyArn = await ensureKey(kms, backend.keyAlias, project);
  await ensureBucket(s3, backend.bucket, options.region);
  await secureBucket(s3, backend.bucket, keyArn, (await whoAmI(options)).partition);
  return backend;
}

/** Names the backend for the account that these options reach. */
export async function nameBackend(project: string, options: ClientOptions): Promise<StateBackend> {
  const { region } = options;
  const { bucket, keyAlias } = stateNames(project, (await whoAmI(options)).account, region);
  return {
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
        `The key ${alias} is ${KeyState}, but must be Enabled: without it the state can't be read. ` +
          (KeyState === "PendingDeletion" ? wayBack(alias, KeyId!) : `Run aws kms enable-key --key-id ${KeyId}.`),
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

/**
 * Tells how to undo a scheduled deletion: until then, the key keeps its alias.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
function wayBack(alias: string, keyId: string): string {
  const keep = ["cancel-key-deletion", "enable-key"].map((command) => `aws kms ${command} --key-id ${keyId}`).join(" && ");
  return `To keep it: ${keep}. To have another one made, and lose what it encrypts: aws kms delete-alias --alias-name ${alias}.`;
}

/** us-east-1 is the one region that may not be named as a location. */
async function ensureBucket(s3: S3Client, Bucket: string, region: string): Promise<void> {
  const exists = await s3.send(new HeadBucketCommand({ Bucket })).then(
    () => true,
    (error: { $metadata?: { httpStatusCode?: number } }) => {
      const status = error.$metadata?.httpStatusCode;
      if (status === 404) return false;
      if (status === 403)
        throw new UserError(`The bucket ${Bucket} may not be read: it belongs to another account, or your role lacks s3:ListBucket.`);
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

/** Old versions of the state can be brought back for this long. */
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
