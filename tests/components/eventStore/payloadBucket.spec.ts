import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { allows, guarded, program, statementsOf, varied, type Program } from "../../../testbed/program";

describe("The bucket of large payloads", () => {
  let dev: Program;
  before(async () => (dev = await program()));
  const bucket = () => dev.one(Type.bucket);
  const said = (type: string) => {
    const resource = dev.one(type);
    assert.equal(resource.inputs.bucket, "webhook-payloads-dev-123456789012");
    assert.deepEqual(resource.propertyDependencies.bucket, [bucket().urn]);
    return resource;
  };

  it("has a name that contains the account's ID", () => assert.equal(bucket().inputs.bucket, "webhook-payloads-dev-123456789012"));

  it("is emptied by a destroy only in an unprotected stack", async () => {
    assert.equal(bucket().inputs.forceDestroy, true);
    assert.equal((await program(guarded)).one(Type.bucket).inputs.forceDestroy, false);
  });

  it("is encrypted with the data key, with a bucket key that serves many objects", () => {
    const { rules } = said(Type.bucketEncryption).inputs;
    const kmsMasterKeyId = dev.one(Type.key, "data").outputs.arn;
    assert.deepEqual(rules, [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId }, bucketKeyEnabled: true }]);
  });

  it("is private regardless of policies and access lists, and owned by the account", () => {
    const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = said(Type.bucketPublicAccess).inputs;
    assert.deepEqual([blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets], [true, true, true, true]);
    assert.deepEqual(said(Type.bucketOwnership).inputs.rule, { objectOwnership: "BucketOwnerEnforced" });
  });

  it("refuses requests without TLS", () => {
    const policy = said(Type.bucketPolicy);
    const arn = bucket().outputs.arn as string;
    assert.deepEqual(statementsOf(policy.inputs.policy), [
      {
        Sid: "DenyInsecureTransport",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("is changed by one resource at a time where S3 refuses concurrent changes", () => {
    const policy = said(Type.bucketPolicy);
    for (const type of [Type.bucketPublicAccess, Type.bucketOwnership]) assert.ok(policy.dependencies.includes(dev.one(type).urn), type);
  });

  it("keeps a payload a week longer than its item", async () => {
    const expiring = (days: number) => [{ id: "expire", status: "Enabled", filter: { prefix: "" }, expiration: { days } }];
    assert.deepEqual(said(Type.bucketLifecycle).inputs.rules, expiring(97));
    assert.deepEqual((await program(varied)).one(Type.bucketLifecycle).inputs.rules, expiring(Number(varied.eventRetentionDays) + 7));
  });

  it("is written only by the receiver and read only by the processor", () => {
    const objects = `${bucket().outputs.arn as string}/*`;
    const may = (handler: string) =>
      ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].filter((action) =>
        allows(dev.roleStatements(`webhook-${handler}-dev`), action, objects),
      );
    assert.deepEqual([may("receive"), may("process"), may("reconcile")], [["s3:PutObject"], ["s3:GetObject"], []]);
  });
});
