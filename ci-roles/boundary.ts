import { allow, type Statement } from "./document";
import {
  arnOf,
  bucketArns,
  eventBusArn,
  functionArns,
  keyArns,
  logGroupArns,
  ownTag,
  ownTagIfAny,
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
 * Returns the most that a role of the stack may do, whatever a deployment writes into its policies.
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
        ...logGroupArns(scope).filter((arn) => arn.endsWith(":*")),
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
    ...(scope.stack.managesApiGatewayAccount ? [writeApiLogs(scope)] : []),
    ...(scope.stack.hasPrivateNetwork ? joinNetwork(scope) : []),
    allow("UseAccount", aboutNothing, "*"),
  ];
}

/** API Gateway writes the logs of every API of the account and region with the role of the stack that owns it: hence all log groups but those
 * that a stack's name begins. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function writeApiLogs(scope: Scope): Statement {
  const others = ["/aws/lambda/webhook-*", "/aws/vendedlogs/*/webhook-*", "aws-waf-logs-webhook-*"];
  return {
    Sid: "WriteApiLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    NotResource: others.map((group) => arnOf(scope, "logs", `log-group:${group}`)),
  };
}

/** Lambda makes a function's interfaces in the role's name, in the stack's own network; the code itself makes none. An interface of Lambda has
 * no tag.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html */
function joinNetwork(scope: Scope): Statement[] {
  const [subnet, group, networkInterface] = ["subnet", "security-group", "network-interface"].map((kind) =>
    arnOf(scope, "ec2", `${kind}/*`),
  );
  const changes = ["AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface", "UnassignPrivateIpAddresses"];
  const notByCode = { Null: { "lambda:SourceFunctionArn": "true" } };
  return [
    allow("JoinNetwork", ["ec2:CreateNetworkInterface"], [subnet, group], { ...ownTag(scope), ...notByCode }),
    allow(
      "ManageInterfaces",
      changes.map((action) => `ec2:${action}`),
      networkInterface,
      { ...ownTagIfAny(scope), ...notByCode },
    ),
    allow("DescribeNetwork", ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"], "*"),
  ];
}

/** Calls of roles that are about no resource: traces, and deliveries of logs. */
const aboutNothing = [
  "dynamodb:ListStreams",
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
