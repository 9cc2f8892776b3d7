import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { calls } from "../../ci-roles/calls";
import { Type } from "../../preflight/graph/types";
import { actionsOf } from "../../preflight/iam/catalog";
import { accessOf, arnsOf, decision, everything, guesses, inAccount, reached, region } from "../helpers/access";
import { program } from "../../testbed/program";

const deployPage = readFileSync("docs/deploy.md", "utf8");
const { deployment } = accessOf({ domain: "hooks.example.com", hasPrivateNetwork: true });

describe("The permissions of a deployment beyond its stack", () => {
  /** Actions that AWS allows only on `*`, with the reason why a deployment needs them. Without `ec2:Describe…`. */
  const onEverything: Record<string, string> = {
    "acm:AddTagsToCertificate": "tags a certificate at creation; one with another stack's tag is refused",
    "acm:RequestCertificate": "for the stack's domain, with the stack's tag",
    "cloudtrail:DescribeTrails": "describes",
    "cloudwatch:DescribeAlarms": "describes",
    "kms:CreateKey": "with the stack's tag",
    "kms:ListAliases": "describes",
    "kms:TagResource": "tags a key at creation; one with another's tag or alias is refused",
    "lambda:CreateEventSourceMapping": "for the stack's functions, with the stack's tag",
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
  it("include only accepted actions on `*`", () => {
    const allowed = deployment.filter(({ effect, resources }) => effect === "Allow" && resources!.includes("*"));
    const actions = allowed.flatMap(({ actions }) => actions!).filter((action) => !action.startsWith("ec2:Describe"));
    assert.deepEqual([...new Set(actions)].sort(), Object.keys(onEverything));
  });

  it("are documented in docs/deploy.md if they change something", () => {
    for (const action of Object.keys(onEverything))
      if (!/:(Describe|Get|List|Validate)/.test(action)) assert.ok(deployPage.includes(`\`${action}\``), action);
  });

  it("do not include tagging another's API", () => {
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

  it("include certificates for the stack's domain only", () => {
    const requests = (name: string | undefined) =>
      decision(deployment, "acm:RequestCertificate", "*", {
        "acm:domainnames": name,
        "aws:requesttag/environment": "dev",
        "aws:resourcetag/environment": undefined,
      });
    assert.deepEqual(["hooks.example.com", "example.com", undefined].map(requests), ["yes", "no", "no"]);
  });
});

describe("The access to its stack that a deployment can give to others", () => {
  /** Actions that grant permissions, that the program calls, and that no condition can limit. */
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
  it("is limited to the actions that the program itself calls", async () => {
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
      assert.ok(deployPage.includes(`\`${action}\``), action);
  });

  it("is limited by conditions: functions to API Gateway, grants on keys to AWS services", () => {
    const adds = (principal: string) =>
      decision(deployment, "lambda:AddPermission", inAccount("lambda", "function:webhook-receive-dev"), {
        "aws:requesttag/environment": undefined,
        "lambda:principal": principal,
      });
    assert.deepEqual(["apigateway.amazonaws.com", "999999999999", "*"].map(adds), ["yes", "no", "no"]);
    const grants = (service: string | undefined) =>
      decision(deployment, "kms:CreateGrant", inAccount("kms", "key/1"), {
        "aws:resourcetag/environment": "dev",
        "aws:requesttag/environment": undefined,
        "kms:viaservice": service,
      });
    assert.deepEqual([`lambda.${region}.amazonaws.com`, undefined].map(grants), ["yes", "no"]);
  });

  it("does not include copies of data, or any access that the program does not create", async () => {
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

  it("includes targets of rules on the bus only if they are queues of its destinations", async () => {
    const bus = (await program(everything)).all(Type.eventBus)[0];
    const targets = (target: string) =>
      arnsOf(bus).map((rule) => decision(deployment, "events:PutTargets", rule, { ...guesses("dev")[0], "events:targetarn": target }));
    assert.ok(targets(inAccount("sqs", "webhook-to-orders-dev")).includes("yes"));
    const others = [
      inAccount("sqs", "webhook-to-orders-prod"),
      inAccount("sqs", "orders"),
      `arn:aws:sqs:${region}:999999999999:webhook-to-orders-dev`,
      inAccount("lambda", "function:webhook-to-orders-dev"),
    ];
    for (const other of others) assert.deepEqual([...new Set(targets(other))], ["no"], other);
  });

  it("includes mappings to the stack's own functions only", () => {
    const creates = (name: string) =>
      decision(deployment, "lambda:CreateEventSourceMapping", "*", {
        "aws:requesttag/environment": "dev",
        "aws:resourcetag/environment": undefined,
        "lambda:functionarn": inAccount("lambda", `function:${name}`),
      });
    assert.deepEqual(["webhook-deliver-dev", "webhook-deliver-prod", "orders"].map(creates), ["yes", "no", "no"]);
  });
});
