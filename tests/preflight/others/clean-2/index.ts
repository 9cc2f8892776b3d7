import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const account = aws.getCallerIdentityOutput().accountId;
const region = aws.getRegionOutput().region;
const partition = aws.getPartitionOutput().partition;
type Text = pulumi.Input<string>;
const arn = (service: string, rest: Text) => pulumi.interpolate`arn:${partition}:${service}:${region}:${account}:${rest}`;
const document = (...Statement: object[]) => pulumi.jsonStringify({ Version: "2012-10-17", Statement });
const may = (Action: string | string[], Resource: Text | Text[], more: object = {}) => ({ Effect: "Allow", Action, Resource, ...more });
const trusting = (service: string) => document({ Effect: "Allow", Action: ["sts:AssumeRole"], Principal: { Service: [service] } });
const roleOf = (name: string, service: string) => new aws.iam.Role(name, { assumeRolePolicy: trusting(`${service}.amazonaws.com`) });

// One key: the function uses it by the key's own policy, the workflow by the alias
const clerkRole = roleOf("clerk", "lambda");
const logService = pulumi.interpolate`logs.${region}.amazonaws.com`;
const logContext = { ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn("logs", "log-group:*") } };
const logCrypto = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"];
const keyPolicy = document(
  may("kms:*", "*", { Principal: { AWS: account } }),
  may(["kms:Decrypt", "kms:GenerateDataKey"], "*", { Principal: { AWS: clerkRole.arn } }),
  may(["kms:Decrypt", "kms:GenerateDataKey*"], "*", { Principal: { Service: "cloudwatch.amazonaws.com" } }),
  may(logCrypto, "*", { Principal: { Service: logService }, Condition: logContext }),
);
const key = new aws.kms.Key("kiosk", { enableKeyRotation: true, policy: keyPolicy });
const alias = new aws.kms.Alias("kiosk", { name: "alias/awsome-kiosk", targetKeyId: key.arn });
const byAlias = may("kms:Decrypt", "*", { Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias.name } } });
const logs = new aws.cloudwatch.LogGroup("kiosk", { name: "/aws/vendedlogs/kiosk", retentionInDays: 14, kmsKeyId: key.arn });
const secret = new aws.secretsmanager.Secret("signing", { recoveryWindowInDays: 0, kmsKeyId: key.arn });

// Table, queue and topic
const table = new aws.dynamodb.Table("sales", {
  ...{ billingMode: "PROVISIONED", readCapacity: 5, writeCapacity: 5, hashKey: "kiosk", rangeKey: "sale" },
  attributes: ["kiosk", "sale", "clerk"].map((name) => ({ name, type: "S" })),
  localSecondaryIndexes: [{ name: "byClerk", rangeKey: "clerk", projectionType: "INCLUDE", nonKeyAttributes: ["total"] }],
  serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
  ...{ streamEnabled: true, streamViewType: "KEYS_ONLY" },
});
const fifo = { fifoQueue: true, contentBasedDeduplication: true, visibilityTimeoutSeconds: 120 };
const jobs = new aws.sqs.Queue("jobs", { ...fifo, name: "kiosk-jobs.fifo" });
const topic = new aws.sns.Topic("kiosk", { kmsMasterKeyId: alias.arn });
const ownAccount = { Principal: { AWS: "*" }, Condition: { StringEquals: { "AWS:SourceOwner": account } } };
new aws.sns.TopicPolicy("kiosk", { arn: topic.arn, policy: document(may(["SNS:Publish", "SNS:Subscribe"], topic.arn, ownAccount)) });

