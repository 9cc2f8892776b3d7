import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const region = aws.getRegionOutput().region;
const config = new pulumi.Config();
const currency = config.get("currency") ?? "EUR";

const assumedBy = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

// Storage
const tableKey = new aws.kms.Key("payments-table", { description: "Payments at rest", enableKeyRotation: true });
new aws.kms.Alias("payments-table", { name: "alias/payments-table", targetKeyId: tableKey.keyId });

const payments = new aws.dynamodb.Table("payments", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "paymentId",
  attributes: [
    { name: "paymentId", type: "S" },
    { name: "merchantId", type: "S" },
    { name: "createdAt", type: "S" },
  ],
  globalSecondaryIndexes: [{ name: "byMerchant", hashKey: "merchantId", rangeKey: "createdAt", projectionType: "ALL" }],
  serverSideEncryption: { enabled: true, kmsKeyArn: tableKey.arn },
  pointInTimeRecovery: { enabled: true },
});

const acquirer = new aws.secretsmanager.Secret("acquirer-credentials", {
  description: "Credentials of the card acquirer",
  recoveryWindowInDays: 5,
});

const failed = new aws.sqs.Queue("failed-payments", { messageRetentionSeconds: 1209600, sqsManagedSseEnabled: true });

// Function
const handlerRole = new aws.iam.Role("payments-handler", { assumeRolePolicy: assumedBy("lambda.amazonaws.com") });

const handlerLogs = new aws.iam.RolePolicyAttachment("payments-handler-logs", {
  role: handlerRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});

const handlerAccess = new aws.iam.RolePolicy("payments-handler", {
  role: handlerRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
        Resource: [payments.arn, pulumi.interpolate`${payments.arn}/index/byMerchant`],
      },
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: acquirer.arn },
    ],
  }),
});

const environmentKey = new aws.kms.Key("payments-environment", {
  description: "Environment of the payments handler",
  enableKeyRotation: true,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Handler", Effect: "Allow", Principal: { AWS: handlerRole.arn }, Action: ["kms:Decrypt", "kms:DescribeKey"], Resource: "*" },
    ],
  }),
});

const handler = new aws.lambda.Function(
  "payments-handler",
  {
    role: handlerRole.arn,
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    handler: "index.handler",
    timeout: 15,
    memorySize: 512,
    publish: true,
    code: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});") }),
    kmsKeyArn: environmentKey.arn,
    environment: { variables: { TABLE_NAME: payments.name, ACQUIRER_SECRET_ARN: acquirer.arn, DEFAULT_CURRENCY: currency } },
    deadLetterConfig: { targetArn: failed.arn },
  },
  { dependsOn: [handlerLogs, handlerAccess] },
);

const live = new aws.lambda.Alias("payments-live", { name: "live", functionName: handler.name, functionVersion: handler.version });

// API
const body = pulumi.jsonStringify({
  openapi: "3.0.1",
  info: { title: "payments", version: "1.2.0" },
  security: [{ sigv4: [] }],
  paths: {
    "/payments": {
      post: {
        responses: { "201": { description: "The payment" } },
        "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: live.invokeArn },
      },
      get: {
        parameters: [{ name: "merchantId", in: "query", required: true, schema: { type: "string" } }],
        responses: { "200": { description: "The payments of a merchant" } },
        "x-amazon-apigateway-integration": { type: "aws_proxy", uri: live.invokeArn },
      },
    },
    "/rates/{currency}": {
      get: {
        responses: { "200": { description: "The exchange rate" } },
        "x-amazon-apigateway-integration": {
          type: "http_proxy",
          httpMethod: "GET",
          uri: "https://rates.example.com/latest/{currency}",
          requestParameters: { "integration.request.path.currency": "method.request.path.currency" },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      sigv4: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
    },
  },
});

const api = new aws.apigateway.RestApi("payments", { name: "payments", body, endpointConfiguration: { types: "REGIONAL" } });

new aws.lambda.Permission("payments-api", {
  action: "lambda:InvokeFunction",
  function: handler.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*/payments`,
});

const deployment = new aws.apigateway.Deployment("payments", {
  restApi: api.id,
  triggers: { body: body.apply((text) => createHash("sha256").update(text).digest("hex")) },
});

const gatewayRole = new aws.iam.Role("api-gateway-logs", { assumeRolePolicy: assumedBy("apigateway.amazonaws.com") });
const gatewayLogs = new aws.iam.RolePolicyAttachment("api-gateway-logs", {
  role: gatewayRole.name,
  policyArn: aws.iam.ManagedPolicy.AmazonAPIGatewayPushToCloudWatchLogs,
});
new aws.apigateway.Account("api-gateway", { cloudwatchRoleArn: gatewayRole.arn }, { dependsOn: [gatewayLogs] });

const accessLogs = new aws.cloudwatch.LogGroup("payments-access", { retentionInDays: 90 });

const stage = new aws.apigateway.Stage("payments-prod", {
  restApi: api.id,
  deployment: deployment.id,
  stageName: "prod",
  xrayTracingEnabled: true,
  accessLogSettings: {
    destinationArn: accessLogs.arn,
    format: JSON.stringify({ id: "$context.requestId", caller: "$context.identity.caller", status: "$context.status" }),
  },
});

new aws.apigateway.MethodSettings("payments-prod", {
  restApi: api.id,
  stageName: stage.stageName,
  methodPath: "*/*",
  settings: { metricsEnabled: true, loggingLevel: "ERROR", cachingEnabled: true, cacheTtlInSeconds: 300, throttlingRateLimit: 200 },
});

export const endpoint = pulumi.interpolate`https://${api.id}.execute-api.${region}.amazonaws.com/${stage.stageName}`;
