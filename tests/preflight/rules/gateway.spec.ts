import { Type } from "../../../preflight/graph/types";
import { gatewayRules } from "../../../preflight/rules/gateway";
import { inDocument, inOperation, type GatewayResponse } from "../../helpers/apiDocument";
import { own, specifyRules } from "../../helpers/brokenGraph";

const answer = (change: (response: GatewayResponse) => void) =>
  inDocument((document) => change(document["x-amazon-apigateway-gateway-responses"].THROTTLED));

describe("Rules for an API's document", () =>
  specifyRules(gatewayRules, {
    "api-document": [
      inDocument((document) => delete document.info),
      own((broken) => broken.set(Type.restApi, "body", "openapi: 3.0.1")),
      inDocument((document) => (document.components.schemas.Webhook.minProperties = "many")),
    ],
    "api-validator": [
      inDocument((document) => (document["x-amazon-apigateway-request-validator"] = "some"), "project-api"),
      inOperation((operation) => (operation["x-amazon-apigateway-request-validator"] = "some")),
    ],
    "api-reference": [
      inOperation((operation) => (operation.requestBody.content["application/json"].schema.$ref = "#/components/schemas/Event")),
      inDocument((document) => (document.components.schemas["Web-Hook"] = { type: "object" })),
    ],
    "api-gateway-response": [
      inDocument((document) => (document["x-amazon-apigateway-gateway-responses"].TOO_MANY = { responseParameters: {} })),
      answer((response) => (response.statusCode = 200)),
      answer((response) => (response.responseParameters["gatewayresponse.header.Retry-After"] = "30")),
      answer((response) => (response.responseTemplates = { json: "{}" })),
    ],
    "api-parameter": [
      inOperation((operation) => (operation.parameters = [{ name: "source", in: "path", required: true, schema: { type: "string" } }])),
      inDocument(
        (document) => (document.paths = { ...document.paths, "/webhook/{source}": document.paths["/webhook/stripe"] }),
        "project-api",
        "project-path",
      ),
    ],
  }));
