import * as assert from "node:assert/strict";
import { calls, callsOf } from "../../ci-roles/calls";
import { Type } from "../../preflight/graph/types";
import { actionsOf } from "../../preflight/iam/catalog";
import type { Statement } from "../../preflight/iam/document";
import {
  accountId,
  actionsOfServices,
  arnsOf,
  captureAccess,
  decision,
  inAccount,
  isAbout,
  region,
  statementsOfRole,
} from "../helpers/access";
import { guarded, program } from "../../testbed/program";

const key = inAccount("kms", "key/1");
const bucket = `arn:aws:s3:::webhook-pipeline-state-${accountId}-${region}`;

describe("The preview role", () => {
  let statements: Statement[];
  before(async () => (statements = statementsOfRole(await captureAccess(), "preview")));
  const may = (action: string, resource: string, context: Record<string, string | undefined> = {}) =>
    decision(statements, action, resource, {
      "aws:resourcetag/project": undefined,
      "kms:viaservice": undefined,
      "kms:encryptioncontext:stack": undefined,
      "kms:resourcealiases": undefined,
      ...context,
    });

  it("has only actions that list or read", () => {
    const allowed = statements.filter(({ effect }) => effect === "Allow").flatMap(({ actions }) => actions!);
    for (const action of allowed) {
      const [service, name] = action.split(":");
      const { accessLevel } = actionsOf(service)[name.toLowerCase()] as unknown as { accessLevel: string };
      const isDecrypt = action === "kms:Decrypt"; // AWS classifies it as a write action.
      assert.ok(isDecrypt || /^(List|Read)$/.test(accessLevel), `${action}: ${accessLevel}`);
    }
  });

  it("cannot read parameters, secrets, items, messages, log lines, query results, executions or others' code", () => {
    const held: [action: string, resource: string][] = [
      ["ssm:GetParameter", inAccount("ssm", "parameter/webhook-token")],
      ["ssm:GetParametersByPath", inAccount("ssm", "parameter/")],
      ["secretsmanager:GetSecretValue", inAccount("secretsmanager", "secret:webhook-stripe-prod-a1b2c3")],
      ["secretsmanager:BatchGetSecretValue", "*"],
      ["dynamodb:GetItem", inAccount("dynamodb", "table/webhook-events-prod")],
      ["dynamodb:Scan", inAccount("dynamodb", "table/webhook-events-prod")],
      ["dynamodb:GetRecords", inAccount("dynamodb", "table/webhook-events-prod/stream/1")],
      ["sqs:ReceiveMessage", inAccount("sqs", "webhook-dead-letters-prod")],
      ["logs:GetLogEvents", inAccount("logs", "log-group:/aws/lambda/webhook-process-prod:log-stream:1")],
      ["logs:FilterLogEvents", inAccount("logs", "log-group:/aws/lambda/webhook-process-prod")],
      ["logs:GetQueryResults", "*"],
      ["logs:GetLogRecord", "*"],
      ["states:GetExecutionHistory", inAccount("states", "execution:webhook-workflow-prod:1")],
      ["lambda:GetFunction", inAccount("lambda", "function:billing")],
      ["lambda:GetFunction", inAccount("lambda", "function:webhook-of-others")],
      ["lambda:GetLayerVersion", inAccount("lambda", "layer:x:1")],
      ["s3:GetObject", `arn:aws:s3:::webhook-payloads-prod-${accountId}/payload`],
      ["s3:GetObject", "arn:aws:s3:::reports/one"],
      ["apigateway:GET", `arn:aws:apigateway:${region}::/apikeys/1`],
      ["ec2:DescribeInstanceAttribute", inAccount("ec2", "instance/i-1")],
      ["ec2:GetPasswordData", inAccount("ec2", "instance/i-1")],
      ["cloudformation:GetTemplate", inAccount("cloudformation", "stack/x/1")],
      ["ecr:BatchGetImage", inAccount("ecr", "repository/x")],
      ["codecommit:GitPull", inAccount("codecommit", "x")],
    ];
    for (const [action, resource] of held) assert.equal(may(action, resource), "no", `${action} on ${resource}`);
  });

  it("can decrypt only the stacks' own secrets and environments", () => {
    const decrypts = (context: Record<string, string>) => may("kms:Decrypt", inAccount("kms", "key/9"), context);
    assert.equal(decrypts({ "kms:resourcealiases": "alias/webhook-environment-prod" }), "yes");
    for (const alias of ["alias/webhook-data-prod", "alias/webhook-environment-of-others"])
      assert.equal(decrypts({ "kms:resourcealiases": alias }), "no", alias);
    const state = statements.find(({ sid }) => sid === "DecryptSecrets")!.resources![0];
    assert.equal(may("kms:Decrypt", state, { "kms:encryptioncontext:stack": "prod" }), "yes");
    assert.equal(may("kms:Decrypt", state, { "kms:encryptioncontext:stack": "main" }), "no");
    assert.equal(may("kms:Decrypt", state), "no", "without an encryption context");
    assert.equal(may("kms:Decrypt", key, { "kms:encryptioncontext:stack": "prod" }), "no", "another key");
  });

  it("can read the stacks' state, but not the state of the roles themselves", () => {
    const reads = (object: string) => may("s3:GetObject", `${bucket}/.pulumi/${object}`);
    for (const object of ["meta.yaml", "stacks/webhook-pipeline/prod.json", "stacks/webhook-pipeline/dev.json.gz"])
      assert.equal(reads(object), "yes", object);
    assert.equal(reads("stacks/webhook-pipeline-access/main.json"), "no");
    assert.equal(reads("stacks/webhook-pipeline/dev-2.json"), "no");
  });

  it("can read everything that a refresh needs, for every resource type", async () => {
    const tags = { "aws:resourcetag/project": "webhook-pipeline" };
    for (const resource of (await program({ ...guarded, sources: ["stripe", "paypal"] })).resources) {
      if (!/^awsx?:/.test(resource.type)) continue;
      for (const action of callsOf(resource.type).read) {
        const arns = arnsOf(resource).filter((arn) => isAbout(action, arn) && !arn.includes("/tags/"));
        const zone = resource.type === Type.record && isAbout(action, "arn:aws:route53:::hostedzone/Z1");
        const places = arns.length > 0 ? arns : [zone ? "arn:aws:route53:::hostedzone/Z1" : "*"];
        assert.ok(
          places.some((arn) => may(action, arn, tags) === "yes"),
          `${resource.type}: ${action} on ${places.join(" ")}`,
        );
      }
    }
  });

  it("has no action of a service that the program does not use", () => {
    const services = new Set(actionsOfServices(statements.filter(({ effect }) => effect === "Allow")).map((one) => one.split(":")[0]));
    const used = Object.values(calls).flatMap(({ read }) => read.map((one) => one.split(":")[0]));
    assert.deepEqual([...services].sort(), [...new Set(used)].sort());
  });
});
