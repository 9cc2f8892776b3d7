import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { calls } from "../../ci-roles/calls";
import { Type } from "../../graph/types";
import { actionsOf } from "../../preflight/iam/catalog";
import { accessOf, accountId, arnsOf, decision, everything, guesses, reached, region } from "../helpers/access";
import { program } from "../../testbed/program";

const handbook = readFileSync("docs/deploy.md", "utf8");
const { deployment } = accessOf({ domain: "hooks.example.com", hasPrivateNetwork: true });
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;

describe("What a deployment may do beyond its stack", () => {
  /** What AWS allows on `*` or not at all, and why a deployment has it. The descriptions of networks aside, which say so in their name. */
  const onEverything: Record<string, string> = {
    "acm:AddTagsToCertificate": "a certificate is tagged as it is made; one that has another stack's tag is refused",
    "acm:RequestCertificate": "for the stack's domain, with the stack's tag",
    "cloudtrail:DescribeTrails": "describes",
    "cloudwatch:DescribeAlarms": "describes",
    "kms:CreateKey": "with the stack's tag",
    "kms:ListAliases": "describes",
    "kms:TagResource": "a key is tagged as it is made; one that has another's tag or alias is refused",
    "logs:CreateLogDelivery": "a delivery of logs has neither name nor tag",
    "logs:DeleteLogDelivery": "the same",
    "logs:DescribeLogGroups": "describes",
    "logs:DescribeResourcePolicies": "describes",
    "logs:GetLogDelivery": "describes",
    "logs:ListLogDeliveries": "describes",
    "logs:PutResourcePolicy": "lets AWS deliver logs; CloudWatch Logs' policies are the account's",
    "logs:UpdateLogDelivery": "a delivery of logs has neither name nor tag",
    "route53:ListHostedZones": "describes",
    "route53:ListHostedZonesByName": "describes",
    "states:ValidateStateMachineDefinition": "changes nothing",
  };
  it("is on `*` what is accepted, and no more", () => {
    const allowed = deployment.filter(({ effect, resources }) => effect === "Allow" && resources!.includes("*"));
    const actions = allowed.flatMap(({ actions }) => actions!).filter((action) => !action.startsWith("ec2:Describe"));
    assert.deepEqual([...new Set(actions)].sort(), Object.keys(onEverything));
  });

  it("is told to whoever sets it up, as far as it changes something", () => {
    for (const action of Object.keys(onEverything))
      if (!/:(Describe|Get|List|Validate)/.test(action)) assert.ok(handbook.includes(`\`${action}\``), action);
  });

  it("tags no API that another made", () => {
    const tags = (path: string) =>
      decision(
        deployment,
        "apigateway:PUT",
        `arn:aws:apigateway:${region}::/tags/${encodeURIComponent(`arn:aws:apigateway:${region}::${path}`)}`,
        {
          "aws:requesttag/environment": "dev",
          "aws:resourcetag/environment": undefined,
        },
      );
    for (const own of [
      "/restapis/*",
      "/restapis/abc/stages/*",
      "/restapis/abc/stages/webhook-api-dev",
      "/domainnames/*",
      "/domainnames/hooks.example.com",
    ])
      assert.equal(tags(own), "yes", own);
    for (const other of [
      "/restapis/abc",
      "/restapis/abc/stages/webhook-api-prod",
      "/domainnames/shop.example.com",
      "/apikeys/*",
      "/vpclinks/1",
    ])
      assert.equal(tags(other), "no", other);
  });

  it("requests a certificate for the stack's domain alone", () => {
    const requests = (name: string | undefined) =>
      decision(deployment, "acm:RequestCertificate", "*", {
        "acm:domainnames": name,
        "aws:requesttag/environment": "dev",
        "aws:resourcetag/environment": undefined,
      });
    assert.deepEqual(["hooks.example.com", "example.com", undefined].map(requests), ["yes", "no", "no"]);
  });
});

describe("Whom a deployment may let in to its own stack", () => {
  /** Calls that give rights and that the program makes, whose contents no condition tells. */
  const open = [
    "apigateway:AddCertificateToDomain",
    "apigateway:SetWebACL",
    "apigateway:UpdateRestApiPolicy",
    "iam:AttachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "lambda:AddPermission",
    "logs:PutResourcePolicy",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "sns:SetTopicAttributes",
    "sqs:SetQueueAttributes",
  ];
  it("is left to what the program itself calls", async () => {
    const resources = await program(everything);
    const gives = (action: string) => {
      const [service, name] = action.split(":");
      const { accessLevel } = actionsOf(service)[name.toLowerCase()] as unknown as { accessLevel: string };
      return (
        /Permissions management/.test(accessLevel) && !/^(Bypass|Delete|Detach|Disable|Remove|Retire|Revoke|Reject|Validate)/.test(name)
      );
    };
    const found = reached(deployment, resources, "dev", guesses("dev")).filter(gives);
    assert.deepEqual([...new Set([...found, "logs:PutResourcePolicy"])].sort(), open);
    for (const action of open.filter((action) => /^(iam:UpdateAssumeRolePolicy|s3|kms:PutKeyPolicy)/.test(action)))
      assert.ok(handbook.includes(`\`${action}\``), action);
  });

  it("is nobody whom a condition can tell: API Gateway calls functions, a service of AWS is granted a key", () => {
    const adds = (principal: string) =>
      decision(deployment, "lambda:AddPermission", arn("lambda", "function:webhook-receive-dev"), {
        "aws:requesttag/environment": undefined,
        "lambda:principal": principal,
      });
    assert.deepEqual(["apigateway.amazonaws.com", "999999999999", "*"].map(adds), ["yes", "no", "no"]);
    const grants = (service: string | undefined) =>
      decision(deployment, "kms:CreateGrant", arn("kms", "key/1"), {
        "aws:resourcetag/environment": "dev",
        "aws:requesttag/environment": undefined,
        "kms:viaservice": service,
      });
    assert.deepEqual([`lambda.${region}.amazonaws.com`, undefined].map(grants), ["yes", "no"]);
  });

  it("gets no copy of what the stack holds, and no way in that the program does not make", async () => {
    const denied = deployment.find(({ sid }) => sid === "LetNobodyIn")!.actions!;
    const called = Object.values(calls).flatMap(({ write }) => write);
    const found = reached(deployment, await program(everything), "dev", guesses("dev"));
    for (const action of denied) {
      const [service, name] = action.split(":");
      assert.equal(actionsOf(service)[name.toLowerCase()]?.name, name, action);
      assert.ok(!called.includes(action) && !found.includes(action), action);
    }
    for (const action of ["logs:PutSubscriptionFilter", "s3:PutReplicationConfiguration", "secretsmanager:PutResourcePolicy"])
      assert.ok(denied.includes(action), action);
  });

  it("is nobody by another's subscription or rule: the topic and the bus have the stack's alone", async () => {
    const bus = (await program(everything)).all(Type.eventBus)[0];
    const targets = arnsOf(bus).map((arn) => decision(deployment, "events:PutTargets", arn, guesses("dev")[0]));
    assert.deepEqual([...new Set(targets)], ["no"]);
  });
});
