import { Type } from "../../../preflight/graph/types";
import { integrationRules } from "../../../preflight/rules/integrations";
import { inOperation, type Integration } from "../../helpers/apiDocument";
import { other, specifyRules } from "../../helpers/brokenGraph";

const integration = (change: (integration: Integration) => void, ...also: string[]) =>
  inOperation((operation) => change(operation["x-amazon-apigateway-integration"]!), ...also);
const separate = Type.apiIntegration;

describe("Rules for an API's integrations", () =>
  specifyRules(integrationRules, {
    "api-integration": [
      inOperation((operation) => delete operation["x-amazon-apigateway-integration"]),
      integration((one) => (one.type = "lambda")),
      integration((one) => (one.passthroughBehavior = "always")),
      integration((one) => delete one.uri),
      integration((one) => (one.uri = "arn:aws:lambda:eu-central-1:123456789012:function:webhook-receive-dev")),
      other((broken) => broken.set(separate, "uri", broken.one(Type.function).outputs.arn)),
    ],
    "api-integration-method": [
      integration((one) => (one.httpMethod = "GET")),
      other((broken) => broken.set(separate, "integrationHttpMethod", "GET")),
    ],
    "api-integration-target": [
      integration((one) => (one.uri = one.uri!.replace("receive", "recieve"))),
      other((broken) =>
        broken.set(
          separate,
          "uri",
          "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:1:function:x/invocations",
        ),
      ),
    ],
    "api-integration-timeout": [
      integration((one) => (one.timeoutInMillis = 30_000)),
      other((broken) => broken.set(separate, "timeoutMilliseconds", 10)),
    ],
  }));
