import * as assert from "node:assert/strict";
import { stateKeyTags } from "../../ci-roles/state";
import { actionsOf } from "../../preflight/iam/catalog";
import type { RequestContext } from "../../preflight/iam/conditions";
import type { Statement } from "../../preflight/iam/document";
import {
  accessOf,
  accountId,
  actionsOfServices,
  boundaryArn,
  captureAccess,
  decision,
  guesses,
  isAbout,
  region,
  stateBucket,
  statementsOfRole,
} from "../helpers/access";

describe("A deployment role cannot extend its permissions", () => {
  let statements: Statement[];
  before(async () => (statements = statementsOfRole(await captureAccess(), "deploy-dev")));
  const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
  const may = (action: string, resource: string, context: RequestContext) =>
    decision(statements, action, resource, { "aws:requesttag/environment": undefined, ...context });

  it("through a role without the boundary, or with another stack's", () => {
    for (const action of ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy"]) {
      const withBoundary = (arn: string | undefined) => may(action, role("webhook-process-dev"), { "iam:permissionsboundary": arn });
      assert.deepEqual([boundaryArn("dev"), boundaryArn("prod"), undefined].map(withBoundary), ["yes", "no", "no"], action);
    }
    const attach = { "iam:policyarn": "arn:aws:iam::aws:policy/AdministratorAccess", "iam:permissionsboundary": boundaryArn("dev") };
    assert.equal(may("iam:AttachRolePolicy", role("webhook-process-dev"), attach), "no");
  });

  it("by removing or changing the boundary", () => {
    for (const name of ["webhook-process-dev", "webhook-pipeline-deploy-dev"])
      assert.equal(may("iam:DeleteRolePermissionsBoundary", role(name), { "iam:permissionsboundary": boundaryArn("dev") }), "no");
    for (const { name } of Object.values(actionsOf("iam")).filter(({ name }) => /Policy/.test(name)))
      assert.equal(may(`iam:${name}`, boundaryArn("dev"), guesses("dev")[0]), "no", name);
  });

  it("by changing the roles of GitHub Actions, creating users, or calling other services", () => {
    for (const { name } of Object.values(actionsOf("iam")))
      for (const access of ["webhook-pipeline-deploy-dev", "webhook-pipeline-deploy-prod", "webhook-pipeline-preview", "admin"])
        for (const guess of guesses("dev")) assert.equal(may(`iam:${name}`, role(access), guess), "no", `${name} ${access}`);
    const users = [`arn:aws:iam::${accountId}:user/x`, `arn:aws:iam::${accountId}:oidc-provider/x`, "*"];
    for (const action of ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreatePolicyVersion", "iam:UpdateOpenIDConnectProviderThumbprint"])
      for (const user of users) assert.equal(may(action, user, guesses("dev")[0]), "no", action);
    for (const action of ["sts:AssumeRole", "cloudformation:CreateStack", "ec2:RunInstances", "codebuild:CreateProject"])
      assert.equal(may(action, "*", guesses("dev")[0]), "no", action);
  });

  it("by passing another stack's role, or passing a role to a service that the stack does not use", () => {
    const pass = (name: string, service: string) => may("iam:PassRole", role(name), { "iam:passedtoservice": `${service}.amazonaws.com` });
    assert.equal(pass("webhook-process-dev", "lambda"), "yes");
    assert.equal(pass("webhook-process-prod", "lambda"), "no");
    assert.equal(pass("webhook-process-dev", "ec2"), "no");
    const logs = "webhook-api-logs-dev";
    assert.equal(pass(`${logs}-0123abc`, "apigateway"), "yes", "with Pulumi's digits");
    assert.equal(pass(`${logs}-2-0123abc`, "apigateway"), "no", "the stack dev-2's");
  });

  it("by setting another stack's tag on a resource, or its own tag on another's", () => {
    const { deployment, stateKey } = accessOf();
    const key = `arn:aws:kms:${region}:${accountId}:key/1`;
    const tag = (from: string | undefined, to: string, alias: string | undefined, arn = key) =>
      decision(deployment, "kms:TagResource", arn, {
        "aws:requesttag/environment": to,
        "aws:resourcetag/environment": from,
        "kms:resourcealiases": alias,
      });
    assert.equal(tag("dev", "prod", undefined), "no");
    assert.equal(tag("prod", "dev", undefined), "no");
    assert.equal(tag(undefined, "dev", undefined, "*"), "yes", "while a key is created");
    assert.equal(tag("dev", "dev", "alias/webhook-data-dev"), "yes", "its own");
    assert.equal(tag(undefined, "dev", "alias/orders"), "no", "another owner's, by its alias");
    for (const from of [stateKeyTags.Environment, "dev", undefined]) assert.equal(tag(from, "dev", undefined, stateKey), "no", from);
  });

  it("through what all stacks share: the state, the roles of GitHub Actions, the boundaries, the identity provider", () => {
    const { deployment, stateKey } = accessOf();
    const iam = (resource: string) => `arn:aws:iam::${accountId}:${resource}`;
    const shared: Record<string, string[]> = {
      [stateKey]: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
      [`arn:aws:kms:${region}:${accountId}:alias/webhook-pipeline-state`]: [],
      [stateBucket]: ["s3:ListBucket"],
      [`${stateBucket}/.pulumi/meta.yaml`]: ["s3:GetObject"],
      [`${stateBucket}/.pulumi/stacks/webhook-pipeline/prod.json`]: [],
      [`${stateBucket}/.pulumi/stacks/webhook-pipeline-access/main.json`]: [],
      ...Object.fromEntries(["deploy-dev", "deploy-prod", "preview"].map((name) => [role(`webhook-pipeline-${name}`), []])),
      ...Object.fromEntries(["deploy-dev-roles", "deploy-prod-roles"].map((name) => [iam(`policy/webhook-pipeline-${name}`), []])),
      [boundaryArn("dev")]: [],
      [boundaryArn("prod")]: [],
      [iam("oidc-provider/token.actions.githubusercontent.com")]: [],
    };
    // The resource can have any tag, and the key an alias of the stack.
    const contexts = ["dev", stateKeyTags.Environment, undefined].flatMap((tag) =>
      ["alias/webhook-data-dev", undefined].flatMap((alias) =>
        guesses("dev").map((guess) => ({ ...guess, "aws:resourcetag/environment": tag, "kms:resourcealiases": alias })),
      ),
    );
    const actions = actionsOfServices(deployment);
    for (const [arn, accepted] of Object.entries(shared)) {
      const reaches = (action: string) => contexts.some((context) => decision(deployment, action, arn, context) !== "no");
      assert.deepEqual(actions.filter((action) => isAbout(action, arn) && reaches(action)).sort(), accepted, arn);
    }
  });
});
