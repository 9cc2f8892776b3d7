import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DecryptCommand, DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DeleteBucketPolicyCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Stack } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { secretsProvider } from "../../ci-roles/state";
import { createStacks, document, readState, writeState, type PolicyDocument, type StateLocation } from "../../ci-roles/rolePolicies";
import { Type } from "../../preflight/graph/types";
import type { LocalAws } from "../../local/clients";
import { startMiniStack, type RunningAws } from "../../local/ministack";
import { Engine, previewSteps, up } from "../../testbed/engine/engine";
import { onInterruption } from "../../cli/lib/interruption";

const run = promisify(execFile);
const region = "eu-central-1";
const bucket = `webhook-pipeline-state-000000000000-${region}`;
const url = `s3://${bucket}?region=${region}&awssdk=v2`;
const alertEndpoint = "https://alerts.example.com/integration/0123456789abcdef";

/** The state in S3, on the local AWS; the resources at the stand-in. Each test goes on where the one before has ended. */
describe("A team's state", () => {
  let aws: RunningAws;
  let s3: S3Client;
  let kms: KMSClient;
  let first: Engine;
  let second: Engine;
  let dev: Stack;
  let elsewhere: Stack;

  before(async () => {
    aws = await startMiniStack({ region, onSpawn: onInterruption });
    const { endpoint, accessKeyId, secretAccessKey } = aws.aws;
    s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
    kms = new KMSClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const environment = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      PULUMI_BACKEND_URL: "",
      PULUMI_CONFIG_PASSPHRASE: "",
    };
    first = await Engine.start({ environment });
    second = await Engine.start({ environment: { ...environment, PULUMI_BACKEND_URL: url }, cloud: first.cloud });
  });
  after(async () => {
    first?.stop();
    second?.stop();
    await aws?.stop();
  });

  /** As a person runs it, in the project's folder. */
  async function bootstrap(...args: string[]): Promise<string> {
    const script = path.resolve("bin/webhook-pipeline.js");
    const env = { ...process.env, ...first.environment, NODE_NO_WARNINGS: "1" };
    const { stdout } = await run(process.execPath, [script, "stack", "bootstrap", "--yes", ...args], { cwd: first.projectFolder(), env });
    return stdout;
  }
  const objects = async () => (await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents?.map(({ Key }) => Key!) ?? [];

  it("is announced by a dry run that makes nothing", async () => {
    const printed = await bootstrap("--stack", "dev", "--region", region, "--dry-run");
    assert.ok(printed.includes(`pulumi login '${url}'`), printed);
    assert.ok(
      printed.includes(
        `pulumi stack init dev --secrets-provider 'awskms://alias/webhook-pipeline-state?region=${region}&context_stack=dev'`,
      ),
      printed,
    );
    assert.match(printed, /^ {2}pulumi config set aws:region eu-central-1 --stack dev$/m);
    await assert.rejects(objects(), { name: "NoSuchBucket" });
  });

  it("is made by one command, the stack and its key with it", async () => {
    assert.match(await bootstrap("--stack", "dev", "--region", region), /Created and selected the stack dev\./);
    assert.ok((await objects()).includes(".pulumi/stacks/webhook-pipeline/dev.json"));
    const stackFile = readFileSync(path.join(first.projectFolder(), "Pulumi.dev.yaml"), "utf8");
    assert.match(stackFile, /^secretsprovider: awskms:\/\/alias\/webhook-pipeline-state\?region=eu-central-1&context_stack=dev$/m);
    assert.match(stackFile, /^encryptedkey: /m);
    assert.match(stackFile, /^ {2}aws:region: eu-central-1$/m, "the stack's own region, too");
  });

  it("stays as it is when the command is run again", async () => {
    const before = await objects();
    assert.match(await bootstrap("--stack", "dev", "--region", region), /Selected the stack dev, which exists already\./);
    assert.deepEqual(await objects(), before);
  });

  it("goes to S3 with a deployment, secrets encrypted", async () => {
    dev = await first.stack("dev", { alertSubscriptions: [{ protocol: "https", endpoint: "set by the next line" }] });
    await dev.setConfig("alertSubscriptions[0].endpoint", { value: alertEndpoint, secret: true }, true);
    await up(dev);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: ".pulumi/stacks/webhook-pipeline/dev.json" }));
    const state = await Body!.transformToString();
    assert.ok(state.includes("webhook-events-dev") && !state.includes(alertEndpoint));
  });

  it("comes back on another machine, which finds nothing to change", async () => {
    copyFileSync(path.join(first.projectFolder(), "Pulumi.dev.yaml"), path.join(second.projectFolder(), "Pulumi.dev.yaml"));
    elsewhere = await second.stack("dev");
    assert.deepEqual(await previewSteps(elsewhere), []);
  });

  it("has secrets that the key opens in the name of their stack alone", async () => {
    const { encryptedkey } = parse(readFileSync(path.join(first.projectFolder(), "Pulumi.dev.yaml"), "utf8")) as { encryptedkey: string };
    const decrypt = (EncryptionContext: Record<string, string> | undefined) =>
      kms.send(new DecryptCommand({ CiphertextBlob: Buffer.from(encryptedkey, "base64"), EncryptionContext }));
    assert.equal((await decrypt({ stack: "dev" })).Plaintext!.length, 32);
    for (const other of [{ stack: "prod" }, undefined]) await assert.rejects(decrypt(other));
  });

  it("has one writer at a time: a second is refused, and told of the first", async () => {
    let release = () => {};
    first.cloud.hold = new Promise((resolve) => (release = resolve));
    await dev.setConfig("waf", { value: "true" });
    const deployment = up(dev);
    try {
      await lockTaken();
      await assert.rejects(up(elsewhere), /the stack is currently locked by 1 lock/);
    } finally {
      release();
    }
    assert.ok((await deployment).steps.includes(`create ${Type.webAcl} webhook-firewall`), "the first goes on");
  });

  async function lockTaken(): Promise<void> {
    for (;;) {
      if ((await objects()).some((key) => key.startsWith(".pulumi/locks/"))) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  describe("under the policies that ci-roles/rolePolicies.ts gives", () => {
    /** The local AWS asks for a permission on the alias that is named; AWS on the key behind it. It does not tell conditions what a call to a
     * key says; that each role is kept to its stack's calls is in tests/ci-roles/program.spec.ts, and what Pulumi says in the test above. */
    const aliasArn = `arn:aws:kms:${region}:000000000000:alias/webhook-pipeline-state`;
    const withPolicy = (statements: PolicyDocument["Statement"]) =>
      credentialsOf(
        aws.aws,
        document(
          ...statements.map((one) => ({
            ...one,
            Condition: undefined,
            Resource: one.Sid === "EncryptStackKey" ? [one.Resource!, aliasArn].flat() : one.Resource,
          })),
        ),
      );
    const pulumi = (credentials: NodeJS.ProcessEnv, ...args: string[]) =>
      run("pulumi", [...args, "--non-interactive"], {
        cwd: second.projectFolder(),
        env: { ...process.env, ...second.environment, ...credentials },
      });
    const stateFile = () => path.join(second.folder, "exported.json");
    async function read(credentials: NodeJS.ProcessEnv): Promise<void> {
      await pulumi(credentials, "stack", "ls");
      await pulumi(credentials, "stack", "export", "--stack", "dev", "--show-secrets", "--file", stateFile());
    }
    const write = (credentials: NodeJS.ProcessEnv) => pulumi(credentials, "stack", "import", "--stack", "dev", "--file", stateFile());
    /** Each of its own name: one that fails may leave a stack or a lock behind. */
    let trials = 0;
    const trial = () => `trial-${trials}`;
    async function createAndRemove(credentials: NodeJS.ProcessEnv): Promise<void> {
      const provider = secretsProvider("alias/webhook-pipeline-state", region, trial());
      await pulumi(credentials, "stack", "init", trial(), "--secrets-provider", provider);
      await pulumi(credentials, "stack", "rm", trial(), "--yes");
    }
    let location: StateLocation;
    before(async () => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: "alias/webhook-pipeline-state" }));
      location = { bucketArn: `arn:aws:s3:::${bucket}`, keyArn: KeyMetadata!.Arn! };
    });

    it("is refused to whom does not come over TLS", async () => {
      await assert.rejects(read(await withPolicy(readState(location, "dev"))), /explicit deny in a resource-based policy/);
      await s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket })); // The local AWS speaks plain HTTP.
    });

    it("is read by who may read, and not written", async () => {
      const reader = await withPolicy(readState(location, "dev"));
      await read(reader);
      assert.ok(readFileSync(stateFile(), "utf8").includes(alertEndpoint), "secrets too");
      await assert.rejects(write(reader), /not authorized to perform: s3:PutObject/);
    });

    it("is compared with what is deployed by who may only read, as each night", async () => {
      copyFileSync(path.join(first.projectFolder(), "Pulumi.dev.yaml"), path.join(second.projectFolder(), "Pulumi.dev.yaml"));
      const reader = await withPolicy(readState(location, "dev"));
      await pulumi(reader, "preview", "--stack", "dev", "--refresh", "--expect-no-changes");
    });

    it("is written by who may write, who makes no stack", async () => {
      const writer = await withPolicy(writeState(location, "dev"));
      await write(writer);
      await assert.rejects(createAndRemove(writer), /not authorized to perform: kms:Encrypt/);
    });

    it("gets new stacks from who may create them", async () => createAndRemove(await withPolicy(createStacks(location, trial()))));

    /** MiniStack encrypts without asking the key: what S3 itself does with it can't be seen here. */
    const needed = [
      ["read", read, () => readState(location, "dev")],
      ["create stacks", createAndRemove, () => createStacks(location, trial())],
    ] as const;
    for (const [what, use, policy] of needed) {
      it(`has no action too many in the policy to ${what}: each is missed`, async () => {
        const statements = () => policy().filter(({ Sid }) => Sid !== "EncryptState");
        const actions = new Set(statements().flatMap(({ Action = [] }) => Action));
        assert.ok(actions.size >= 3);
        for (const left of actions) {
          trials++;
          const fewer = statements().map((one) => ({ ...one, Action: [one.Action ?? []].flat().filter((action) => action !== left) }));
          // Without the right to delete, a lock stays.
          const missed = left === "s3:DeleteObject" ? /the stack is currently locked/ : new RegExp(left);
          await assert.rejects(use(await withPolicy(fewer.filter(({ Action }) => Action.length > 0))), missed, left);
        }
      });
    }
  });
});

let roles = 0;

/** Credentials of a new role that may do this and nothing else; the local AWS enforces it. */
async function credentialsOf(
  { endpoint, region, accessKeyId, secretAccessKey }: LocalAws,
  policy: PolicyDocument,
): Promise<NodeJS.ProcessEnv> {
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const iam = new IAMClient(options);
  const RoleName = `state-${++roles}`;
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }] };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: RoleName, PolicyDocument: JSON.stringify(policy) }));
  const { Credentials } = await new STSClient(options).send(new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: "test" }));
  return {
    AWS_ACCESS_KEY_ID: Credentials!.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials!.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials!.SessionToken,
  };
}
