import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import { preflight } from "../../../preflight/preflight";
import { permissionRules } from "../../../preflight/rules/permissions";
import { program } from "../../../testbed/program";
import { other, own, Patient, specifyRules, type Fault } from "../../helpers/patient";

type Statement = Record<string, unknown>;

/** As if a statement were not there; found in the resource that needs it. */
const without = (policy: string, sid: string, type: string, name: string, ...also: string[]): Fault =>
  own(
    (patient) => [
      patient.edit(Type.rolePolicy, policy, "policy", (document) => {
        document.Statement = (document.Statement as Statement[]).filter(({ Sid }) => Sid !== sid);
      }),
      patient.one(type, name),
    ],
    ...also,
  );

/** As if a statement did not allow one action. */
const withoutAction = (policy: string, sid: string, action: string, type: string, name: string): Fault =>
  own((patient) => [
    patient.statement(Type.rolePolicy, policy, sid, (statement) => {
      statement.Action = (statement.Action as string[]).filter((one) => one !== action);
    }),
    patient.one(type, name),
  ]);

const keyWithout = (key: string, service: string, type: string, name: string, graph = own): Fault =>
  graph((patient) => [
    patient.edit(Type.key, key, "policy", (document) => {
      document.Statement = (document.Statement as { Principal: { Service?: string } }[]).filter(
        ({ Principal }) => Principal.Service !== service,
      );
    }),
    patient.one(type, name),
  ]);

const [processing, machine, pipe] = [
  [Type.function, "process-function"] as const,
  [Type.stateMachine, "workflow"] as const,
  [Type.pipe, "events"] as const,
];

