import { Type } from "../../../graph/types";
import { integrationRules } from "../../../preflight/rules/integrations";
import { inOperation, type Integration } from "../../helpers/apiDocument";
import { other, specifyRules } from "../../helpers/patient";

const integration = (change: (integration: Integration) => void, ...also: string[]) =>
  inOperation((operation) => change(operation["x-amazon-apigateway-integration"]!), ...also);
const separate = Type.apiIntegration;

describe("Rules over what an API calls", () =>
  specifyRules(integrationRules, {
    "api-integration": [
      inOperation((operation) => delete operation["x-amazon-apigateway-integration"]),
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
      integration((one) => (one.uri = one.uri!.replace("receive", "recieve"))),
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
  }));
