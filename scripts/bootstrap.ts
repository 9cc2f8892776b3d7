import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  NotFoundException,
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
import { parseArgs } from "node:util";
import { runCommand, UserError } from "../local/errors";
import { projectName } from "./stackConfig";

const usage = "npm run bootstrap -- --region REGION [--dry-run]";
/** How long an old version of the state can be brought back. */
const oldVersionsDays = 90;

/** What an AWS SDK client is made with: the environment's credentials, or a test's endpoint. */
export interface ClientOptions {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

export interface Backend {
  bucket: string;
  keyAlias: string;
}

/**
 * Makes the S3 bucket for Pulumi's state and the KMS key for state and stack secrets, or brings those that are there into
 * the same form: private, versioned, encrypted, TLS only. It can be run as often as you like.
 */
export async function bootstrap(project: string, options: ClientOptions): Promise<Backend> {
  const kms = new KMSClient(options);
  const s3 = new S3Client({ ...options, forcePathStyle: options.endpoint !== undefined });
  const backend = await nameBackend(project, options);
  const keyArn = await ensureKey(kms, backend.keyAlias, project);
  await ensureBucket(s3, backend.bucket, options.region);
  await secureBucket(s3, backend.bucket, keyArn, await partitionOf(options));
  return backend;
}

/** Names that no other account has: bucket names are unique over all of AWS. */
export async function nameBackend(project: string, options: ClientOptions): Promise<Backend> {
  const { Account } = await new STSClient(options).send(new GetCallerIdentityCommand({}));
  return { bucket: `${project}-state-${Account}-${options.region}`, keyAlias: `alias/${project}-state` };
}

async function partitionOf(options: ClientOptions): Promise<string> {
  const { Arn } = await new STSClient(options).send(new GetCallerIdentityCommand({}));
  return Arn!.split(":")[1];
}

async function ensureKey(kms: KMSClient, alias: string, project: string): Promise<string> {
  try {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }));
    return KeyMetadata!.Arn!;
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
  }
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: `State and stack secrets of ${project}` }));
  await kms.send(new EnableKeyRotationCommand({ KeyId: KeyMetadata!.KeyId }));
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata!.KeyId }));
  return KeyMetadata!.Arn!;
}

/** us-east-1 is the one region that may not be named as a location. */
async function ensureBucket(s3: S3Client, Bucket: string, region: string): Promise<void> {
  const exists = await s3.send(new HeadBucketCommand({ Bucket })).then(
    () => true,
    (error: { $metadata?: { httpStatusCode?: number } }) => {
      if (error.$metadata?.httpStatusCode === 404) return false;
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
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn }, BucketKeyEnabled: true }],
      },
    }),
  );
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: "old-versions",
            Status: "Enabled",
            Filter: { Prefix: "" },
            NoncurrentVersionExpiration: { NoncurrentDays: oldVersionsDays },
          },
        ],
      },
    }),
  );
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(tlsOnly(`arn:${partition}:s3:::${Bucket}`)) }));
}

function tlsOnly(bucketArn: string) {
  const statement = {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

async function main(): Promise<void> {
  const { region, dryRun } = parseOptions();
  const project = projectName();
  const backend = await (dryRun ? nameBackend : bootstrap)(project, { region }).catch((error: Error) => {
    throw new UserError(`AWS refused: ${error.message} (are credentials in the environment, for the right account?)`);
  });
  console.log(dryRun ? "This would make, or bring into form:" : "State is kept in:");
  console.log(`  bucket  ${backend.bucket}\n  key     ${backend.keyAlias}\n\nThen, once per stack:\n`);
  console.log(`  pulumi login s3://${backend.bucket}`);
  console.log(`  pulumi stack init dev --secrets-provider "awskms://${backend.keyAlias}?region=${region}"`);
}

function parseOptions(): { region: string; dryRun: boolean } {
  const values = parseFlags();
  const region = values.region ?? process.env.AWS_REGION;
  if (!region) throw new UserError(`Which region? ${usage}`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UserError(`--region is "${region}", but must be the code of an AWS region, such as eu-central-1.`);
  return { region, dryRun: values["dry-run"] ?? false };
}

function parseFlags() {
  try {
    return parseArgs({ options: { region: { type: "string" }, "dry-run": { type: "boolean" } } }).values;
  } catch (error) {
    throw new UserError(`${(error as Error).message} ${usage}`);
  }
}

if (require.main === module) void runCommand(main);
