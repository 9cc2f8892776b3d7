import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { permissionRules } from "../../../preflight/rules/permissions";
import { program } from "../../../testbed/program";
import { delivering, other, own, BrokenGraph, specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

type Statement = Record<string, unknown>;

const processFunction = "arn:aws:lambda:eu-central-1:123456789012:function:webhook-process-dev";

/** Replaces a statement in the policy of deliver's role; the function that requires it must be reported. */
const ofDeliver = (sid: string, change: (statement: Statement) => Statement[], ...also: string[]): PlantedViolation =>
  delivering(
    (broken) => [
      broken.edit(Type.rolePolicy, "deliver-policy", "policy", (document) => {
        document.Statement = (document.Statement as Statement[]).flatMap((one) => (one.Sid === sid ? change(one) : [one]));
      }),
      broken.one(Type.function, "deliver-function"),
    ],
    ...also,
  );

/** Removes a statement of a policy; the resource that requires it must be reported. */
const without = (policy: string, sid: string, type: string, name: string, ...also: string[]): PlantedViolation =>
  own(
    (broken) => [
      broken.edit(Type.rolePolicy, policy, "policy", (document) => {
        document.Statement = (document.Statement as Statement[]).filter(({ Sid }) => Sid !== sid);
      }),
      broken.one(type, name),
    ],
    ...also,
  );

/** Removes an action of a statement; the resource that requires it must be reported. */
const withoutAction = (policy: string, sid: string, action: string, type: string, name: string): PlantedViolation =>
  own((broken) => [
    broken.statement(Type.rolePolicy, policy, sid, (statement) => {
      statement.Action = (statement.Action as string[]).filter((one) => one !== action);
    }),
    broken.one(type, name),
  ]);

const keyWithout = (key: string, service: string, type: string, name: string, graph = own): PlantedViolation =>
  graph((broken) => [
    broken.edit(Type.key, key, "policy", (document) => {
      document.Statement = (document.Statement as { Principal: { Service?: string } }[]).filter(
        ({ Principal }) => Principal.Service !== service,
      );
    }),
    broken.one(type, name),
  ]);

const [processing, machine, pipe] = [
  [Type.function, "process-function"] as const,
  [Type.stateMachine, "workflow"] as const,
  [Type.pipe, "events"] as const,
];

describe("Rules for permissions", () => {
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
      without("reconcile-policy", "FindOpenEvents", Type.function, "reconcile-function"),
      withoutAction("reconcile-policy", "RequeueAndExhaust", "dynamodb:BatchGetItem", Type.function, "reconcile-function"),
      own((broken) => [
        broken.edit(Type.rolePolicy, "reconcile-policy", "policy", (document) => {
          const query = (document.Statement as Statement[]).find(({ Sid }) => Sid === "FindOpenEvents")!;
          query.Resource = String(query.Resource).replace("/index/open", "/index/by_time");
        }),
        broken.one(Type.function, "reconcile-function"),
      ]),
      without("reconcile-policy", "SendDeadLettersOfEvents", Type.function, "reconcile-function"),
      withoutAction("process-policy", "UseDataKey", "kms:ReEncryptTo", ...processing),
      own(
        (broken) => [
          broken.edit(Type.key, "data", "policy", (document) =>
            (document.Statement as Statement[]).push({ Effect: "Deny", Principal: "*", Action: "kms:Encrypt", Resource: "*" }),
          ),
          broken.one(...processing),
        ],
        "state-machine-call-permission",
      ),
      ...["ReadAndRecordDeliveries", "FindUndelivered", "ReadEvents", "ReadSecretsOfDestinations", "PauseAndResume", "FindMappings"].map(
        (sid) => ofDeliver(sid, () => []),
      ),
      ofDeliver("SendDeadLettersOfDestinations", () => []),
      ofDeliver("ReadSecretsOfDestinations", (one) => [{ ...one, Condition: { Null: { "aws:ResourceTag/Destination": "true" } } }]),
      ofDeliver("SendDeadLettersOfDestinations", (one) => [
        { ...one, Condition: { StringEquals: { "aws:ResourceTag/DestinationType": "queue" } } },
      ]),
      ofDeliver("PauseAndResume", (one) => [{ ...one, Condition: { ArnEquals: { "lambda:FunctionArn": processFunction } } }]),
      delivering((broken) => [
        broken.statement(Type.rolePolicy, "receive-policy", "ReadSigningSecrets", (statement) => {
          statement.Condition = { Null: { "aws:ResourceTag/Destination": "false" } };
        }),
        broken.one(Type.function, "receive-function"),
      ]),
      other((broken) => {
        const { arn } = broken.one(Type.queue, "work").outputs;
        broken.edit(Type.rolePolicy, "shop", "policy", (document) => {
          document.Statement = [...(document.Statement as Statement[]), { Effect: "Allow", Action: "sqs:SendMessage", Resource: arn }];
        });
        broken.statement(Type.rolePolicy, "shop", 0, (statement) => (statement.Action = "kms:DescribeKey"));
        return broken.one(Type.function);
      }, "event-source-permission"),
    ],
    "state-machine-log-delivery": [
      withoutAction("workflow-log-delivery", "DeliverLogs", "logs:PutResourcePolicy", ...machine),
      own((broken) => broken.unchain(broken.one(...machine), broken.one(Type.rolePolicy, "workflow-log-delivery"))),
    ],
    "state-machine-trace-permission": withoutAction("workflow-policy", "WriteTraces", "xray:GetSamplingRules", ...machine),
    "state-machine-call-permission": [
      without("workflow-policy", "Publish", ...machine),
      withoutAction("workflow-policy", "UseDataKey", "kms:DescribeKey", ...machine),
      own((broken) => broken.unchain(broken.one(...machine), broken.one(Type.rolePolicy, "workflow-policy"))),
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
      own((broken) => [
        broken.rewrite(Type.key, "logs", "policy", "/aws/lambda/webhook-process-dev", "/aws/lambda/another"),
        broken.one(Type.logGroup, "process-logs"),
      ]),
    ],
    "alarm-topic-permission": own((broken) => [
      broken.statement(Type.topicPolicy, "alerts", "LetAlarmsPublish", (statement) => (statement.Action = "sns:Subscribe")),
      broken.one(Type.metricAlarm),
    ]),
    "alarm-topic-key": keyWithout("data", "cloudwatch.amazonaws.com", Type.metricAlarm, "dead-letters"),
    "api-invoke-permission": [
      own((broken) => [
        broken.set(Type.permission, "sourceArn", "arn:aws:execute-api:eu-central-1:123456789012:another/*"),
        broken.one(Type.restApi),
      ]),
      other((broken) => [
        broken.set(Type.permission, "principal", "events.amazonaws.com"),
        broken.one("aws:apigateway/integration:Integration"),
      ]),
    ],
    "api-logging-permission": own((broken) => [
      broken.set(Type.rolePolicyAttachment, "policyArn", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
      broken.one(Type.account),
    ]),
    "event-target-permission": [
      other((broken) => [broken.rewrite(Type.queuePolicy, "audit", "policy", "rule/hourly", "rule/daily"), broken.one(Type.eventTarget)]),
      delivering((broken) => [
        broken.rewrite(Type.queuePolicy, "to-orders", "policy", "/webhook-orders-dev", "/webhook-ledger-dev"),
        broken.one(Type.eventTarget, "to-orders"),
      ]),
    ],
    "event-target-key": [
      other((broken) => [
        broken.rewrite(Type.key, "shop", "policy", "events.amazonaws.com", "s3.amazonaws.com"),
        broken.one(Type.eventTarget),
      ]),
      delivering((broken) => [
        broken.statement(Type.key, "encryption-data", "LetRulesSend", (statement) => (statement.Action = ["kms:Decrypt"])),
        broken.one(Type.eventTarget, "to-ledger"),
      ]),
    ],
    "event-target-dead-letter-permission": delivering((broken) => [
      broken.rewrite(Type.queuePolicy, "to-orders-dead-letters", "policy", 'sqs:SendMessage","Resource', 'sqs:GetQueueUrl","Resource'),
      broken.one(Type.eventTarget, "to-orders"),
    ]),
    "schedule-target-permission": own((broken) => [
      broken.rewrite(Type.rolePolicy, "schedule-policy", "policy", "lambda:InvokeFunction", "lambda:GetFunction"),
      broken.one(Type.schedule),
    ]),
    "subscription-permission": other((broken) => [
      broken.rewrite("aws:sqs/queuePolicy:QueuePolicy", "work", "policy", ":shop-*", ":store-*"),
      broken.one(Type.topicSubscription),
    ]),
    "subscription-key": other((broken) => [
      broken.rewrite(Type.key, "shop", "policy", "sns.amazonaws.com", "s3.amazonaws.com"),
      broken.one(Type.topicSubscription),
    ]),
    "event-source-permission": [
      other((broken) => [
        broken.set(Type.rolePolicyAttachment, "policyArn", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "shop"),
        broken.one("aws:lambda/eventSourceMapping:EventSourceMapping"),
      ]),
      other((broken) => {
        const mapping = broken.one("aws:lambda/eventSourceMapping:EventSourceMapping");
        return broken.unchain(mapping, broken.one(Type.rolePolicyAttachment, "shop"));
      }),
      ...["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"].map((action) =>
        delivering(
          (broken) => [
            broken.statement(Type.rolePolicy, "deliver-policy", "ReadQueues", (statement) => {
              statement.Action = (statement.Action as string[]).filter((one) => one !== action);
            }),
            broken.one(Type.eventSourceMapping, "to-orders"),
          ],
          "lambda-call-permission",
        ),
      ),
      delivering(
        (broken) => [
          broken.statement(Type.rolePolicy, "deliver-policy", "UseDataKey", (statement) => {
            statement.Action = (statement.Action as string[]).filter((one) => one !== "kms:Decrypt");
          }),
          broken.one(Type.eventSourceMapping, "to-orders"),
        ],
        "lambda-call-permission",
      ),
    ],
  });

  it("accept a role with an unknown attached policy, which can grant what is missing", async () => {
    const broken = new BrokenGraph((await program()).resources);
    broken.edit(Type.rolePolicy, "process-policy", "policy", (document) => {
      document.Statement = (document.Statement as Statement[]).filter(({ Sid }) => Sid !== "SendDeadLetters");
    });
    const role = broken.one(Type.role, "process-role").inputs.name;
    broken.add(Type.rolePolicyAttachment, "elsewhere", { role, policyArn: "arn:aws:iam::aws:policy/SomethingElse" });
    assert.deepEqual(preflight(broken.resources), []);
  });

  it("respect an explicit denial", async () => {
    const broken = new BrokenGraph((await program()).resources);
    broken.edit(Type.rolePolicy, "process-policy", "policy", (document) =>
      (document.Statement as Statement[]).push({ Effect: "Deny", Action: "sqs:*", Resource: "*" }),
    );
    assert.deepEqual(
      preflight(broken.resources).map(({ rule }) => rule.id),
      ["lambda-dead-letter-permission"],
    );
  });

  it("report all missing actions of a caller on a resource in one sentence", async () => {
    const broken = new BrokenGraph((await program()).resources);
    broken.statement(
      Type.rolePolicy,
      "workflow-log-delivery",
      "DeliverLogs",
      (statement) => (statement.Action = ["logs:CreateLogDelivery"]),
    );
    const [finding, ...others] = preflight(broken.resources);
    assert.deepEqual(others, []);
    assert.match(
      finding.detail,
      /^its role webhook-workflow-role cannot call logs:GetLogDelivery, (logs:\w+, ){5}logs:DescribeLogGroups on \*\.$/,
    );
  });
});
