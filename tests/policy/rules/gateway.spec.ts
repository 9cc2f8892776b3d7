import { gatewayRules } from "../../../policy/rules/gateway";
import { integrationRules } from "../../../policy/rules/integrations";
import { stageRules } from "../../../policy/rules/stages";
import { Type } from "../../helpers/types";
import { other, own, specifyRules, type Fault } from "../patient";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Document = any;

const inDocument = (change: (document: Document) => void, ...also: string[]): Fault =>
  own((patient) => patient.edit(Type.restApi, "api", "body", change), ...also);
const post = (change: (operation: Document) => void, ...also: string[]) =>
  inDocument((document: Document) => change(document.paths["/webhook/{provider}"].post), ...also);
const integration = (change: (integration: Document) => void, ...also: string[]) =>
  post((operation: Document) => change(operation["x-amazon-apigateway-integration"]), ...also);
const answer = (change: (response: Document) => void) =>
  inDocument((document: Document) => change(document["x-amazon-apigateway-gateway-responses"].THROTTLED));
const separate = "aws:apigateway/integration:Integration";

describe("Rules over an API's document", () =>
  specifyRules([...gatewayRules, ...integrationRules], {
    "api-document": [
      inDocument((document) => delete document.info),
      own((patient) => patient.set(Type.restApi, "body", "openapi: 3.0.1")),
      inDocument((document) => (document.components.schemas.Webhook.minProperties = "many")),
    ],
    "api-validator": [
      inDocument((document) => (document["x-amazon-apigateway-request-validator"] = "some"), "promise-door"),
      post((operation) => (operation["x-amazon-apigateway-request-validator"] = "some")),
    ],
    "api-reference": [
      post((operation) => (operation.requestBody.content["application/json"].schema.$ref = "#/components/schemas/Event")),
      inDocument((document) => (document.components.schemas["Web-Hook"] = { type: "object" })),
    ],
    "api-integration": [
      post((operation) => delete operation["x-amazon-apigateway-integration"]),
      integration((one) => (one.type = "lambda")),
      integration((one) => (one.passthroughBehavior = "always")),
      integration((one) => delete one.uri),
      integration((one) => (one.uri = "arn:aws:lambda:eu-central-1:123456789012:function:webhook-receive-dev")),
      other((patient) => patient.set(separate, "uri", patient.one(Type.function).outputs.arn)),
    ],
    "api-integration-method": [
      integration((one) => (one.httpMethod = "GET")),
      other((patient) => patient.set(separate, "integrationHttpMethod", "GET")),
    ],
    "api-integration-target": [
      integration((one) => (one.uri = one.uri.replace("receive", "recieve"))),
      other((patient) =>
        patient.set(
          separate,
          "uri",
          "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:1:function:x/invocations",
        ),
      ),
    ],
    "api-integration-timeout": [
      integration((one) => (one.timeoutInMillis = 30_000)),
      other((patient) => patient.set(separate, "timeoutMilliseconds", 10)),
    ],
    "api-gateway-response": [
      inDocument((document) => (document["x-amazon-apigateway-gateway-responses"].TOO_MANY = {})),
      answer((response) => (response.statusCode = 200)),
      answer((response) => (response.responseParameters["gatewayresponse.header.Retry-After"] = "30")),
      answer((response) => (response.responseTemplates = { json: "{}" })),
    ],
    "api-parameter": [post((operation) => (operation.parameters[0].name = "sender")), post((operation) => (operation.parameters = []))],
  }));

describe("Rules over a stage", () =>
  specifyRules(stageRules, {
    "api-logging-role": own((patient) => {
      const [settings, account] = [patient.one(Type.methodSettings), patient.one(Type.account)];
      patient.unchain(settings, account);
      patient.unchain(patient.one(Type.stage), account);
      return settings;
    }),
    "api-log-format": [
      own((patient) => patient.set(Type.stage, "accessLogSettings.format", "$context.status")),
      own((patient) => patient.set(Type.stage, "accessLogSettings.format", undefined)),
      own((patient) => patient.set(Type.stage, "accessLogSettings.format", "$context.requestId\n$context.status")),
    ],
    "api-log-destination": [
      own((patient) =>
        patient.set(
          Type.stage,
          "accessLogSettings.destinationArn",
          `${String(patient.one(Type.logGroup, "api-access-log").outputs.arn)}:*`,
        ),
      ),
      own((patient) => patient.set(Type.stage, "accessLogSettings.destinationArn", undefined)),
    ],
    "api-deployment-stale": other((patient) => {
      const deployment = patient.set(Type.deployment, "triggers", { version: "1" });
      delete deployment.propertyDependencies.triggers;
      return deployment;
    }),
    "api-deployment-early": [
      other((patient) => {
        const deployment = patient.one(Type.deployment);
        for (const type of [separate, "aws:apigateway/method:Method"]) patient.unchain(deployment, patient.one(type));
        return deployment;
      }),
      own((patient) => {
        delete patient.one(Type.restApi).inputs.body;
        return patient.one(Type.deployment);
      }),
    ],
    "api-throttle": [
      own((patient) => patient.set(Type.methodSettings, "settings.throttlingRateLimit", 10_001)),
      own((patient) => patient.set(Type.methodSettings, "settings.throttlingBurstLimit", 5_001)),
    ],
    "api-cache": own((patient) => patient.set(Type.methodSettings, "settings.cachingEnabled", true)),
    "api-method-settings": [
      own((patient) => patient.set(Type.methodSettings, "methodPath", "/webhook/POST"), "promise-door"),
      own((patient) => patient.set(Type.methodSettings, "settings.loggingLevel", "DEBUG"), "promise-door"),
    ],
  }));
