import * as assert from "node:assert/strict";
import {
  CancelKeyDeletionCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetKeyRotationStatusCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-kms";
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { stateKeyTags } from "../../ci-roles/state";
import { createBackend, type StateBackend, type ClientOptions } from "../../cli/stack/stateBackend";
import { sharedPipeline, type PipelineUnderTest } from "../helpers/pipeline";

describe("The state backend", () => {
  let pipeline: PipelineUnderTest;
  let s3: S3Client;
  let backend: StateBackend;
  let options: ClientOptions;
  before(async () => {
    pipeline = await sharedPipeline();
    const { endpoint, region, accessKeyId, secretAccessKey } = pipeline;
    options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    s3 = new S3Client({ ...options, forcePathStyle: true });
    backend = await createBackend("webhook-pipeline", options);
  });

  it("has a bucket whose name carries account and region", () => {
    const { secretsProvider, ...names } = backend;
    assert.equal(secretsProvider("dev"), "awskms://alias/webhook-pipeline-state?region=us-east-1&context_stack=dev");
    assert.deepEqual(names, {
      account: "000000000000",
      bucket: "webhook-pipeline-state-000000000000-us-east-1",
      keyAlias: "alias/webhook-pipeline-state",
      url: "s3://webhook-pipeline-state-000000000000-us-east-1?region=us-east-1&awssdk=v2",
    });
  });

  it("keeps old versions, for ninety days", async () => {
    assert.equal((await s3.send(new GetBucketVersioningCommand({ Bucket: backend.bucket }))).Status, "Enabled");
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: backend.bucket }));
    assert.equal(Rules![0].NoncurrentVersionExpiration!.NoncurrentDays, 90);
  });

  it("is encrypted with a key of its own, which rotates", async () => {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: backend.bucket }));
    const [{ ApplyServerSideEncryptionByDefault: rule }] = ServerSideEncryptionConfiguration!.Rules!;
    const { KeyMetadata } = await pipeline.clients.kms.send(new DescribeKeyCommand({ KeyId: backend.keyAlias }));
    assert.deepEqual(rule, { SSEAlgorithm: "aws:kms", KMSMasterKeyID: KeyMetadata!.Arn });
    const { KeyRotationEnabled } = await pipeline.clients.kms.send(new GetKeyRotationStatusCommand({ KeyId: KeyMetadata!.KeyId }));
    assert.equal(KeyRotationEnabled, true);
  });

  it("is private, and refuses what does not come over TLS", async () => {
    const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket: backend.bucket }));
    assert.deepEqual(Object.values(PublicAccessBlockConfiguration!), [true, true, true, true]);
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket: backend.bucket }));
    const { Statement } = JSON.parse(Policy!) as { Statement: { Effect: string; Condition: object }[] };
    assert.equal(Statement[0].Effect, "Deny");
    assert.deepEqual(Statement[0].Condition, { Bool: { "aws:SecureTransport": "false" } });
  });

  const namesOf = ({ bucket, keyAlias, url }: StateBackend) => ({ bucket, keyAlias, url });
  const bootstrapAgain = async () => namesOf(await createBackend("webhook-pipeline", options));

  it("has a key that carries no stack's tag, nor none, whether it was just made or is an older one", async () => {
    const { kms } = pipeline.clients;
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: backend.keyAlias }));
    const KeyId = KeyMetadata!.KeyId!;
    const tags = async () => {
      const { Tags } = await kms.send(new ListResourceTagsCommand({ KeyId }));
      return Object.fromEntries(Tags!.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
    };
    assert.deepEqual(await tags(), stateKeyTags);
    await kms.send(new UntagResourceCommand({ KeyId, TagKeys: Object.keys(stateKeyTags) }));
    await bootstrapAgain();
    assert.deepEqual(await tags(), stateKeyTags);
  });

  it("stays as it is when it is made again", async () => {
    assert.deepEqual(await bootstrapAgain(), namesOf(backend));
    const { Aliases } = await pipeline.clients.kms.send(new ListAliasesCommand({}));
    assert.equal(Aliases!.filter(({ AliasName }) => AliasName === backend.keyAlias).length, 1);
  });

  it("says of a key that is switched off, or to be deleted, how it comes back or another takes its place", async () => {
    const { kms } = pipeline.clients;
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: backend.keyAlias }));
    const KeyId = KeyMetadata!.KeyId!;
    await kms.send(new DisableKeyCommand({ KeyId }));
    await assert.rejects(
      createBackend("webhook-pipeline", options),
      new RegExp(`is Disabled, .* Run aws kms enable-key --key-id ${KeyId}\\.$`),
    );
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    await assert.rejects(createBackend("webhook-pipeline", options), (error: Error) => {
      const keep = `aws kms cancel-key-deletion --key-id ${KeyId} && aws kms enable-key --key-id ${KeyId}`;
      assert.ok(error.message.includes(`is PendingDeletion, so that the state cannot be read. Allowed: Enabled.`), error.message);
      assert.ok(error.message.includes(keep), error.message);
      assert.match(error.message, /aws kms delete-alias --alias-name alias\/webhook-pipeline-state\.$/);
      return true;
    });
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    await kms.send(new EnableKeyCommand({ KeyId }));
    assert.deepEqual(await bootstrapAgain(), namesOf(backend));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    await kms.send(new DeleteAliasCommand({ AliasName: backend.keyAlias }));
    assert.deepEqual(await bootstrapAgain(), namesOf(backend), "with another key");
  });
});