describe("Rules over permissions", () => {
  specifyRules(permissionRules, {
    "lambda-log-permission": without("process-policy", "WriteLogs", ...processing),
    "lambda-environment-key": without("process-policy", "DecryptEnvironment", ...processing),
    "lambda-dead-letter-permission": without("process-policy", "SendDeadLetters", ...processing),
    "lambda-dead-letter-key": {
      ...withoutAction("process-policy", "UseDataKey", "kms:GenerateDataKey", ...processing),
      also: ["lambda-call-permission"],
    },
    "lambda-trace-permission": without("process-policy", "WriteTraces", ...processing),
    "lambda-network-permission": withoutAction("process-policy", "ManageNetworkInterfaces", "ec2:DescribeSubnets", ...processing),
    "lambda-call-permission": [
      withoutAction("process-policy", "ReadAndNormalize", "dynamodb:GetItem", ...processing),
      without("reconcile-policy", "FindStuckEvents", Type.function, "reconcile-function"),
      without("reconcile-policy", "SendDeadLettersOfEvents", Type.function, "reconcile-function"),
      withoutAction("process-policy", "UseDataKey", "kms:ReEncryptTo", ...processing),
      own(
        (patient) => [
          patient.edit(Type.key, "data", "policy", (document) =>
            (document.Statement as Statement[]).push({ Effect: "Deny", Principal: "*", Action: "kms:Encrypt", Resource: "*" }),
          ),
          patient.one(...processing),
        ],
        "state-machine-call-permission",
      ),
      other((patient) => {
        const { arn } = patient.one(Type.queue, "work").outputs;
        patient.edit(Type.rolePolicy, "shop", "policy", (document) => {
          document.Statement = [...(document.Statement as Statement[]), { Effect: "Allow", Action: "sqs:SendMessage", Resource: arn }];
        });
        patient.statement(Type.rolePolicy, "shop", 0, (statement) => (statement.Action = "kms:DescribeKey"));
        return patient.one(Type.function);
      }, "event-source-permission"),
    ],
    "state-machine-log-delivery": [
      withoutAction("workflow-log-delivery", "DeliverLogs", "logs:PutResourcePolicy", ...machine),
      own((patient) => patient.unchain(patient.one(...machine), patient.one(Type.rolePolicy, "workflow-log-delivery"))),
    ],
    "state-machine-trace-permission": withoutAction("workflow-policy", "WriteTraces", "xray:GetSamplingRules", ...machine),
    "state-machine-call-permission": [
      without("workflow-policy", "Publish", ...machine),
      withoutAction("workflow-policy", "UseDataKey", "kms:DescribeKey", ...machine),
      own((patient) => patient.unchain(patient.one(...machine), patient.one(Type.rolePolicy, "workflow-policy"))),
    ],
    "pipe-source-permission": [
      without("pipe-policy", "FindStream", ...pipe),
      withoutAction("pipe-policy", "ReadStream", "dynamodb:GetRecords", ...pipe),
    ],
    "pipe-target-permission": without("pipe-policy", "StartWorkflow", ...pipe),
    "pipe-dead-letter-permission": [
      without("pipe-policy", "SendDeadLetters", ...pipe),
      withoutAction("pipe-policy", "UseDataKey", "kms:GenerateDataKey", ...pipe),
    ],
    "log-group-key": [
      keyWithout("logs", "logs.eu-central-1.amazonaws.com", Type.logGroup, "process-logs"),
      own((patient) => [
        patient.rewrite(Type.key, "logs", "policy", "/aws/lambda/webhook-process-dev", "/aws/lambda/another"),
        patient.one(Type.logGroup, "process-logs"),
      ]),
    ],
    "alarm-topic-permission": own((patient) => [
      patient.statement(Type.topicPolicy, "alerts", "LetAlarmsPublish", (statement) => (statement.Action = "sns:Subscribe")),
      patient.one(Type.metricAlarm),
    ]),
    "alarm-topic-key": keyWithout("data", "cloudwatch.amazonaws.com", Type.metricAlarm, "dead-letters"),
    "api-invoke-permission": [
      own((patient) => [
        patient.set(Type.permission, "sourceArn", "arn:aws:execute-api:eu-central-1:123456789012:another/*"),
        patient.one(Type.restApi),
      ]),
      other((patient) => [
        patient.set(Type.permission, "principal", "events.amazonaws.com"),
        patient.one("aws:apigateway/integration:Integration"),
      ]),
    ],
    "api-logging-permission": own((patient) => [
      patient.set(Type.rolePolicyAttachment, "policyArn", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
      patient.one(Type.account),
    ]),
    "event-target-permission": other((patient) => [
      patient.rewrite("aws:sqs/queuePolicy:QueuePolicy", "audit", "policy", "rule/hourly", "rule/daily"),
      patient.one("aws:cloudwatch/eventTarget:EventTarget"),
    ]),
    "event-target-key": other((patient) => [
      patient.rewrite(Type.key, "shop", "policy", "events.amazonaws.com", "s3.amazonaws.com"),
      patient.one("aws:cloudwatch/eventTarget:EventTarget"),
    ]),
    "schedule-target-permission": own((patient) => [
      patient.rewrite(Type.rolePolicy, "schedule-policy", "policy", "lambda:InvokeFunction", "lambda:GetFunction"),
      patient.one(Type.schedule),
    ]),
    "subscription-permission": other((patient) => [
      patient.rewrite("aws:sqs/queuePolicy:QueuePolicy", "work", "policy", ":shop-*", ":store-*"),
      patient.one(Type.topicSubscription),
    ]),
    "subscription-key": other((patient) => [
      patient.rewrite(Type.key, "shop", "policy", "sns.amazonaws.com", "s3.amazonaws.com"),
      patient.one(Type.topicSubscription),
    ]),
    "event-source-permission": [
      other((patient) => [
        patient.set(Type.rolePolicyAttachment, "policyArn", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "shop"),
        patient.one("aws:lambda/eventSourceMapping:EventSourceMapping"),
      ]),
      other((patient) => {
        const mapping = patient.one("aws:lambda/eventSourceMapping:EventSourceMapping");
        return patient.unchain(mapping, patient.one(Type.rolePolicyAttachment, "shop"));
      }),
    ],
  });

  it("leave a role alone to which policies from elsewhere are attached: they may grant what is missed", async () => {
    const patient = new Patient((await program()).resources);
    patient.edit(Type.rolePolicy, "process-policy", "policy", (document) => {
      document.Statement = (document.Statement as Statement[]).filter(({ Sid }) => Sid !== "SendDeadLetters");
    });
    const role = patient.one(Type.role, "process-role").inputs.name;
    patient.add(Type.rolePolicyAttachment, "elsewhere", { role, policyArn: "arn:aws:iam::aws:policy/SomethingElse" });
    assert.deepEqual(preflight(patient.resources), []);
  });

  it("respect a denial", async () => {
    const patient = new Patient((await program()).resources);
    patient.edit(Type.rolePolicy, "process-policy", "policy", (document) =>
      (document.Statement as Statement[]).push({ Effect: "Deny", Action: "sqs:*", Resource: "*" }),
    );
    assert.deepEqual(
      preflight(patient.resources).map(({ rule }) => rule.id),
      ["lambda-dead-letter-permission"],
    );
  });

  it("say of one caller and one resource what it lacks in one sentence", async () => {
    const patient = new Patient((await program()).resources);
    patient.statement(
      Type.rolePolicy,
      "workflow-log-delivery",
      "DeliverLogs",
      (statement) => (statement.Action = ["logs:CreateLogDelivery"]),
    );
    const [finding, ...others] = preflight(patient.resources);
    assert.deepEqual(others, []);
    assert.match(
      finding.detail,
      /^its role webhook-workflow-role may not logs:GetLogDelivery, (logs:\w+, ){5}logs:DescribeLogGroups on \*$/,
    );
  });
});