// Function
const clerkPolicy = document(
  may(["sqs:Receive*", "sqs:DeleteMessage", "sqs:GetQueue*"], arn("sqs", "kiosk-*")),
  may(["dynamodb:*Item", "dynamodb:Query"], [table.arn, pulumi.interpolate`${table.arn}/index/*`]),
  may("secretsmanager:GetSecretValue", secret.arn),
  may("sns:Publish", topic.arn),
  may(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.interpolate`${logs.arn}:*`),
);
const clerkAccess = new aws.iam.RolePolicy("clerk", { role: clerkRole.id, policy: clerkPolicy });
const sizes = { runtime: "nodejs22.x", handler: "index.handler", timeout: 120, memorySize: 10240, publish: true };
const variables = { TABLE: table.name, SIGNING_SECRET: secret.name, AWS_MAX_ATTEMPTS: "5", NODE_OPTIONS: "--enable-source-maps" };
const code = new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});") });
const outputs = { deadLetterConfig: { targetArn: topic.arn }, loggingConfig: { logFormat: "JSON", logGroup: logs.name } };
const setup = { ...sizes, ...outputs, role: clerkRole.arn, code, kmsKeyArn: key.arn, environment: { variables } };
const clerk = new aws.lambda.Function("clerk", setup, { dependsOn: clerkAccess });
const live = new aws.lambda.Alias("live", { name: "live", functionName: clerk.arn, functionVersion: clerk.version });
const batches = { batchSize: 10, functionResponseTypes: ["ReportBatchItemFailures"], scalingConfig: { maximumConcurrency: 2 } };
new aws.lambda.EventSourceMapping("jobs", { ...batches, eventSourceArn: jobs.arn, functionName: live.arn });
const letIn = (name: string, principal: string, sourceArn: Text) =>
  new aws.lambda.Permission(name, { action: "lambda:InvokeFunction", function: clerk.name, qualifier: live.name, principal, sourceArn });

