import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const account = aws.getCallerIdentityOutput().accountId;
const region = aws.getRegionOutput().region;
const partition = aws.getPartitionOutput().partition;
const virginia = new aws.Provider("virginia", { region: "us-east-1" });
const policy = (...Statement: object[]) => pulumi.jsonStringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource?: unknown, Condition?: object) => ({ Effect: "Allow", Action, Resource, Condition });
const by = (Service: string | string[], statement: object) => ({ ...statement, Principal: { Service } });
const trust = (service: string, condition?: object) => policy(by(service, allow("sts:AssumeRole", undefined, condition)));

// Encryption: IAM decides for roles, the key itself for services
const services = ["sns.amazonaws.com", "events.amazonaws.com", "cloudwatch.amazonaws.com"];
const root = pulumi.interpolate`arn:${partition}:iam::${account}:root`;
const key = new aws.kms.Key("shop", {
  enableKeyRotation: true,
  policy: policy({ ...allow("kms:*", "*"), Principal: { AWS: root } }, by(services, allow(["kms:Decrypt", "kms:GenerateDataKey*"], "*"))),
});
const alias = new aws.kms.Alias("shop", { name: "alias/shop", targetKeyId: key.keyId });
const useKey = allow(["kms:Dec*", "kms:GenerateDataKey*"], key.arn);

