import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const trust = (service: string) => aws.iam.assumeRolePolicyForPrincipal({ Service: service });
const policy = (...statements: { Action: string | string[]; Resource: pulumi.Input<string> | pulumi.Input<string>[] }[]) =>
  pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })) });

const orders = new aws.dynamodb.Table("orders", {
  attributes: [{ name: "orderId", type: "S" }],
  hashKey: "orderId",
  billingMode: "PAY_PER_REQUEST",
  streamEnabled: true,
  streamViewType: "NEW_IMAGE",
});

// Stock
const stockRole = new aws.iam.Role("reserve-stock", { assumeRolePolicy: trust("lambda.amazonaws.com") });
const stockLogs = new aws.iam.RolePolicyAttachment("reserve-stock-logs", {
  role: stockRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});
const reserveStock = new aws.lambda.Function(
  "reserve-stock",
  {
    role: stockRole.arn,
    runtime: "nodejs22.x",
    handler: "index.handler",
    timeout: 20,
    code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});") }),
  },
  { dependsOn: [stockLogs] },
);

// Shipments and events
const shipments = new aws.sqs.Queue("shipments", { name: "shipments.fifo", fifoQueue: true, contentBasedDeduplication: true });
const notifications = new aws.sqs.Queue("notifications", { sqsManagedSseEnabled: true });
const bus = new aws.cloudwatch.EventBus("orders", { name: "orders" });

const shipped = new aws.cloudwatch.EventRule("order-shipped", {
  eventBusName: bus.name,
  description: "Orders on their way to the customer",
  eventPattern: JSON.stringify({ source: "com.example.orders", "detail-type": ["OrderShipped"] }),
});

const notificationsPolicy = new aws.sqs.QueuePolicy("notifications", {
  queueUrl: notifications.url,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: notifications.arn,
        Condition: { ArnEquals: { "aws:SourceArn": shipped.arn } },
      },
    ],
  }),
});

new aws.cloudwatch.EventTarget("order-shipped", { rule: shipped.name, arn: notifications.arn }, { dependsOn: [notificationsPolicy] });

// Workflow
const logKey = new aws.kms.Key("workflow-logs", { description: "Logs of the order workflow", enableKeyRotation: true });
const logs = new aws.cloudwatch.LogGroup("order-workflow", {
  name: "/aws/vendedlogs/states/order-workflow",
  retentionInDays: 30,
  kmsKeyId: logKey.arn,
});

const workflowRole = new aws.iam.Role("order-workflow", { assumeRolePolicy: trust("states.amazonaws.com") });
const workflowPolicy = new aws.iam.RolePolicy("order-workflow", {
  role: workflowRole.id,
  policy: policy(
    { Action: "lambda:InvokeFunction", Resource: [reserveStock.arn, pulumi.interpolate`${reserveStock.arn}:*`] },
    { Action: "dynamodb:UpdateItem", Resource: orders.arn },
    { Action: "sqs:SendMessage", Resource: shipments.arn },
    { Action: "events:PutEvents", Resource: bus.arn },
    {
      Action: [
        ...["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"],
        ...["PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"],
      ].map((action) => `logs:${action}`),
      Resource: "*",
    },
  ),
});

const task = (action: string, Arguments: object) => ({ Type: "Task", Resource: `arn:aws:states:::${action}`, Arguments });
const updateOrder = (update: object) =>
  task("dynamodb:updateItem", { TableName: orders.name, Key: { orderId: { S: "{% $orderId %}" } }, ...update });
const inStock = [{ Condition: "{% $reserved = true %}", Next: "Hand to shipping" }];
const announce = (DetailType: string) =>
  task("events:putEvents", {
    Entries: [{ EventBusName: bus.name, Source: "com.example.orders", DetailType, Detail: { orderId: "{% $orderId %}" } }],
  });

const workflow = new aws.sfn.StateMachine(
  "order-workflow",
  {
    type: "STANDARD",
    roleArn: workflowRole.arn,
    loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination: pulumi.interpolate`${logs.arn}:*` },
    definition: pulumi.jsonStringify({
      QueryLanguage: "JSONata",
      StartAt: "Read order",
      States: {
        "Read order": {
          Type: "Pass",
          Assign: { orderId: "{% $states.input[0].dynamodb.NewImage.orderId.S %}" },
          Next: "Mark as processing",
        },
        "Mark as processing": {
          ...updateOrder({
            UpdateExpression: "SET status = :processing, startedAt = :now",
            ExpressionAttributeValues: { ":processing": { S: "PROCESSING" }, ":now": { S: "{% $now() %}" } },
          }),
          Next: "Reserve stock",
        },
        "Reserve stock": {
          ...task("lambda:invoke", { FunctionName: reserveStock.arn, Payload: { orderId: "{% $orderId %}" } }),
          Assign: { reserved: "{% $states.result.Payload.reserved %}" },
          Retry: [{ ErrorEquals: ["Lambda.TooManyRequestsException", "States.ALL"], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2 }],
          Next: "In stock?",
        },
        "In stock?": { Type: "Choice", Choices: inStock, Default: "Announce cancellation" },
        "Hand to shipping": {
          ...task("sqs:sendMessage", { QueueUrl: shipments.url, MessageBody: { orderId: "{% $orderId %}" } }),
          Next: "Count parcel",
        },
        "Count parcel": {
          ...updateOrder({
            UpdateExpression: "SET #s = :shipped ADD parcelCount :parcel",
            ExpressionAttributeNames: { "#s": "status" },
            ExpressionAttributeValues: { ":shipped": { S: "SHIPPED" }, ":parcel": { N: 1 } },
          }),
          Next: "Announce shipment",
        },
        "Announce shipment": { ...announce("OrderShipped"), ResultPath: "$.announcement", End: true },
        "Announce cancellation": { ...announce("OrderCancelled"), Next: "Cancelled" },
        Cancelled: { Type: "Fail", Error: "OutOfStock", Cause: "The order cannot be reserved" },
      },
    }),
  },
  { dependsOn: [workflowPolicy] },
);

// New orders start the workflow
const unstarted = new aws.sqs.Queue("unstarted-orders", { messageRetentionSeconds: 1209600 });
const pipeRole = new aws.iam.Role("new-orders", { assumeRolePolicy: trust("pipes.amazonaws.com") });
const readStream = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((action) => `dynamodb:${action}`);
const pipePolicy = new aws.iam.RolePolicy("new-orders", {
  role: pipeRole.id,
  policy: policy(
    { Action: readStream, Resource: orders.streamArn },
    { Action: "states:StartExecution", Resource: workflow.arn },
    { Action: "sqs:SendMessage", Resource: unstarted.arn },
  ),
});

new aws.pipes.Pipe(
  "new-orders",
  {
    roleArn: pipeRole.arn,
    source: orders.streamArn,
    sourceParameters: {
      dynamodbStreamParameters: {
        startingPosition: "LATEST",
        batchSize: 1,
        maximumRetryAttempts: 3,
        deadLetterConfig: { arn: unstarted.arn },
      },
      filterCriteria: { filters: [{ pattern: JSON.stringify({ eventName: ["INSERT"] }) }] },
    },
    target: workflow.arn,
  },
  { dependsOn: [pipePolicy] },
);

export const workflowArn = workflow.arn;
