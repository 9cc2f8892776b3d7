import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackContext } from "./context";
import { document, trust } from "./policies";

/**
 * Lets API Gateway write logs, for the whole account and region. All of it stays when the stack goes: deleting the account's setting, or the
 * role that it names, would switch off logging for everybody else in the region. A role that stays keeps its name, so Pulumi gives each
 * one a random ending: the next deployment makes another and points the account at it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function createLoggingAccount(context: StackContext, parent: pulumi.Resource): aws.apigateway.Account {
  const options = { parent, retainOnDelete: true };
  const role = new aws.iam.Role(
    context.name("apiGatewayLogsRole"),
    {
      description: "Lets API Gateway write logs, for every API of a region",
      assumeRolePolicy: document([trust("apigateway.amazonaws.com")]),
    },
    options,
  );
  const policy = new aws.iam.RolePolicyAttachment(
    "api-gateway-logs",
    {
      role: role.name,
      policyArn: pulumi.interpolate`arn:${context.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    },
    options,
  );
  return new aws.apigateway.Account("api-gateway", { cloudwatchRoleArn: role.arn }, { ...options, dependsOn: [policy] });
}

/** One JSON line a request: who, what, how long, how it ended. Never a body, a header or a query string.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html */
export function accessLogFormat(): string {
  const text = [
    "requestId",
    "requestTime",
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
