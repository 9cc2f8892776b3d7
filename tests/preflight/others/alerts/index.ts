import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const accountId = aws.getCallerIdentityOutput().accountId;
const region = aws.getRegionOutput().region;
const partition = aws.getPartitionOutput().partition;
const onCall = new pulumi.Config().get("onCall") ?? "on-call@example.com";

// The API under watch
const api = new aws.apigateway.RestApi("checkout", { name: "checkout", endpointConfiguration: { types: "REGIONAL" } });
const baskets = new aws.apigateway.Resource("baskets", { restApi: api.id, parentId: api.rootResourceId, pathPart: "baskets" });
const route = { restApi: api.id, resourceId: baskets.id };
const method = new aws.apigateway.Method("baskets", { ...route, httpMethod: "ANY", authorization: "AWS_IAM" });
const integration = new aws.apigateway.Integration("baskets", {
  ...route,
  httpMethod: method.httpMethod,
  type: "HTTP_PROXY",
  integrationHttpMethod: "ANY",
  uri: "https://baskets.example.com/v2/baskets",
});
const deployment = new aws.apigateway.Deployment("checkout", {
  restApi: api.id,
  triggers: { api: pulumi.jsonStringify([baskets.id, method.id, integration.id, integration.uri]) },
});
const stage = new aws.apigateway.Stage("checkout-live", { restApi: api.id, deployment: deployment.id, stageName: "live" });

// Web ACL in front of the stage
const acl = new aws.wafv2.WebAcl("checkout", {
  name: "checkout",
  scope: "REGIONAL",
  defaultAction: { allow: {} },
  rules: [
    {
      name: "common",
      priority: 1,
      statement: { managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" } },
      visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "common", sampledRequestsEnabled: true },
    },
    {
      name: "flood",
      priority: 2,
      action: { block: {} },
      statement: { rateBasedStatement: { aggregateKeyType: "IP", limit: 2000 } },
      visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "flood", sampledRequestsEnabled: true },
    },
  ],
  visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "checkout", sampledRequestsEnabled: true },
});
const aclLogs = new aws.cloudwatch.LogGroup("checkout-waf", { name: "/waf/checkout", retentionInDays: 30 });
new aws.wafv2.WebAclLoggingConfiguration("checkout", {
  resourceArn: acl.arn,
  logDestinationConfigs: [aclLogs.arn],
  redactedFields: [{ singleHeader: { name: "authorization" } }],
});
new aws.wafv2.WebAclAssociation("checkout", { resourceArn: stage.executionArn, webAclArn: acl.arn });

// Where the alarms go
const key = new aws.kms.Key("alerts", {
  description: "Encrypts the alerts",
  enableKeyRotation: true,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${accountId}:root` }, Action: "kms:*", Resource: "*" },
      {
        Effect: "Allow",
        Principal: { Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
      },
    ],
  }),
});
const topic = new aws.sns.Topic("alerts", { kmsMasterKeyId: key.arn });
new aws.sns.TopicPolicy("alerts", {
  arn: topic.arn,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Budgets",
        Effect: "Allow",
        Principal: { Service: "budgets.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic.arn,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  }),
});
new aws.sns.TopicSubscription("on-call", { topic: topic.arn, protocol: "email", endpoint: onCall });

// Alarms
const namespace = "AWS/ApiGateway";
const dimensions = { ApiName: api.name, Stage: stage.stageName };
const requests = (id: string, metricName: string) => ({ id, metric: { namespace, metricName, dimensions, stat: "Sum", period: 300 } });

const errorRate = new aws.cloudwatch.MetricAlarm("error-rate", {
  name: "checkout-error-rate",
  alarmDescription: "More than two percent of the requests fail",
  comparisonOperator: "GreaterThanThreshold",
  threshold: 2,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: "notBreaching",
  metricQueries: [
    { ...requests("failed", "5XXError"), returnData: true },
    requests("total", "Count"),
    { id: "share", expression: "100 * failed / total", label: "Failed (%)", returnData: true },
  ],
});

const slow = new aws.cloudwatch.MetricAlarm("slow", {
  name: "checkout-slow",
  alarmDescription: "The slowest answers take longer than three seconds",
  namespace,
  metricName: "Latency",
  dimensions,
  statistic: "p99",
  period: 300,
  evaluationPeriods: 3,
  threshold: 3000,
  comparisonOperator: "GreaterThanThreshold",
  treatMissingData: "notBreaching",
});

const outage = new aws.cloudwatch.MetricAlarm("outage", {
  name: "Checkout outage",
  alarmDescription: "Many requests fail within a minute",
  namespace,
  metricName: "5xx",
  dimensions,
  statistic: "Sum",
  period: 60,
  evaluationPeriods: 1,
  threshold: 50,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  treatMissingData: "notBreaching",
});

const blocked = new aws.cloudwatch.MetricAlarm("blocked", {
  name: "checkout-blocked",
  namespace: "AWS/WAFV2",
  metricName: "BlockedRequests",
  dimensions: { WebACL: acl.name, Rule: "ALL", Region: region },
  statistic: "Sum",
  period: 300,
  evaluationPeriods: 2,
  threshold: 1000,
  comparisonOperator: "GreaterThanThreshold",
  treatMissingData: "notBreaching",
  alarmActions: [topic.arn],
});

const unwell = new aws.cloudwatch.CompositeAlarm("unwell", {
  alarmName: "checkout-unwell",
  alarmDescription: "Customers notice",
  alarmRule: pulumi.interpolate`ALARM(${outage.name}) OR (ALARM(${errorRate.name}) AND ALARM(${slow.name}))`,
  alarmActions: [topic.arn],
  okActions: [topic.arn],
});

const chart = (title: string, x: number, properties: object) => ({
  ...{ type: "metric", x, y: 2, width: 8, height: 6 },
  properties: { title, region, view: "timeSeries", period: 300, ...properties },
});
new aws.cloudwatch.Dashboard("checkout", {
  dashboardName: "checkout",
  dashboardBody: pulumi.jsonStringify({
    widgets: [
      { type: "text", x: 0, y: 0, width: 24, height: 2, properties: { markdown: "# Checkout" } },
      chart("Requests", 0, { stat: "Sum", metrics: [[namespace, "Count", "ApiName", api.name, "Stage", stage.stageName]] }),
      chart("Latency", 8, { stat: "p99", metrics: [namespace, "Latency", "ApiName", api.name, "Stage", stage.stageName] }),
      { type: "alarm", x: 16, y: 2, width: 8, height: 6, properties: { title: "Alarms", alarms: [unwell.arn, blocked.arn] } },
    ],
  }),
});

export const url = stage.invokeUrl;