// API: its role calls the function and the queue
const gatewayRole = roleOf("gateway", "apigateway");
const policyArn = aws.iam.ManagedPolicy.AmazonAPIGatewayPushToCloudWatchLogs;
const pushing = new aws.iam.RolePolicyAttachment("gateway", { role: gatewayRole.name, policyArn });
const calling = document(may("lambda:InvokeFunction", live.arn), may("sqs:SendMessage", jobs.arn));
const gatewayAccess = new aws.iam.RolePolicy("gateway", { role: gatewayRole.name, policy: calling });
const path = { name: "proxy", in: "path", required: true, type: "string" };
const backend = (integration: object, ...parameters: object[]) => ({
  ...{ parameters, responses: { "200": { description: "OK" } } },
  "x-amazon-apigateway-integration": { responses: { default: { statusCode: "200" } }, ...integration },
});
const mock = { type: "mock", requestTemplates: { "application/json": '{"statusCode": 200}' } };
const uri = pulumi.interpolate`arn:${partition}:apigateway:${region}:sqs:path/${account}/${jobs.name}`;
const form = { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" };
const message = { "application/json": "Action=SendMessage&MessageGroupId=api&MessageBody=$util.urlEncode($input.body)" };
const signed = { httpMethod: "POST", credentials: gatewayRole.arn };
const enqueue = { ...signed, type: "aws", uri, requestParameters: form, requestTemplates: message };
const security = [{ iam: [] }];
const body = pulumi.jsonStringify({
  ...{ swagger: "2.0", info: { title: "kiosk", version: "3" } },
  paths: {
    "/health": { get: { ...backend(mock), security: [] } },
    "/jobs": { post: { ...backend(enqueue), security } },
    "/sales/{proxy+}": {
      "x-amazon-apigateway-any-method": { ...backend({ ...signed, type: "aws_proxy", uri: live.invokeArn }, path), security },
    },
  },
  securityDefinitions: { iam: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" } },
});
const api = new aws.apigateway.RestApi("kiosk", { name: "kiosk", body }, { dependsOn: gatewayAccess });
const triggers = { body: body.apply((text) => createHash("sha1").update(text).digest("hex")) };
const deployment = new aws.apigateway.Deployment("kiosk", { restApi: api.id, triggers });
const gateway = new aws.apigateway.Account("gateway", { cloudwatchRoleArn: gatewayRole.arn }, { dependsOn: pushing });
const logged = { accessLogSettings: { destinationArn: logs.arn, format: "$context.requestId" } };
const cache = { cacheClusterEnabled: true, cacheClusterSize: "0.5" };
const served = { restApi: api.id, deployment: deployment.id, stageName: "v3" };
const stage = new aws.apigateway.Stage("v3", { ...served, ...cache, ...logged }, { dependsOn: gateway });
const settings = { metricsEnabled: true, loggingLevel: "OFF", cachingEnabled: true, cacheTtlInSeconds: 60 };
new aws.apigateway.MethodSettings("v3", { restApi: api.id, stageName: stage.stageName, methodPath: "*/*", settings });
const seen = (metricName: string) => ({ visibilityConfig: { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName } });
const inputs = { managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesKnownBadInputsRuleSet" } };
const flood = { rateBasedStatement: { aggregateKeyType: "IP", limit: 10, evaluationWindowSec: 60 } };
const floodRule = { name: "flood", priority: 70, action: { block: {} }, statement: flood, ...seen("flood") };
const rules = [floodRule, { name: "inputs", priority: 0, overrideAction: { count: {} }, statement: inputs, ...seen("inputs") }];
const acl = new aws.wafv2.WebAcl("kiosk", { scope: "REGIONAL", defaultAction: { allow: {} }, rules, ...seen("kiosk") });
const aclLogs = new aws.cloudwatch.LogGroup("waf", { namePrefix: "aws-waf-logs-kiosk-", retentionInDays: 7 });
new aws.wafv2.WebAclLoggingConfiguration("kiosk", { resourceArn: acl.arn, logDestinationConfigs: [aclLogs.arn] });
const stageArn = pulumi.interpolate`arn:${partition}:apigateway:${region}::/restapis/${api.id}/stages/${stage.stageName}`;
new aws.wafv2.WebAclAssociation("kiosk", { resourceArn: stageArn, webAclArn: acl.arn });

// Workflow over new sales: JSONPath, and one state in JSONata
const bus = new aws.cloudwatch.EventBus("kiosk", { name: "kiosk" });
const flowRole = roleOf("flow", "states");
const flowPolicy = document(
  ...[may("dynamodb:UpdateItem", table.arn), may("sqs:SendMessage", jobs.arn), may("events:PutEvents", "*"), byAlias],
  may(["logs:*LogDeliver*", "logs:PutResourcePolicy", "logs:Describe*"], "*"),
);
const flowAccess = new aws.iam.RolePolicy("flow", { role: flowRole.id, policy: flowPolicy });
const task = (resource: string, rest: object) => ({ Type: "Task", Resource: `arn:aws:states:::${resource}`, ...rest });
const sale = { kiosk: { "S.$": "$.kiosk.S" }, sale: { "S.$": "$.sale.S" } };
const values = { ":steps": { N: "1" }, ":at": { "S.$": "$$.State.EnteredTime" } };
const names = { ExpressionAttributeNames: { "#date": "date" }, ExpressionAttributeValues: values };
const Parameters = { TableName: table.name, Key: sale, UpdateExpression: "SET #date = :at ADD steps :steps", ...names };
const stamp = task("dynamodb:updateItem", { Parameters });
const job = { QueueUrl: jobs.url, MessageGroupId: "{% $states.input.kiosk.S %}", MessageBody: { text: "$.sale costs $5" } };
const send = task("sqs:sendMessage", { QueryLanguage: "JSONata", Arguments: job, Output: "{% $states.input %}" });
const happened = { Source: "kiosk.flow", DetailType: "Sale", Detail: { "sale.$": "$.sale.S" } };
const tell = task("events:putEvents", { Parameters: { Entries: [{ ...happened, EventBusName: bus.arn }, happened] } });
const caught = { ErrorEquals: ["States.ALL"], Next: "Tell", ResultPath: "$.error" };
const Catch = [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException", "States.Timeout"], Next: "Send", ResultPath: null }, caught];
const States = {
  Pick: { Type: "Pass", InputPath: "$[0].dynamodb.Keys", Next: "Stamp" },
  Stamp: { ...stamp, ResultPath: null, Catch, Next: "Send" },
  Send: { ...send, Next: "Tell" },
  Tell: { ...tell, End: true },
};
const loggingConfiguration = { level: "ALL", logDestination: pulumi.interpolate`${logs.arn}:*` };
const express = { type: "EXPRESS", loggingConfiguration, definition: pulumi.jsonStringify({ StartAt: "Pick", States }) };
const flow = new aws.sfn.StateMachine("flow", { ...express, roleArn: flowRole.arn }, { dependsOn: flowAccess });
const pipeRole = roleOf("pipe", "pipes");
const piping = document(may("dynamodb:*", table.streamArn), may("states:StartSyncExecution", flow.arn), may("kms:Decrypt", key.arn));
const pipeAccess = new aws.iam.RolePolicy("pipe", { role: pipeRole.name, policy: piping });
const filters = [{ pattern: JSON.stringify({ eventName: ["INSERT"], dynamodb: { Keys: { kiosk: { S: [{ prefix: "city-" }] } } } }) }];
const sourceParameters = { dynamodbStreamParameters: { startingPosition: "TRIM_HORIZON", batchSize: 1 }, filterCriteria: { filters } };
const ends = { source: table.streamArn, target: flow.arn, roleArn: pipeRole.arn, sourceParameters };
new aws.pipes.Pipe("sales", ends, { dependsOn: pipeAccess });
const $or = [{ "detail-type": ["Sale"] }, { detail: { total: [{ numeric: [">", 9] }] } }];
const eventPattern = JSON.stringify({ source: [{ prefix: "kiosk." }], $or });
const told = new aws.cloudwatch.EventRule("told", { eventBusName: bus.name, eventPattern });
new aws.cloudwatch.EventTarget("told", { rule: told.name, eventBusName: bus.arn, arn: live.arn });
letIn("told", "events.amazonaws.com", told.arn);

// Watching
const watched = { namespace: "AWS/ApiGateway", dimensions: { ApiName: api.name, Stage: stage.stageName }, period: 300 };
const counted = (id: string, metricName: string, stat: string) => ({ id, metric: { ...watched, metricName, stat } });
const share = { id: "share", expression: "IF(calls > 10, 100 * FILL(errors, 0) / calls, 0)", label: "Bad", returnData: true };
const above = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 3, threshold: 1 };
const metricQueries = [counted("errors", "5XXError", "Sum"), counted("calls", "Count", "Sum"), share];
const failing = new aws.cloudwatch.MetricAlarm("failing", { ...above, name: "Kiosk fails", metricQueries });
const band = { id: "band", expression: "ANOMALY_DETECTION_BAND(slow, 2)", label: "Expected", returnData: true };
const odd = new aws.cloudwatch.MetricAlarm("odd", {
  ...{ comparisonOperator: "LessThanLowerOrGreaterThanUpperThreshold", evaluationPeriods: 2, thresholdMetricId: "band" },
  metricQueries: [{ ...counted("slow", "Latency", "p90"), returnData: true }, band],
});
const fine = { namespace: "Kiosk", metricName: "Queue", extendedStatistic: "p99.9", period: 10 };
const waiting = new aws.cloudwatch.MetricAlarm("waiting", { ...above, ...fine, alarmActions: [live.arn] });
letIn("waiting", "lambda.alarms.cloudwatch.amazonaws.com", waiting.arn);
const alarmRule = pulumi.interpolate`ALARM("${failing.name}") AND NOT (OK(${odd.arn}) OR INSUFFICIENT_DATA(${waiting.name}))`;
const bad = new aws.cloudwatch.CompositeAlarm("bad", { alarmName: "kiosk-bad", alarmRule, alarmActions: [topic.arn] });
const found = { id: "e1", expression: "SEARCH('{AWS/ApiGateway,ApiName,Stage} MetricName=\"Count\"', 'Sum', 300)" };
const widgets = [
  { type: "metric", width: 24, height: 3, properties: { region, metrics: [[found]] } },
  { type: "log", width: 12, height: 6, properties: { region, query: pulumi.interpolate`SOURCE '${logs.name}' | limit 20`, view: "table" } },
  { type: "alarm", width: 12, height: 6, properties: { alarms: [bad.arn, failing.arn] } },
];
new aws.cloudwatch.Dashboard("kiosk", { dashboardName: "kiosk", dashboardBody: pulumi.jsonStringify({ widgets }) });
