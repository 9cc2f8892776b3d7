import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readAccessConfig } from "../access/config";
import { createStacks, readState, writeState, type PolicyDocument } from "../access/policies";
import { captureProgram } from "../graph/capture";
import type { Registration } from "../graph/resource";
import { Type } from "../graph/types";
import { equipped, guarded, Program, program, statementsOf } from "./helpers/graph";

const capture = (settings: Record<string, string> = {}) =>
  captureProgram({
    project: "webhook-pipeline-access",
    stack: "main",
    entry: "access/index",
    config: Object.fromEntries([
      ["aws:region", "eu-central-1"],
      ...Object.entries({ repository: "acme/hooks", stacks: '["dev","prod"]', createProvider: "true", ...settings }).map(
        ([key, value]) => [`webhook-pipeline-access:${key}`, value] as const,
      ),
    ]) as Record<string, string> & { "aws:region": string },
  });

/** Where the program leaves it to Pulumi, it begins with the logical one. */
const roleName = ({ name, inputs }: Registration) => (inputs.name ?? name) as string;

describe("The roles of GitHub Actions", () => {
  let access: Program;
  before(async () => (access = new Program(await capture())));

  const subjects = (role: string) => {
    const { Statement } = JSON.parse(access.one(Type.role, role).inputs.assumeRolePolicy as string) as PolicyDocument;
    return Statement[0].Condition!.StringEquals["token.actions.githubusercontent.com:sub"];
  };
  const statements = (role: string) => (JSON.parse(access.one(Type.rolePolicy, role).inputs.policy as string) as PolicyDocument).Statement;

  it("are one for previews and one for each stack", () => {
    assert.deepEqual(access.outputs, {
      previewRoleArn: "arn:aws:iam::123456789012:role/webhook-pipeline-preview",
      deployRoleArns: {
        dev: "arn:aws:iam::123456789012:role/webhook-pipeline-deploy-dev",
        prod: "arn:aws:iam::123456789012:role/webhook-pipeline-deploy-prod",
      },
    });
  });

  it("are for this repository alone: previews for pull requests and main, deployments for the stack's environment", () => {
    assert.deepEqual(subjects("preview"), ["repo:acme/hooks:pull_request", "repo:acme/hooks:ref:refs/heads/main"]);
    assert.deepEqual(subjects("deploy-prod"), ["repo:acme/hooks:environment:prod"]);
  });

  it("know a repository by its ids as well, as tokens of newer ones name it", async () => {
    const newer = new Program(await capture({ repository: "acme@123/hooks@456" }));
    const { Statement } = JSON.parse(newer.one(Type.role, "deploy-dev").inputs.assumeRolePolicy as string) as PolicyDocument;
    const allowed = Statement[0].Condition!.StringEquals["token.actions.githubusercontent.com:sub"];
    assert.deepEqual(allowed, ["repo:acme@123/hooks@456:environment:dev"]);
  });

  it("trust GitHub's tokens for AWS only", () => {
    for (const { inputs } of access.all(Type.role)) {
      const [trust, ...others] = (JSON.parse(inputs.assumeRolePolicy as string) as PolicyDocument).Statement;
      assert.equal(others.length, 0);
      assert.deepEqual(trust.Principal, {
        Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
      });
      assert.equal(trust.Condition!.StringEquals["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com");
    }
  });

  it("find the provider where the account has it already", async () => {
    const shared = new Program(await capture({ createProvider: "false" }));
    assert.equal(shared.all("aws:iam/openIdConnectProvider:OpenIdConnectProvider").length, 0);
    const [trust] = (JSON.parse(shared.one(Type.role, "preview").inputs.assumeRolePolicy as string) as PolicyDocument).Statement;
    assert.match(trust.Principal!.Federated, /:123456789012:oidc-provider\/token\.actions\.githubusercontent\.com$/);
  });

  for (const role of ["preview", "deploy-dev", "deploy-prod"]) {
    it(`${role} reads neither events nor secrets nor messages nor log lines`, () => {
      const denied = statements(role).filter(({ Effect }) => Effect === "Deny");
      const actions = denied.flatMap(({ Action }) => Action);
      for (const action of [
        "dynamodb:GetItem",
        "dynamodb:Scan",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
        "logs:GetLogEvents",
      ])
        assert.ok(actions.includes(action), action);
      assert.deepEqual(denied.find(({ Sid }) => Sid === "KeepFromObjects")!.NotResource, [
        "arn:aws:s3:::webhook-pipeline-state-123456789012-eu-central-1/.pulumi/*",
      ]);
    });
  }

  it("preview writes nothing", () => {
    const allowed = statements("preview").filter(({ Effect }) => Effect === "Allow");
    assert.deepEqual(allowed.flatMap(({ Action }) => Action).sort(), ["kms:Decrypt", "kms:Decrypt", "s3:GetObject", "s3:ListBucket"]);
    assert.deepEqual(
      access.all(Type.rolePolicyAttachment).map(({ inputs }) => [inputs.role, inputs.policyArn]),
      [["webhook-pipeline-preview", "arn:aws:iam::aws:policy/ReadOnlyAccess"]],
    );
  });

  it("deploy makes and passes roles of the pipeline only, and attaches no policy but API Gateway's for logs", () => {
    const iam = statements("deploy-dev").filter(({ Effect, Action }) => Effect === "Allow" && String(Action).includes("iam:"));
    assert.ok(iam.length >= 3);
    for (const { Resource, Sid } of iam) assert.match(String(Resource), /:role\/(webhook-\*|aws-service-role\/\*)$/, Sid);
    const attach = iam.filter(({ Action }) => String(Action).includes("iam:AttachRolePolicy"));
    assert.match(String(attach[0].Condition!.ArnEquals["iam:PolicyARN"]), /AmazonAPIGatewayPushToCloudWatchLogs$/);
  });

  it("deploy may pass a role to every service that one of the pipeline's roles trusts, and to no other", async () => {
    const trusted = (await program(guarded))
      .all(Type.role)
      .filter((role) => roleName(role).startsWith("webhook-"))
      .flatMap(({ inputs }) => statementsOf(inputs.assumeRolePolicy).map(({ Principal }) => (Principal as { Service: string }).Service));
    const pass = statements("deploy-dev").find(({ Sid }) => Sid === "PassRoles")!;
    assert.deepEqual([...pass.Condition!.StringEquals["iam:PassedToService"]].sort(), [...new Set(trusted)].sort());
  });

  it("deploy may use every service that the pipeline has resources of", async () => {
    /** Services that IAM calls otherwise than Pulumi's module. */
    const prefixes: Record<string, string> = { sfn: "states" };
    const ofEvents = ["eventBus", "eventArchive"];
    const services = (await program(guarded)).resources
      .filter(({ type }) => type.startsWith("aws:") && !type.startsWith("aws:iam/"))
      .map(({ type }) => /^aws:(\w+)\/(\w+):/.exec(type)!)
      .map(([, module, name]) => (name === "logGroup" ? "logs" : ofEvents.includes(name) ? "events" : (prefixes[module] ?? module)));
    const manage = statements("deploy-dev").find(({ Sid }) => Sid === "ManageServices")!;
    for (const service of services) assert.ok(manage.Action.includes(`${service}:*`), service);
  });

  it("cannot be widened by a deployment: none of the pipeline's own roles is called like them", async () => {
    const denied = statements("deploy-dev").find(({ Sid }) => Sid === "KeepFromAccess")!;
    assert.deepEqual([denied.Effect, denied.Action], ["Deny", ["iam:*"]]);
    const prefix = (denied.Resource as string).replace(/^.*:role\/(.+)\*$/, "$1");
    const names = (program: Program) => program.all(Type.role).map(roleName);
    assert.ok(names(access).every((name) => name.startsWith(prefix)));
    assert.ok(!names(await program(equipped)).some((name) => name.startsWith(prefix)));
  });

  it("make a ladder of what may be done with the state: read, write, create stacks", () => {
    const state = { bucketArn: "arn:aws:s3:::state", keyArn: "arn:aws:kms:eu-central-1:123456789012:key/1" };
    const [reads, writes, creates] = [readState, writeState, createStacks].map((policy) => policy(state));
    assert.deepEqual(writes.slice(0, reads.length), reads);
    assert.deepEqual(creates.slice(0, writes.length), writes);
    assert.ok(!reads.some(({ Action }) => /Put|Delete|Encrypt|Generate/.test(String(Action))));
  });

  it("fit into an IAM role: at most 10,240 characters of inline policy", () => {
    for (const { inputs } of access.all(Type.rolePolicy)) assert.ok((inputs.policy as string).replaceAll(/\s/g, "").length <= 10_240);
  });

  it("are refused to what is not a repository, in one sentence", () => {
    pulumi.runtime.setAllConfig({ "webhook-pipeline-access:repository": "https://github.com/acme/hooks" }, []);
    assert.throws(() => readAccessConfig(new pulumi.Config("webhook-pipeline-access")), {
      message:
        'repository is "https://github.com/acme/hooks", but must be owner@id/name@id, such as acme@123/hooks@456, or owner/name for a repository from before July 2026.',
    });
  });
});
