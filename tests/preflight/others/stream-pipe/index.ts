import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const accountId = aws.getCallerIdentityOutput().accountId;
const region = aws.getRegionOutput().region;

const inventory = new aws.dynamodb.Table("inventory", {
  attributes: [
    { name: "warehouse", type: "S" },
    { name: "sku", type: "S" },
  ],
  hashKey: "warehouse",
  rangeKey: "sku",
  billingMode: "PAY_PER_REQUEST",
  streamEnabled: true,
  streamViewType: "KEYS_ONLY",
});

const restock = new aws.sqs.Queue("restock", { visibilityTimeoutSeconds: 60 });
const failures = new aws.sqs.Queue("restock-failures", { messageRetentionSeconds: 1209600 });
const alerts = new aws.sns.Topic("inventory-alerts");

// Looks up the supplier before an item is handed to the restock queue
const supplierRole = new aws.iam.Role("supplier-lookup", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});

const supplierLogs = new aws.iam.RolePolicyAttachment("supplier-lookup-logs", {
  role: supplierRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});

const supplierLookup = new aws.lambda.Function(
  "supplier-lookup",
  {
    role: supplierRole.arn,
    runtime: "nodejs14.x",
    handler: "lookup.handler",
    memorySize: 128,
    timeout: 5,
    code: new pulumi.asset.AssetArchive({
      "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});"),
    }),
  },
  { dependsOn: [supplierLogs] },
);

const pipeRole = new aws.iam.Role("restock-pipe", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pipes.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  }),
});

new aws.iam.RolePolicy("restock-pipe", {
  role: pipeRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Source",
        Effect: "Allow",
        Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
        Resource: inventory.streamArn,
      },
      { Sid: "Enrichment", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: supplierLookup.arn },
      { Sid: "Target", Effect: "Allow", Action: "sqs:SendMessage", Resource: restock.id },
    ],
  }),
});

const pipe = new aws.pipes.Pipe("restock-pipe", {
  name: "restock",
  description: "Low stock to the restock queue",
  roleArn: pipeRole.arn,
  source: inventory.streamArn,
  sourceParameters: {
    dynamodbStreamParameters: {
      startingPosition: "LATEST",
      batchSize: 10,
      maximumRetryAttempts: 5,
      maximumRecordAgeInSeconds: 30,
      onPartialBatchItemFailure: "AUTOMATIC_BISECT",
      deadLetterConfig: { arn: failures.arn },
    },
    filterCriteria: {
      filters: [
        {
          pattern: JSON.stringify({
            eventName: ["INSERT", "MODIFY"],
            dynamodb: { NewImage: { stockLevel: ["LOW", "EMPTY"] } },
          }),
        },
      ],
    },
  },
  enrichment: supplierLookup.arn,
  target: restock.arn,
});

new aws.cloudwatch.MetricAlarm("restock-pipe-failed", {
  alarmDescription: "The restock pipe fails",
  namespace: "AWS/Pipes",
  metricName: "ExecutionFailed",
  dimensions: { PipeName: pipe.name },
  statistic: "Sum",
  period: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  threshold: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  treatMissingData: "notBreaching",
  alarmActions: [alerts.arn],
});

new aws.cloudwatch.MetricAlarm("restock-failures-present", {
  alarmDescription: "Records were given up",
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: failures.name },
  statistic: "Maximum",
  period: 300,
  evaluationPeriods: 1,
  threshold: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  treatMissingData: "notBreaching",
  alarmActions: [alerts.arn],
});

new aws.cloudwatch.Dashboard("inventory", {
  dashboardName: `inventory-${pulumi.getStack()}`,
  dashboardBody: pulumi.jsonStringify({
    widgets: [
      { type: "text", x: 0, y: 0, width: 24, height: 2, properties: { markdown: "# Inventory" } },
      {
        type: "metric",
        x: 0,
        y: 2,
        width: 12,
        height: 6,
        properties: {
          title: "Restock queue",
          region,
          stat: "Maximum",
          period: 300,
          metrics: [
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", restock.name],
            ["...", failures.name],
          ],
        },
      },
      {
        type: "metric",
        x: 12,
        y: 2,
        width: 12,
        height: 6,
        properties: {
          title: "Supplier lookup",
          stat: "Sum",
          period: 300,
          metrics: [
            ["AWS/Lambda", "Invocations", "FunctionName", supplierLookup.name],
            [".", "Errors", ".", "."],
          ],
        },
      },
    ],
  }),
});

export const pipeArn = pipe.arn;
export const tableName = inventory.name;
