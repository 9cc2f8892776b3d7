import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";

const stageName = "prod";

const bookings = new aws.dynamodb.Table("bookings", {
  billingMode: "PAY_PER_REQUEST",
  hashKey: "bookingId",
  attributes: [
    { name: "bookingId", type: "S" },
    { name: "guestId", type: "S" },
    { name: "arrival", type: "S" },
    { name: "room", type: "N" },
  ],
  globalSecondaryIndexes: [
    {
      name: "byGuest",
      hashKey: "guestId",
      rangeKey: "arrival",
      projectionType: "ALL",
      nonKeyAttributes: ["room", "nights"],
    },
  ],
  pointInTimeRecovery: { enabled: true },
});

const assumeRolePolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

const handlerRole = new aws.iam.Role("bookings-handler", { assumeRolePolicy });

const handlerLogs = new aws.iam.RolePolicyAttachment("bookings-handler-logs", {
  role: handlerRole,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
});

const handlerTable = new aws.iam.RolePolicy("bookings-handler-table", {
  role: handlerRole,
  policy: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], Resource: bookings.arn }],
  },
});

const handler = new aws.lambda.Function(
  "bookings-handler",
  {
    role: handlerRole.arn,
    runtime: aws.lambda.Runtime.NodeJS22dX,
    handler: "index.handler",
    timeout: 10,
    code: new pulumi.asset.AssetArchive({
      "index.mjs": new pulumi.asset.StringAsset("export const handler = async () => ({});"),
    }),
    environment: { variables: { TABLE_NAME: bookings.name, GUEST_INDEX: "byGuest" } },
  },
  { dependsOn: [handlerLogs, handlerTable] },
);

const api = new aws.apigateway.RestApi("bookings-api", {
  name: "bookings",
  endpointConfiguration: { types: "REGIONAL" },
});

const collection = new aws.apigateway.Resource("bookings", { restApi: api.id, parentId: api.rootResourceId, pathPart: "bookings" });
const item = new aws.apigateway.Resource("booking", { restApi: api.id, parentId: collection.id, pathPart: "{bookingId}" });

const createMethod = new aws.apigateway.Method("create-booking", {
  restApi: api.id,
  resourceId: collection.id,
  httpMethod: "POST",
  authorization: "AWS_IAM",
});

const createIntegration = new aws.apigateway.Integration("create-booking", {
  restApi: api.id,
  resourceId: collection.id,
  httpMethod: createMethod.httpMethod,
  type: "AWS_PROXY",
  integrationHttpMethod: "POST",
  uri: handler.arn,
});

const listMethod = new aws.apigateway.Method("list-bookings", {
  restApi: api.id,
  resourceId: collection.id,
  httpMethod: "GET",
  authorization: "AWS_IAM",
  requestParameters: { "method.request.querystring.guestId": true },
});

const listIntegration = new aws.apigateway.Integration("list-bookings", {
  restApi: api.id,
  resourceId: collection.id,
  httpMethod: listMethod.httpMethod,
  type: "AWS_PROXY",
  integrationHttpMethod: "GET",
  uri: handler.invokeArn,
});

const getMethod = new aws.apigateway.Method("get-booking", {
  restApi: api.id,
  resourceId: item.id,
  httpMethod: "GET",
  authorization: "AWS_IAM",
  requestParameters: { "method.request.path.bookingId": true },
});

const getIntegration = new aws.apigateway.Integration("get-booking", {
  restApi: api.id,
  resourceId: item.id,
  httpMethod: getMethod.httpMethod,
  type: "AWS_PROXY",
  integrationHttpMethod: "POST",
  uri: handler.invokeArn,
  timeoutMilliseconds: 12000,
});

new aws.lambda.Permission("bookings-api-invoke", {
  action: "lambda:InvokeFunction",
  function: handler.name,
  principal: "apigateway.amazonaws.com",
  sourceArn: pulumi.interpolate`${api.executionArn}/GET/bookings*`,
});

const deployment = new aws.apigateway.Deployment(
  "bookings-deployment",
  { restApi: api.id, triggers: { revision: "4" } },
  { dependsOn: [createMethod, listMethod, getMethod] },
);

const gatewayRole = new aws.iam.Role("api-gateway-logs", { assumeRolePolicy });

const gatewayLogs = new aws.iam.RolePolicyAttachment("api-gateway-logs", {
  role: gatewayRole,
  policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
});

const gatewayAccount = new aws.apigateway.Account(
  "api-gateway-account",
  { cloudwatchRoleArn: gatewayRole.arn },
  { dependsOn: [gatewayLogs] },
);

const accessLogs = new aws.cloudwatch.LogGroup("bookings-access-logs", { retentionInDays: 90 });

const stage = new aws.apigateway.Stage(
  "bookings-prod",
  {
    restApi: api.id,
    deployment: deployment.id,
    stageName,
    xrayTracingEnabled: true,
    accessLogSettings: {
      destinationArn: accessLogs.arn,
      format: JSON.stringify({
        time: "$context.requestTime",
        ip: "$context.identity.sourceIp",
        method: "$context.httpMethod",
        path: "$context.resourcePath",
        status: "$context.status",
      }),
    },
  },
  { dependsOn: [gatewayAccount] },
);

new aws.apigateway.MethodSettings("bookings-prod-settings", {
  restApi: api.id,
  stageName: stage.stageName,
  methodPath: "*/*",
  settings: { metricsEnabled: true, loggingLevel: "ERROR", throttlingBurstLimit: 50, throttlingRateLimit: 100 },
});

export const url = pulumi.interpolate`${stage.invokeUrl}/bookings`;
export const integrations = [createIntegration.id, listIntegration.id, getIntegration.id];
