import { allow, type Statement } from "./document";
import {
  arnOf,
  bucketArns,
  eventBusArn,
  functionArns,
  keyArns,
  logGroupArns,
  ownTag,
  queueArn,
  secretArns,
  stateMachineArn,
  tableArn,
  topicArn,
  type Scope,
} from "./scope";

type Uses = [service: string, actions: string[]];

/** What functions, workflow, pipe and schedule do at most, all of it with what is the stack's own. */
const uses: Uses[] = [
  ["dynamodb", ["*Item", "ConditionCheckItem", "Query", "Scan", "DescribeTable", "DescribeStream", "GetRecords", "GetShardIterator"]],
  ["events", ["PutEvents"]],
  ["lambda", ["InvokeFunction"]],
  ["logs", ["CreateLogStream", "PutLogEvents"]],
  ["s3", ["GetObject", "PutObject", "DeleteObject", "ListBucket"]],
  ["sns", ["Publish"]],
  ["sqs", ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "GetQueueUrl"]],
  ["states", ["StartExecution", "StartSyncExecution", "DescribeStateMachine"]],
];

/**
 * The most that a role of the stack may do, whatever a deployment writes into its policies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function boundary(scope: Scope): Statement[] {
  return [
    allow(
      "UseNamed",
      uses.flatMap(([service, actions]) => actions.map((action) => `${service}:${action}`)),
      [
        tableArn(scope),
        `${tableArn(scope)}/*`,
        eventBusArn(scope),
        ...functionArns(scope).flatMap((arn) => [arn, `${arn}:*`]),
        ...logGroupArns(scope),
        ...bucketArns(scope).flatMap((arn) => [arn, `${arn}/*`]),
        topicArn(scope),
        queueArn(scope),
        stateMachineArn(scope),
      ],
    ),
    allow("ReadSecrets", ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], secretArns(scope), ownTag(scope)),
    allow(
      "UseKeys",
      ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*"].map((action) => `kms:${action}`),
      keyArns(scope),
      ownTag(scope),
    ),
    writeApiLogs(scope),
    allow("UseAccount", aboutNothing, "*"),
  ];
}

/** API Gateway writes the logs of every API of the account and region with the role of one stack: hence all log groups but those that a
 * stack's name begins. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function writeApiLogs(scope: Scope): Statement {
  const others = ["/aws/lambda/webhook-*", "/aws/vendedlogs/*/webhook-*", "aws-waf-logs-webhook-*"];
  return {
    Sid: "WriteApiLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    NotResource: others.map((group) => arnOf(scope, "logs", `log-group:${group}`)),
  };
}

/** Calls of roles that are about no resource, or of which AWS knows none before: traces, deliveries of logs, interfaces in a network. */
const aboutNothing = [
  "dynamodb:ListStreams",
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
  "logs:*LogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "xray:GetSamplingRules",
  "xray:GetSamplingStatisticSummaries",
  "xray:GetSamplingTargets",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];
