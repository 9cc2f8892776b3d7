import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Metric, MetricDimension } from "../../domain/metrics";
import { protectedOptions, type StackContext } from "../lib/context";
import { document, trust } from "../lib/policies";
import { createRole } from "../lib/role";

/**
 * Creates the role with which API Gateway writes logs, for the whole account and region.
 *
 * It stays when the stack is destroyed: deleting the account's setting or its role would switch off logging for every API in the region.
 * Pulumi gives the role a random ending, so the next deployment can create another one and point the account at it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function createLoggingAccount(name: string, context: StackContext, parent: pulumi.Resource): aws.apigateway.Account {
  const options = { parent, retainOnDelete: true };
  const role = createRole(
    context,
    context.name("apiGatewayLogsRole"),
    {
      description: "Lets API Gateway write logs, for all APIs of the region",
      assumeRolePolicy: document([trust("apigateway.amazonaws.com")]),
    },
    options,
  );
  const policy = new aws.iam.RolePolicyAttachment(
    `${name}-logs`,
    {
      role: role.name,
      policyArn: pulumi.interpolate`arn:${context.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    },
    options,
  );
  return new aws.apigateway.Account(`${name}-account`, { cloudwatchRoleArn: role.arn }, { ...options, dependsOn: [policy] });
}

/** Metrics counted from the access log, each with the lines that it counts. Only a POST can carry an event. */
const counted = [
  { child: "throttled", filter: "throttledFilter", metric: Metric.throttled, pattern: '{ $.status = "429" }' },
  {
    child: "refused",
    filter: "refusedFilter",
    metric: Metric.refused,
    pattern: '{ ($.httpMethod = "POST") && ($.status = "4*") && ($.status != "401") && ($.status != "429") }',
  },
] as const;

/**
 * Counts refused and throttled webhooks from the access log. API Gateway's own 4XXError mixes them with a scanner's 404, and some sources
 * never send a refused or throttled webhook again.
 *
 * The stage is the dimension, because the stacks of an account share the namespace. Each count is a lower bound: API Gateway may leave its
 * own 413, 431 and excessive 429 out of log and metrics.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-monitor.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
export function countRefusals(name: string, context: StackContext, accessLog: aws.cloudwatch.LogGroup, parent: pulumi.Resource): void {
  for (const { child, filter, metric, pattern } of counted) {
    const dimensions = { [MetricDimension.stage]: "$.stage" };
    new aws.cloudwatch.LogMetricFilter(
      `${name}-${child}`,
      {
        name: context.name(filter),
        logGroupName: accessLog.name,
        pattern,
        metricTransformation: { name: metric, namespace: Metric.namespace, value: "1", unit: "Count", dimensions },
      },
      protectedOptions(context, parent),
    );
  }
}

/**
 * Returns the format of the access log: one JSON line per request, never with a body, a header or a query string.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export function accessLogFormat(): string {
  const text = [
    "requestId",
    "requestTime",
    "stage",
    "httpMethod",
    "path",
    "status",
    "responseLength",
    "responseLatency",
    "integrationLatency",
    "xrayTraceId",
  ];
  return JSON.stringify({
    ...Object.fromEntries(text.map((variable) => [variable, `$context.${variable}`])),
    sourceIp: "$context.identity.sourceIp",
    userAgent: "$context.identity.userAgent",
    errorType: "$context.error.responseType",
    integrationStatus: "$context.integration.status",
  });
}
