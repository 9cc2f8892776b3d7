import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { Graph } from "../../../preflight/graph/graph";
import { actionRules } from "../../../preflight/rules/actions";
import { documentRules } from "../../../preflight/rules/documents";
import { inAccount } from "../../helpers/access";
import { delivering, other, own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

const policy = "receive-policy";
type Statement = Record<string, unknown>;

/** Plants a violation in a statement of the receiver's role. */
const inStatement = (sid: string, change: (statement: Statement) => void, ...also: string[]) =>
  own((broken) => broken.statement(Type.rolePolicy, policy, sid, change), ...also);

const statement = { Effect: "Allow", Action: "logs:PutLogEvents", Resource: "arn:aws:logs:eu-central-1:123456789012:log-group:x:*" };
const forAccount = (Action: string, Resource: string) => ({ ...statement, Action, Resource, Principal: { AWS: "123456789012" } });

/** Other places of policies, which this program does not use: type, input and a statement. */
const elsewhere: [type: string, input: string, statement: object, around?: (policy: string) => object][] = [
  [Type.role, "inlinePolicies", statement, (policy) => ({ assumeRolePolicy: trust, inlinePolicies: [{ name: "logs", policy }] })],
  [Type.iamPolicy, "policy", statement],
  [Type.userPolicy, "policy", statement],
  [Type.groupPolicy, "policy", statement],
  [Type.bucket, "policy", forAccount("s3:GetObject", "arn:aws:s3:::x/*")],
  [Type.bucketV2, "policy", forAccount("s3:GetObject", "arn:aws:s3:::x/*")],
  [Type.replicaKey, "policy", forAccount("kms:*", "*")],
  [Type.secretPolicy, "policy", forAccount("secretsmanager:GetSecretValue", "*")],
  [Type.eventBusPolicy, "policy", forAccount("events:PutEvents", inAccount("events", "event-bus/x"))],
  [Type.restApi, "policy", forAccount("execute-api:Invoke", "execute-api:/*")],
  [Type.restApiPolicy, "policy", forAccount("execute-api:Invoke", "execute-api:/*")],
  [Type.domainName, "policy", forAccount("execute-api:Invoke", "execute-api:/*")],
  [Type.vpcEndpoint, "policy", forAccount("s3:GetObject", "*")],
  [Type.vpcEndpointPolicy, "policy", forAccount("s3:GetObject", "*")],
  [Type.tablePolicy, "policy", forAccount("dynamodb:GetItem", inAccount("dynamodb", "table/x"))],
  [Type.streamPolicy, "policy", forAccount("kinesis:PutRecord", inAccount("kinesis", "stream/x"))],
  [Type.logResourcePolicy, "policyDocument", forAccount("logs:PutLogEvents", "*")],
  [Type.logDestinationPolicy, "accessPolicy", forAccount("logs:PutSubscriptionFilter", inAccount("logs", "destination:x"))],
];
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
/** Checks a single resource with a policy of these keys. */
function alone([type, input, Statement, around = (policy) => ({ [input]: policy })]: (typeof elsewhere)[number], keys: object) {
  const broken = new BrokenGraph([]);
  broken.add(type, "alone", { ...around(JSON.stringify({ ...keys, Statement: [Statement] })) });
  return documentRules.flatMap((rule) => rule.check(new Graph(broken.resources)).map(({ detail }) => `${rule.id}: ${detail}`));
}

/** Plants one more statement in the receiver's role. */
const withStatement = (statement: Statement, ...also: string[]) =>
  own(
    (broken) => broken.edit(Type.rolePolicy, policy, "policy", (document) => (document.Statement as Statement[]).push(statement)),
    ...also,
  );

describe("Rules for policy documents", () => {
  for (const place of elsewhere)
    it(`check ${place[1]} of ${place[0]}`, () => {
      assert.deepEqual(alone(place, { Version: "2012-10-17" }), []);
      assert.match(alone(place, {}).join(), /^policy-version: \S+ has no Version$/);
    });

  specifyRules(documentRules, {
    "policy-syntax": [
      own((broken) => broken.edit(Type.rolePolicy, policy, "policy", (document) => (document.Version = "2012-10-18"))),
      own((broken) => broken.edit(Type.rolePolicy, policy, "policy", (document) => (document.Statements = []))),
      other(
        (broken) =>
          broken.edit(Type.rolePolicy, "answer", "policy", (document) => {
            delete document.Version;
            (document.Statement as Statement[])[0].Sid = "Of${aws:username}";
          }),
        "policy-sid",
        "policy-version",
      ),
      withStatement({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-central-1:123456789012:x", Conditions: {} }),
      other((broken) => broken.set(Type.rolePolicy, "policy", "{not JSON", "answer")),
      other((broken) => broken.set(Type.rolePolicy, "policy", '{"Version":"2012-10-17","Statement":[]}', "answer")),
    ],
    "policy-version": [
      own((broken) => broken.edit(Type.rolePolicy, policy, "policy", (document) => delete document.Version)),
      own((broken) => broken.edit(Type.role, "receive-role", "assumeRolePolicy", (document) => delete document.Version)),
      own((broken) => {
        const vpc = broken.one(Type.vpc);
        const [, spec] = vpc.inputs.vpcEndpointSpecs as { policy: string }[];
        spec.policy = spec.policy.replace('"Version":"2012-10-17",', "");
        return vpc;
      }),
    ],
    "policy-statement": [
      inStatement("WriteTraces", (statement) => delete statement.Resource, "lambda-trace-permission"),
      inStatement("WriteTraces", (statement) => delete statement.Action, "lambda-trace-permission"),
      inStatement("WriteTraces", (statement) => (statement.Action = []), "lambda-trace-permission"),
      inStatement("WriteTraces", (statement) => (statement.Effect = "allow"), "lambda-trace-permission"),
      inStatement("WriteTraces", (statement) => delete statement.Effect, "lambda-trace-permission"),
      inStatement("WriteTraces", (statement) => (statement.Principal = "*")),
      inStatement("WriteTraces", (statement) => (statement.NotAction = "s3:GetObject")),
      inStatement("WriteTraces", (statement) => (statement.NotResource = "arn:aws:s3:::x")),
      own((broken) => broken.statement(Type.role, "receive-role", 0, (statement) => (statement.Resource = "*"), "assumeRolePolicy")),
      own((broken) => broken.statement(Type.key, "logs", 1, (statement) => delete statement.Principal), "log-group-key"),
    ],
    "policy-sid": [
      inStatement("WriteTraces", (statement) => (statement.Sid = "Write-Traces")),
      inStatement("WriteTraces", (statement) => (statement.Sid = "WriteLogs")),
    ],
    "policy-principal": [
      own(
        (broken) =>
          broken.statement(Type.queuePolicy, "dead-letters", 0, (statement) => (statement.Principal = { Service: "s3.example.com" })),
        "project-transport",
      ),
      own(
        (broken) => broken.statement(Type.queuePolicy, "dead-letters", 0, (statement) => (statement.Principal = { Everybody: "*" })),
        "project-transport",
      ),
      own(
        (broken) =>
          broken.statement(Type.queuePolicy, "dead-letters", 0, (statement) => (statement.Principal = { AWS: "arn:aws:iam::12:root" })),
        "project-transport",
      ),
    ],
    "policy-condition-operator": other((broken) =>
      broken.statement(Type.rolePolicy, "flow", 3, (statement) => (statement.Condition = { StringIs: { "aws:ResourceAccount": "1" } })),
    ),
    "policy-condition-wildcard": other((broken) =>
      broken.statement(
        Type.rolePolicy,
        "flow",
        3,
        (statement) => (statement.Condition = { StringEquals: { "aws:ResourceAccount": "1*" } }),
      ),
    ),
    "policy-size": [
      own((broken) => [
        broken.edit(Type.rolePolicy, policy, "policy", (document) => {
          const Resource = Array.from(
            { length: 200 },
            (_, index) => `arn:aws:sqs:eu-central-1:123456789012:a-long-name-of-a-queue-${index}`,
          );
          (document.Statement as Statement[]).push({ Effect: "Allow", Action: "sqs:GetQueueUrl", Resource });
        }),
        broken.one(Type.role, "receive-role"),
      ]),
      own((broken) =>
        broken.edit(Type.role, "receive-role", "assumeRolePolicy", (document) => {
          const AWS = Array.from({ length: 60 }, (_, index) => `arn:aws:iam::123456789012:role/somebody-${index}`);
          (document.Statement as Statement[]).push({ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" });
        }),
      ),
      own((broken) => {
        const Resource = Array.from({ length: 200 }, (_, index) => `arn:aws:sqs:eu-central-1:123456789012:a-long-name-of-a-queue-${index}`);
        const Statement = [{ Effect: "Allow", Action: "sqs:GetQueueUrl", Resource }];
        const inlinePolicies = [{ name: "queues", policy: JSON.stringify({ Version: "2012-10-17", Statement }) }];
        return broken.set(Type.role, "inlinePolicies", inlinePolicies, "receive-role");
      }),
      delivering((broken) =>
        broken.edit(Type.queuePolicy, "to-ledger", "policy", (document) => {
          const AWS = Array.from({ length: 48 }, (_, index) => `arn:aws:iam::123456789012:role/${"long/".repeat(30)}${index}`);
          const [queue] = document.Statement as { Resource: string }[];
          (document.Statement as Statement[]).push({
            Effect: "Allow",
            Principal: { AWS },
            Action: "sqs:ReceiveMessage",
            Resource: queue.Resource,
          });
        }),
      ),
    ],
  });
});

describe("Rules for actions", () =>
  specifyRules(actionRules, {
    "policy-action-unknown": [
      withStatement({ Effect: "Allow", Action: "sqs:SendMail", Resource: "arn:aws:sqs:eu-central-1:123456789012:x" }),
      withStatement({ Effect: "Allow", Action: "sqs:Mail*", Resource: "arn:aws:sqs:eu-central-1:123456789012:x" }),
      withStatement({ Effect: "Allow", Action: "SendMessage", Resource: "arn:aws:sqs:eu-central-1:123456789012:x" }),
      withStatement({ Effect: "Deny", NotAction: "no-service:Do", Resource: "arn:aws:s3:::none" }),
    ],
    "policy-resource-mismatch": withStatement({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a-bucket" }),
    "policy-resource-ignored": withStatement({
      Effect: "Allow",
      Action: "dynamodb:ListTables",
      Resource: "arn:aws:dynamodb:eu-central-1:123456789012:table/x",
    }),
    "policy-action-scope": [
      own((broken) =>
        broken.statement(Type.queuePolicy, "dead-letters", 0, (statement) => (statement.Action as string[]).push("sns:Publish")),
      ),
      own((broken) =>
        broken.statement(Type.topicPolicy, "alerts", 0, (statement) => (statement.Action = ["sns:Publish", "sns:Unsubscribe"])),
      ),
    ],
    "policy-wildcard-action": [
      withStatement({ Effect: "Allow", Action: "sqs:*", Resource: "arn:aws:sqs:eu-central-1:123456789012:x" }),
      withStatement({ Effect: "Allow", Action: "*", Resource: "arn:aws:sqs:eu-central-1:123456789012:x" }),
    ],
    "policy-wildcard-resource": withStatement({ Effect: "Allow", Action: ["sqs:SendMessage", "sqs:ReceiveMessage"], Resource: "*" }),
    "key-policy-lockout": [
      own((broken) => broken.statement(Type.key, "logs", 0, (statement) => (statement.Action = ["kms:Describe*", "kms:Decrypt"]))),
      own((broken) => broken.statement(Type.key, "logs", 0, (statement) => (statement.Principal = { Federated: "someone" }))),
    ],
    "key-needless-lambda-principal": own((broken) =>
      broken.edit(Type.key, "environment", "policy", (document) =>
        (document.Statement as Statement[]).push({
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: "kms:Decrypt",
          Resource: "*",
        }),
      ),
    ),
  }));
