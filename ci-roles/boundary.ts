import { allow, type Statement } from "./document";
import {
  arnOf,
  bucketArns,
  destinationQueueArns,
  eventBusArn,
  functionArns,
  keyArns,
  listenerArns,
  logGroupArns,
  mappingArns,
  ownTag,
  ownTagIfAny,
  queueArn,
  secretArns,
  stateMachineArn,
  tableArns,
  topicArn,
  type Scope,
} from "./scope";

type Uses = [service: string, actions: string[]];

const useQueues: Uses = [
  "sqs",
  ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "GetQueueUrl"],
];

/** All actions that functions, workflow, pipe and schedule use, on the stack's own resources only. */
const uses: Uses[] = [
  ["dynamodb", ["*Item", "Query", "DescribeTable", "DescribeStream", "GetRecords", "GetShardIterator"]],
  ["events", ["PutEvents"]],
  ["lambda", ["InvokeFunction"]],
  ["logs", ["CreateLogStream", "PutLogEvents"]],
  ["s3", ["GetObject", "PutObject", "DeleteObject", "ListBucket"]],
  ["sns", ["Publish"]],
  useQueues,
  ["states", ["StartExecution", "StartSyncExecution"]],
];

const named = ([service, actions]: Uses) => actions.map((action) => `${service}:${action}`);

/**
 * Lists the most that a stack's role can be allowed, whatever a deployment writes into its policies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function boundary(scope: Scope): Statement[] {
  return [
    allow("UseNamed", uses.flatMap(named), [
      ...tableArns(scope).flatMap((arn) => [arn, `${arn}/*`]),
      eventBusArn(scope),
      ...functionArns(scope),
      ...streamArnsOfFunctions(scope),
      ...bucketArns(scope).flatMap((arn) => [arn, `${arn}/*`]),
      topicArn(scope),
      queueArn(scope),
      stateMachineArn(scope),
    ]),
    allow("UseDestinations", named(useQueues), destinationQueueArns(scope), ownTag(scope)),
    allow("PauseDestinations", ["lambda:UpdateEventSourceMapping"], mappingArns(scope), ownTag(scope)),
    allow(
      "RemoveListeners",
      ["events:ListTagsForResource", "events:RemoveTargets", "events:DeleteRule", "sqs:DeleteQueue"],
      listenerArns(scope),
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
    allow("UseAccount", actionsWithoutResource, "*"),
  ];
}

/** Lists the log streams of the stack's functions. The logs of workflow, pipe and firewall are delivered by AWS, not with a role's permissions. */
const streamArnsOfFunctions = (scope: Scope) => logGroupArns(scope).filter((arn) => /:\/aws\/lambda\/.+:\*$/.test(arn));

/** Allows writing all log groups except those of stacks: API Gateway writes the logs of every API in the account and region with one stack's role.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function writeApiLogs(scope: Scope): Statement {
  const others = ["/aws/lambda/webhook-*", "/aws/vendedlogs/*/webhook-*", "aws-waf-logs-webhook-*"];
  return {
    Sid: "WriteApiLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    NotResource: others.map((group) => arnOf(scope, "logs", `log-group:${group}`)),
  };
}

/** Allows Lambda, but not the function's code, to create network interfaces in the stack's own network. Lambda's interfaces have no tag.
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

/** Actions of roles that cannot be limited to a resource: traces and log delivery. */
const actionsWithoutResource = [
  "dynamodb:ListStreams",
  "events:ListRules",
  "lambda:ListEventSourceMappings",
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