// Topic and queues
const topic = new aws.sns.Topic("shop", { name: "shop-events", kmsMasterKeyId: alias.name });
const dead = new aws.sqs.Queue("dead", { kmsMasterKeyId: key.arn, messageRetentionSeconds: 1209600 });
const redrivePolicy = pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 });
const work = new aws.sqs.Queue("work", { kmsMasterKeyId: key.keyId, visibilityTimeoutSeconds: 200, redrivePolicy });
const audit = new aws.sqs.Queue("audit", { fifoQueue: true, contentBasedDeduplication: true, kmsMasterKeyId: alias.name });
const hourly = new aws.cloudwatch.EventRule("hourly", { scheduleExpression: "rate(1 hour)" });
const insecure = { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
const shopTopics = { StringLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:sns:*:${account}:shop-*` } };
const workPolicy = new aws.sqs.QueuePolicy("work", {
  queueUrl: work.id,
  policy: policy({ ...insecure, Action: "sqs:*", Resource: work.arn }, { ...allow("SQS:SendMessage", "*", shopTopics), Principal: "*" }),
});
const fromRule = by("events.amazonaws.com", allow("sqs:SendMessage", audit.arn, { ArnLike: { "AWS:SourceArn": hourly.arn } }));
new aws.sqs.QueuePolicy("audit", { queueUrl: audit.url, policy: pulumi.jsonStringify({ Version: "2008-10-17", Statement: fromRule }) });
new aws.cloudwatch.EventTarget("hourly", { rule: hourly.name, arn: audit.arn, sqsTarget: { messageGroupId: "hourly" } });
const fromAlarms = by("cloudwatch.amazonaws.com", allow("SNS:Publish", topic.arn, { StringEquals: { "aws:SourceAccount": account } }));
new aws.sns.TopicPolicy("shop", {
  arn: topic.arn,
  policy: policy({ ...insecure, Action: "sns:Publish", Resource: topic.arn }, fromAlarms),
});
const filterPolicy = JSON.stringify({ batch: { records: [{ numeric: [">", 0] }] } });
const subscription = { topic: topic.arn, protocol: "sqs", endpoint: work.arn, filterPolicyScope: "MessageBody", filterPolicy };
new aws.sns.TopicSubscription("work", subscription, { dependsOn: workPolicy });

// Table, function and the queue's consumer
const table = new aws.dynamodb.Table("orders", {
  billingMode: "PAY_PER_REQUEST",
  attributes: ["customer", "order", "status"].map((name) => ({ name, type: "S" })),
  hashKey: "customer",
  rangeKey: "order",
  globalSecondaryIndexes: [{ name: "status", hashKey: "status", rangeKey: "customer", projectionType: "KEYS_ONLY" }],
  ttl: { enabled: true, attributeName: "expires" },
  streamEnabled: true,
  streamViewType: "NEW_AND_OLD_IMAGES",
});
const role = new aws.iam.Role("shop", { assumeRolePolicy: trust("lambda.amazonaws.com") });
const polling = new aws.iam.RolePolicyAttachment("shop", { role, policyArn: aws.iam.ManagedPolicy.AWSLambdaSQSQueueExecutionRole });
const viaQueue = { StringEquals: { "kms:ViaService": pulumi.interpolate`sqs.${region}.amazonaws.com` } };
const access = new aws.iam.RolePolicy("shop", {
  role: role.name,
  policy: policy(
    { ...useKey, Condition: viaQueue },
    { Effect: "Allow", NotAction: ["dynamodb:DeleteTable", "dynamodb:UpdateTable"], Resource: pulumi.interpolate`${table.arn}*` },
    { Effect: "Deny", Action: "dynamodb:*", NotResource: [table.arn, pulumi.interpolate`${table.arn}/index/*`] },
    allow("ssm:Get*", pulumi.interpolate`arn:${partition}:ssm:${region}:${account}:parameter/shop/*`),
  ),
});
const fn = new aws.lambda.Function("shop", {
  role: role.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  timeout: 30,
  publish: true,
  code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});") }),
  environment: { variables: { TABLE: table.name, TOKEN_TTL_SECONDS: "3600", PASSWORD_PARAMETER: "/shop/password" } },
});
const live = new aws.lambda.Alias("live", { name: "live", functionName: fn.name, functionVersion: fn.version });
const poller = { eventSourceArn: work.arn, functionName: live.arn, batchSize: 500, maximumBatchingWindowInSeconds: 20 };
new aws.lambda.EventSourceMapping("work", poller, { dependsOn: [polling, access] });

// API
const logs = new aws.cloudwatch.LogGroup("shop", { name: "/aws/vendedlogs/shop", retentionInDays: 365 });
const api = new aws.apigateway.RestApi("shop", {});
const proxy = new aws.apigateway.Resource("proxy", { restApi: api.id, parentId: api.rootResourceId, pathPart: "{proxy+}" });
const route = { restApi: api.id, resourceId: proxy.id };
const { httpMethod } = new aws.apigateway.Method("any", { ...route, httpMethod: "ANY", authorization: "AWS_IAM" });
const backend = { ...route, httpMethod, type: "AWS_PROXY", integrationHttpMethod: "POST", uri: live.invokeArn };
const integration = new aws.apigateway.Integration("any", backend);
const sourceArn = pulumi.interpolate`${api.executionArn}/*`;
const invoke = { action: "lambda:InvokeFunction", function: fn.name, qualifier: live.name };
new aws.lambda.Permission("api", { ...invoke, principal: "apigateway.amazonaws.com", sourceArn });
const deployment = new aws.apigateway.Deployment("shop", { restApi: api.id, triggers: { integration: integration.id } });
const gateway = new aws.iam.Role("gateway", { assumeRolePolicy: trust("apigateway.amazonaws.com") });
const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;
const pushing = new aws.iam.RolePolicyAttachment("gateway", { role: gateway, policyArn });
const dependsOn = new aws.apigateway.Account("gateway", { cloudwatchRoleArn: gateway.arn }, { dependsOn: pushing });
const accessLogSettings = { destinationArn: logs.arn, format: "$context.extendedRequestId $context.identity.sourceIp $context.status" };
new aws.apigateway.Stage("v1", { restApi: api.id, deployment: deployment.id, stageName: "v1", accessLogSettings }, { dependsOn });

// Workflow over the changes of the table
const machines = { ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:states:${region}:${account}:stateMachine:*` } };
const flowRole = new aws.iam.Role("flow", { assumeRolePolicy: trust("states.amazonaws.com", machines) });
const flowPolicy = new aws.iam.RolePolicy("flow", {
  role: flowRole.id,
  policy: policy(
    allow("lambda:InvokeFunction", pulumi.interpolate`${fn.arn}:*`),
    allow(["dynamodb:Get*", "sqs:SendMessage", "sns:Publish"], [table.arn, work.arn, topic.arn]),
    allow(["logs:*LogDeliver*", "logs:CreateLogStream", "logs:Put*", "logs:Describe*"], "*"),
    { Effect: "Deny", Action: "sns:Publish", Resource: "*", Condition: { StringNotLike: { "aws:ResourceAccount": account } } },
    useKey,
  ),
});
const keys = { customer: { "S.$": "$.dynamodb.Keys.customer.S" }, order: { "S.$": "$.dynamodb.Keys.order.S" } };
const read = { Type: "Task", Resource: "arn:aws:states:::dynamodb:getItem", Parameters: { TableName: table.name, Key: keys } };
const message = { QueueUrl: work.url, MessageBody: { "token.$": "$$.Task.Token", price: "$5" } };
const ask = { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken", Parameters: message, HeartbeatSeconds: 3600 };
const Catch = [{ ErrorEquals: ["States.ALL"], Next: "Give up" }];
const States = {
  Read: { ...read, Next: "Judge" },
  Judge: { Type: "Task", Resource: live.arn, Catch, Next: "Ask" },
  Ask: { ...ask, Catch, End: true },
  "Give up": { Type: "Pass", Result: "$.none", End: true },
};
const each = { Type: "Map", MaxConcurrency: 5, ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Read", States } };
const published = { TopicArn: topic.arn, Message: { batch: { "records.$": "States.ArrayLength($)" } } };
const publish = { Type: "Task", Resource: "arn:aws:states:::sns:publish", Parameters: published, End: true };
const flow = new aws.sfn.StateMachine("flow", {
  roleArn: pulumi.all([flowRole.arn, flowPolicy.id]).apply(([arn]) => arn),
  loggingConfiguration: { level: "ALL", logDestination: pulumi.interpolate`${logs.arn}:*` },
  definition: pulumi.jsonStringify({ StartAt: "Each", States: { Each: { ...each, Next: "Publish" }, Publish: publish } }),
});
new aws.iam.RolePolicy("answer", { role, policy: policy(allow("states:SendTask*", flow.arn)) });
const pipeRole = new aws.iam.Role("pipe", { assumeRolePolicy: trust("pipes.amazonaws.com") });
const pipePolicy = new aws.iam.RolePolicy("pipe", {
  role: pipeRole.id,
  policy: policy(allow(["dynamodb:*Stream*", "dynamodb:Get*"], table.streamArn), allow("states:Start*", flow.arn)),
});
const pattern = JSON.stringify({ dynamodb: { OldImage: { status: { S: ["PAID"] } }, NewImage: { note: { S: [{ exists: false }] } } } });
const sourceParameters = {
  dynamodbStreamParameters: { startingPosition: "TRIM_HORIZON", maximumRecordAgeInSeconds: -1, maximumRetryAttempts: 10 },
  filterCriteria: { filters: [{ pattern }] },
};
const targetParameters = { stepFunctionStateMachineParameters: { invocationType: "FIRE_AND_FORGET" } };
const ends = { source: table.streamArn, target: flow.arn, sourceParameters, targetParameters };
new aws.pipes.Pipe("pipe", { ...ends, roleArn: pipeRole.arn }, { dependsOn: pipePolicy });

// Watching
const above = { comparisonOperator: "GreaterThanThreshold", statistic: "Maximum" };
const dimensions = { QueueName: dead.name };
const given = {
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions,
  threshold: 0,
  alarmActions: [topic.arn],
};
const stuck = new aws.cloudwatch.MetricAlarm("stuck", { ...above, ...given, period: 3600, evaluationPeriods: 48 });
const bills = new aws.sns.Topic("bills", {}, { provider: virginia });
const spent = { namespace: "AWS/Billing", metricName: "EstimatedCharges", dimensions: { Currency: "USD" }, alarmActions: [bills.arn] };
const month = { ...above, ...spent, period: 21600, evaluationPeriods: 1, threshold: 50 };
const cost = new aws.cloudwatch.MetricAlarm("cost", month, { provider: virginia });
const sent = ["AWS/SQS", "NumberOfMessagesSent", "QueueName", work.name, { id: "m1", visible: false }];
const metrics = [sent, ["...", audit.name, { id: "m2" }], [{ id: "e1", expression: "m1 + m2", label: "All" }]];
const widgets = [
  { type: "text", width: 24, height: 1, properties: { markdown: "Shop" } },
  { type: "metric", width: 12, height: 6, properties: { region, metrics, stat: "Sum" } },
  { type: "metric", width: 6, height: 6, properties: { region: "us-east-1", title: "Cost", annotations: { alarms: [cost.arn] } } },
  { type: "alarm", width: 6, height: 6, properties: { title: "Alarms", alarms: [stuck.arn] } },
];
new aws.cloudwatch.Dashboard("shop", { dashboardName: "shop", dashboardBody: pulumi.jsonStringify({ widgets }) });
