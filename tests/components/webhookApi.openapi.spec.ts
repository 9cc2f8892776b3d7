import * as assert from "node:assert/strict";
import Ajv from "ajv-draft-04";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import type { openApiDocument } from "../../components/webhookApi.openapi";
import { program } from "../helpers/graph";
import { Type } from "../helpers/types";

type Document = ReturnType<typeof openApiDocument>;

describe("The API's OpenAPI document", () => {
  let text: string;
  let document: Document;
  before(async () => {
    text = (await program()).one(Type.restApi).inputs.body as string;
    document = JSON.parse(text) as Document;
  });

  it("passes the linter's recommended rules", async () => {
    const config = await createConfig({ extends: ["recommended"], rules: { "no-server-example.com": "off", "no-empty-servers": "off" } });
    const problems = await lintFromString({ source: text, config });
    assert.deepEqual(
      problems.map(({ ruleId, message }) => `${ruleId}: ${message}`),
      [],
    );
  });

  it("hands POST /webhook/{provider} to the receiver, body and all", () => {
    const { post } = document.paths["/webhook/{provider}"];
    const integration = post["x-amazon-apigateway-integration"];
    assert.equal(integration.type, "aws_proxy");
    assert.equal(integration.httpMethod, "POST");
    assert.match(integration.uri, /function:webhook-receive-dev\/invocations$/);
  });

  it("validates bodies and parameters", () => {
    const name = document["x-amazon-apigateway-request-validator"] as "all";
    assert.deepEqual(document["x-amazon-apigateway-request-validators"][name], {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
  });

  it("takes a JSON object with something in it for a webhook, as draft 4 of JSON schema has it", () => {
    const isWebhook = new Ajv({ strict: false }).compile(document.components.schemas.Webhook);
    assert.ok(isWebhook({ id: "evt_1" }));
    for (const other of [{}, [], "text", 1, null]) assert.ok(!isWebhook(other), JSON.stringify(other));
  });

  it("answers errors of its own in JSON, and says when to try again where that helps", () => {
    for (const [type, response] of Object.entries(document["x-amazon-apigateway-gateway-responses"])) {
      const template = response.responseTemplates["application/json"];
      const body = JSON.parse(template.replaceAll("$context.requestId", "id")) as Record<string, string>;
      assert.ok(body.error && body.message && body.requestId, type);
      const retryable = [429, 503, 504].includes(response.statusCode);
      assert.equal("gatewayresponse.header.Retry-After" in response.responseParameters, retryable, type);
    }
  });

  it("documents every status that API Gateway or the receiver answers", () => {
    const documented = Object.keys(document.paths["/webhook/{provider}"].post.responses).map(Number);
    const gateway = Object.values(document["x-amazon-apigateway-gateway-responses"]).map(({ statusCode }) => statusCode);
    for (const status of [...gateway, 202, 400, 401, 404, 413, 415, 503]) assert.ok(documented.includes(status), String(status));
  });
});
