import { parseStatements, type Statement } from "./document";

/** Actions that Lambda requires in a VPC with a function's role, on `*`, because the interfaces do not exist yet.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
export const networkActions = [
  "ec2:CreateNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/** Actions of AWS-managed policies that functions and API Gateway commonly use, by policy name. Other managed policies are unknown.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html */
const managed: Record<string, string[]> = {
  AmazonAPIGatewayPushToCloudWatchLogs: [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
  ],
  AWSLambdaBasicExecutionRole: logs,
  AWSLambdaDynamoDBExecutionRole: [
    ...logs,
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ],
  AWSLambdaSQSQueueExecutionRole: [...logs, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  AWSLambdaVPCAccessExecutionRole: [...logs, ...networkActions],
  AWSXRayDaemonWriteAccess: [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
  ],
};

/** Returns the statements of an AWS-managed policy by its ARN; `undefined` if it is unknown. */
export function managedStatements(arn: string): Statement[] | undefined {
  const name = /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1] ?? "";
  return Object.hasOwn(managed, name)
    ? parseStatements({ Statement: { Effect: "Allow", Action: managed[name], Resource: "*" } })
    : undefined;
}
