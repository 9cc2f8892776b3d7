import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const config = new pulumi.Config();
const logLevel = config.get("logLevel") ?? "info";
const tags = { project: pulumi.getProject(), stack: pulumi.getStack() };

// Encryption of the queues
const queueKey = new aws.kms.Key("queue-key", {
  description: "Encrypts the order queues",
  enableKeyRotation: true,
  deletionWindowInDays: 14,
  tags,
});

const queueKeyAlias = new aws.kms.Alias("queue-key-alias", {
  name: "order-queues",
  targetKeyId: queueKey.keyId,
});

// Queues
const deadLetters = new aws.sqs.Queue("order-dead-letters", {
  name: "order-dead-letters",
  messageRetentionSeconds: 14 * 24 * 3600,
  kmsMasterKeyId: queueKey.arn,
  tags,
});

const orders = new aws.sqs.Queue("orders", {
  name: "orders.fifo",
  fifoQueue: true,
  contentBasedDeduplication: true,
  visibilityTimeoutSeconds: 30,
  messageRetentionSeconds: 4 * 24 * 3600,
  receiveWaitTimeSeconds: 20,
  kmsMasterKeyId: queueKey.arn,
  kmsDataKeyReusePeriodSeconds: 300,
  redrivePolicy: pulumi.jsonStringify({
    deadLetterTargetArn: deadLetters.arn,
    maxReceiveCount: 5,
  }),
  tags,
});

new aws.sqs.RedriveAllowPolicy("order-dead-letters-allow", {
  queueUrl: deadLetters.url,
  redriveAllowPolicy: pulumi.jsonStringify({
    redrivePermission: "byQueue",
    sourceQueueArns: [orders.arn],
  }),
});

const receipts = new aws.sqs.Queue("receipts", {
  sqsManagedSseEnabled: true,
  messageRetentionSeconds: 24 * 3600,
  tags,
});

// Role of the function
const processorRole = new aws.iam.Role("order-processor-role", {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
  tags,
});

const processorLogs = new aws.iam.RolePolicyAttachment("order-processor-logs", {
  role: processorRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});

const processorPolicy = new aws.iam.RolePolicy("order-processor-policy", {
  role: processorRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadOrders",
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:GetQueueAttributes"],
        Resource: orders.arn,
      },
      {
        Sid: "WriteReceipts",
        Effect: "Allow",
        Action: ["sqs:SendMessage"],
        Resource: receipts.arn,
      },
    ],
  }),
});

const processorLogGroup = new aws.cloudwatch.LogGroup("order-processor-log-group", {
  name: "/aws/lambda/order-processor",
  retentionInDays: 30,
  tags,
});

// The function and its trigger
const processor = new aws.lambda.Function(
  "order-processor",
  {
    name: "order-processor",
    role: processorRole.arn,
    runtime: "nodejs22.x",
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({
      "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});"),
    }),
    memorySize: 256,
    timeout: 60,
    environment: {
      variables: {
        AWS_REGION: aws.getRegionOutput().region,
        LOG_LEVEL: logLevel,
        RECEIPTS_QUEUE_URL: receipts.url,
        DB_HOST: "orders.internal.example.com",
        DB_USER: "orders",
        DB_PASSWORD: "7rZ!orders-Prod-2024",
      },
    },
    tags,
  },
  { dependsOn: [processorLogs, processorLogGroup] },
);

const trigger = new aws.lambda.EventSourceMapping(
  "order-processor-trigger",
  {
    eventSourceArn: orders.arn,
    functionName: processor.arn,
    batchSize: 10,
    maximumBatchingWindowInSeconds: 5,
    functionResponseTypes: ["ReportBatchItemFailures"],
    scalingConfig: { maximumConcurrency: 10 },
  },
  { dependsOn: [processorPolicy] },
);

export const queueUrl = orders.url;
export const deadLetterQueueUrl = deadLetters.url;
export const keyAlias = queueKeyAlias.name;
export const triggerId = trigger.uuid;
