import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readAccessConfig, readStack } from "../../ci-roles/config";
import { passedTo } from "../../ci-roles/deploy";
import {
  boundaryPolicy,
  createStacks,
  deployPolicies,
  document,
  previewPolicies,
  readState,
  writeState,
  type PolicyDocument,
} from "../../ci-roles/rolePolicies";
import type { Registration } from "../../preflight/graph/resource";
import { Type } from "../../preflight/graph/types";
import { tooLongName } from "../../domain/names";
import { matches, parseStatements } from "../../preflight/iam/document";
import { captureAccess, decision, policiesOf, statementsOfRole } from "../helpers/access";
import { equipped, guarded, Program, program, statementsOf } from "../../testbed/program";

/** Returns a role's name. If Pulumi generates it, it begins with the logical name. */
const roleName = ({ name, inputs }: Registration) => (inputs.name ?? name) as string;

describe("The roles of GitHub Actions", () => {
  let access: Program;
  before(async () => (access = await captureAccess()));

  const subjects = (role: string) => {
    const { Statement } = JSON.parse(access.one(Type.role, role).inputs.assumeRolePolicy as string) as PolicyDocument;
    return Statement[0].Condition!.StringEquals["token.actions.githubusercontent.com:sub"];
  };
  it("are one for previews and one for each stack", () => {
    assert.deepEqual(access.outputs, {
      previewRoleArn: "arn:aws:iam::123456789012:role/webhook-pipeline-preview",
      deployRoleArns: {
        dev: "arn:aws:iam::123456789012:role/webhook-pipeline-deploy-dev",
        prod: "arn:aws:iam::123456789012:role/webhook-pipeline-deploy-prod",
      },
      permissionsBoundaryArns: {
        dev: "arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev",
        prod: "arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-prod",
      },
    });
  });

  it("trust only this repository: pull requests and main for previews, the stack's environment for deployments", () => {
    assert.deepEqual(subjects("preview"), ["repo:acme/hooks:pull_request", "repo:acme/hooks:ref:refs/heads/main"]);
    assert.deepEqual(subjects("deploy-prod"), ["repo:acme/hooks:environment:prod"]);
  });

  it("accept a repository with IDs, as in the tokens of newer repositories", async () => {
    const newer = await captureAccess({ repository: "acme@123/hooks@456" });
    const { Statement } = JSON.parse(newer.one(Type.role, "deploy-dev").inputs.assumeRolePolicy as string) as PolicyDocument;
    const allowed = Statement[0].Condition!.StringEquals["token.actions.githubusercontent.com:sub"];
    assert.deepEqual(allowed, ["repo:acme@123/hooks@456:environment:dev"]);
  });

  it("trust only GitHub's tokens that are for AWS", () => {
    for (const { inputs } of access.all(Type.role)) {
      const [trust, ...others] = (JSON.parse(inputs.assumeRolePolicy as string) as PolicyDocument).Statement;
      assert.equal(others.length, 0);
      assert.deepEqual(trust.Principal, {
        Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
      });
      assert.equal(trust.Condition!.StringEquals["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com");
    }
  });

  it("use the account's identity provider if it already has one", async () => {
    const shared = await captureAccess({ createProvider: "false" });
    assert.equal(shared.all("aws:iam/openIdConnectProvider:OpenIdConnectProvider").length, 0);
    const [trust] = (JSON.parse(shared.one(Type.role, "preview").inputs.assumeRolePolicy as string) as PolicyDocument).Statement;
    assert.match(trust.Principal!.Federated, /:123456789012:oidc-provider\/token\.actions\.githubusercontent\.com$/);
  });

  for (const role of ["preview", "deploy-dev", "deploy-prod"]) {
    it(`deny ${role} to read events, secrets, messages and log lines, whatever other policies it has`, () => {
      const denied = statementsOfRole(access, role).filter(({ effect }) => effect === "Deny");
      const anything = parseStatements({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
      const actions = ["dynamodb:GetItem", "dynamodb:Scan", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "logs:GetQueryResults"];
      const context = { "aws:requesttag/environment": undefined };
      for (const action of [...actions, "ssm:GetParameter", "s3:GetObject"])
        assert.equal(decision([...anything, ...denied], action, "arn:aws:s3:::reports/one", context), "no", action);
    });
  }

  it("have no AWS-managed policies, which AWS can extend", () => {
    for (const { inputs } of access.all(Type.rolePolicyAttachment))
      assert.match(String(inputs.policyArn), /:123456789012:policy\/webhook-pipeline-/);
  });

  it("allow deployments to pass roles only to the services that the pipeline's roles trust", async () => {
    const trusted = (await program(guarded))
      .all(Type.role)
      .filter((role) => roleName(role).startsWith("webhook-"))
      .flatMap(({ inputs }) => statementsOf(inputs.assumeRolePolicy).map(({ Principal }) => (Principal as { Service: string }).Service));
    assert.deepEqual([...passedTo].sort(), [...new Set(trusted)].sort());
  });

  it("cannot be changed by a deployment, because none of the pipeline's own roles has such a name", async () => {
    const denied = statementsOfRole(access, "deploy-dev").find(({ sid }) => sid === "KeepFromAccess")!;
    assert.deepEqual([denied.effect, denied.actions], ["Deny", ["iam:*"]]);
    const isKept = (arn: unknown) => denied.resources!.some((pattern) => matches(pattern, String(arn)));
    const arns = (program: Program, type: string) => program.all(type).map(({ outputs }) => outputs.arn);
    assert.ok([...arns(access, Type.role), ...arns(access, Type.iamPolicy)].every(isKept));
    assert.ok(!arns(await program(equipped), Type.role).some(isKept));
  });

  it("have state policies that build on each other: read, write, create stacks", () => {
    const state = { bucketArn: "arn:aws:s3:::state", keyArn: "arn:aws:kms:eu-central-1:123456789012:key/1" };
    const [reads, writes, creates] = [readState, writeState, createStacks].map((policy) => policy(state, "dev"));
    assert.deepEqual(writes.slice(0, reads.length), reads);
    assert.deepEqual(creates.slice(0, writes.length), writes);
    assert.ok(!reads.some(({ Action }) => /Put|Delete|Encrypt|Generate/.test(String(Action))));
  });

  it("limit each stack to its own state", () => {
    const state = { bucketArn: "arn:aws:s3:::state", keyArn: "arn:aws:kms:eu-central-1:123456789012:key/1" };
    const statements = parseStatements({ ...document(...writeState(state, "dev")) });
    for (const action of ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
      for (const [path, answer] of [
        ["stacks/webhook-pipeline/dev.json", "yes"],
        ["locks/organization/webhook-pipeline/dev/1.json", "yes"],
        ["history/webhook-pipeline/dev/dev-1.history.json", "yes"],
        ["stacks/webhook-pipeline/prod.json", "no"],
        ["stacks/webhook-pipeline/dev-2.json", "no"],
        ["locks/organization/webhook-pipeline/dev-2/1.json", "no"],
        ["stacks/webhook-pipeline-access/main.json", "no"],
      ])
        assert.equal(decision(statements, action, `${state.bucketArn}/.pulumi/${path}`, {}), answer, `${action} ${path}`);
    const decrypts = (stack: string | undefined) =>
      decision(statements, "kms:Decrypt", state.keyArn, { "kms:encryptioncontext:stack": stack, "kms:viaservice": undefined });
    assert.deepEqual(["dev", "prod", undefined].map(decrypts), ["yes", "no", "no"]);
  });

  it("fit into IAM's limits with the longest suffix and domain: 6,144 characters a policy, ten policies a role", () => {
    const lengths = [...Array(65).keys()].filter((length) => !tooLongName("x".repeat(length)));
    const longest = "x".repeat(Math.max(...lengths));
    const stack = {
      name: longest,
      suffix: longest,
      domain: `${"x".repeat(240)}.example.com`,
      managesApiGatewayAccount: true,
      hasPrivateNetwork: true,
    };
    const place = { partition: "aws-us-gov", account: "123456789012", region: "us-gov-east-1" };
    const state = { bucketArn: `arn:aws-us-gov:s3:::${longest}`, keyArn: "arn:aws-us-gov:kms:us-gov-east-1:123456789012:key/mrk-1" };
    const made = { ...deployPolicies(place, state, stack), boundary: boundaryPolicy(place, stack) };
    for (const [name, policy] of [...Object.entries(made), ...Object.entries(previewPolicies(place, state, Array(8).fill(stack)))])
      assert.ok(JSON.stringify(policy).length <= 6_144, `${name}: ${JSON.stringify(policy).length}`);
    for (const role of ["preview", "deploy-dev"]) assert.ok(policiesOf(access, role).length <= 10);
  });

  describe("read a stack's names from its file", () => {
    let folder: string;
    before(() => (folder = mkdtempSync(path.join(tmpdir(), "webhook-access-"))));
    after(() => rmSync(folder, { recursive: true }));
    const stackOf = (name: string, ...lines: string[]) => {
      writeFileSync(path.join(folder, `Pulumi.${name}.yaml`), ["config:", ...lines.map((line) => `  ${line}`), ""].join("\n"));
      return readStack(name, "eu-central-1", folder);
    };
    const plain = { domain: undefined, managesApiGatewayAccount: true, hasPrivateNetwork: false };

    for (const namespace of ["webhook-pipeline:", "webhook-pipeline:config:", ""])
      it(`with the prefix "${namespace}" before each key, as Pulumi accepts it`, () => {
        const settings = ["environmentSuffix: blue", "domain: hooks.example.com", "manageApiGatewayAccount: false", "network: private"];
        const expected = { suffix: "blue", domain: "hooks.example.com", managesApiGatewayAccount: false, hasPrivateNetwork: true };
        assert.deepEqual(stackOf("dev", ...settings.map((line) => `${namespace}${line}`)), { name: "dev", ...expected });
      });

    it("or use the stack's name, without a file or settings", () => {
      assert.deepEqual(readStack("prod", "eu-central-1", folder), { name: "prod", suffix: "prod", ...plain });
      assert.deepEqual(stackOf("empty", "domain: ''"), { name: "empty", suffix: "empty", ...plain });
    });

    it("and refuse a wildcard, an encrypted value, and a file that Pulumi refuses", () => {
      const form = "Allowed: lower-case letters, digits and single hyphens between them, beginning with a letter.";
      assert.throws(() => stackOf("odd", "environmentSuffix: '*'"), { message: `environmentSuffix is "*". ${form}` });
      assert.throws(() => readStack("dev.json", "eu-central-1", folder), { message: `stacks has "dev.json". ${form}` });
      assert.throws(() => stackOf("wild", "domain: '*.example.com'"), {
        message: 'domain is "*.example.com". Allowed: a host name in lower-case letters, such as hooks.example.com, or empty.',
      });
      assert.throws(() => stackOf("far", "aws:region: eu-west-1"), {
        message:
          "Pulumi.far.yaml deploys to eu-west-1, but these roles are for eu-central-1. Remove far from stacks, and create its roles with a second stack of ci-roles/ whose aws:region is eu-west-1.",
      });
      for (const key of ["domain", "environmentSuffix", "manageApiGatewayAccount", "network"])
        assert.throws(() => stackOf("hidden", `webhook-pipeline:${key}:`, "  secure: v1:abc"), {
          message: `Pulumi.hidden.yaml has an encrypted ${key}, but the roles depend on it. Set it with pulumi config set --plaintext ${key}.`,
        });
      assert.throws(
        () => stackOf("twice", "domain: a.example.com", "webhook-pipeline:domain: b.example.com"),
        (error: Error) => pulumi.RunError.isInstance(error) && /^Pulumi\.twice\.yaml has webhook-pipeline:domain twice/.test(error.message),
      );
    });
  });

  it("are refused for an invalid repository", () => {
    pulumi.runtime.setAllConfig({ "webhook-pipeline-access:repository": "https://github.com/acme/hooks" }, []);
    assert.throws(() => readAccessConfig(new pulumi.Config("webhook-pipeline-access")), {
      message:
        'repository is "https://github.com/acme/hooks". Allowed: owner@id/name@id, such as acme@123/hooks@456, or owner/name for a repository created before July 2026.',
    });
  });
});
