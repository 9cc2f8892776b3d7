import * as assert from "node:assert/strict";
import Ajv from "ajv-draft-04";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import type { openApiDocument } from "../../components/webhookApi.openapi";
import { Type } from "../../graph/types";
import { findSender } from "../../handlers/senders";
import { localSenders } from "../../local/senders";
import { program } from "../helpers/graph";

type Document = ReturnType<typeof openApiDocument>;

/** What API Gateway answers by itself: status, error and message. */
const ownAnswers: Record<string, [number, string, string]> = {
  BAD_REQUEST_BODY: [400, "malformed", "The body is not a JSON object or array."],
  BAD_REQUEST_PARAMETERS: [400, "malformed", "A parameter is missing or malformed."],
  REQUEST_TOO_LARGE: [413, "too_large", "The body is larger than this endpoint accepts."],
  UNSUPPORTED_MEDIA_TYPE: [415, "unsupported_media_type", "The body must be JSON, or a form from a sender of forms."],
  MISSING_AUTHENTICATION_TOKEN: [404, "not_found", "There is nothing here; webhooks are posted to /webhook/{provider}."],
  THROTTLED: [429, "throttled", "Too many requests; send this one again later."],
  QUOTA_EXCEEDED: [429, "throttled", "Too many requests; send this one again later."],
  INTEGRATION_FAILURE: [503, "unavailable", "The event was not stored; send it again later."],
  INTEGRATION_TIMEOUT: [504, "unavailable", "It is not known whether the event was stored; send it again."],
  DEFAULT_4XX: [400, "malformed", "The request could not be understood."],
  DEFAULT_5XX: [503, "unavailable", "The event was not stored; send it again later."],
};

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

  it("takes a JSON object or array with something in it for a webhook, as draft 4 of JSON schema has it", () => {
    const isWebhook = new Ajv({ strict: false }).compile(document.components.schemas.Webhook);
    for (const one of [{ id: "evt_1" }, [{ id: "evt_1" }]]) assert.ok(isWebhook(one), JSON.stringify(one));
    for (const other of [{}, [], "text", 1, null]) assert.ok(!isWebhook(other), JSON.stringify(other));
  });

  it("answers errors of its own in JSON, each with its status and a message that helps", () => {
    const answers = Object.entries(document["x-amazon-apigateway-gateway-responses"]).map(([type, { statusCode, responseTemplates }]) => {
      const { requestId, error, message } = JSON.parse(responseTemplates["application/json"]) as Record<string, string>;
      assert.equal(requestId, "$context.requestId");
      return [type, [statusCode, error, message]];
    });
    assert.deepEqual(Object.fromEntries(answers), ownAnswers);
  });

  it("says when to try again where that helps, and nowhere else", () => {
    for (const [type, { statusCode, responseParameters }] of Object.entries(document["x-amazon-apigateway-gateway-responses"])) {
      const retry = [429, 503, 504].includes(statusCode) ? { "gatewayresponse.header.Retry-After": "'30'" } : {};
      assert.deepEqual(responseParameters, { "gatewayresponse.header.Content-Type": "'application/json'", ...retry }, type);
    }
  });

  it("asks for no credentials, because the receiver verifies what it is sent", () => assert.deepEqual(document.security, []));

  it("has one path, with the provider in it, and takes nothing but a webhook there", () => {
    assert.deepEqual(Object.keys(document.paths), ["/webhook/{provider}"]);
    const { post, ...others } = document.paths["/webhook/{provider}"];
    assert.deepEqual(others, {});
    assert.equal(post.operationId, "receiveWebhook");
    assert.deepEqual(
      post.parameters.map(({ name, in: place, required, schema }) => ({ name, place, required, schema })),
      [{ name: "provider", place: "path", required: true, schema: { type: "string" } }],
    );
    assert.equal(post.requestBody.required, true);
    assert.deepEqual(post.requestBody.content, { "application/json": { schema: { $ref: "#/components/schemas/Webhook" } } });
  });

  it("waits for the receiver as long as API Gateway can, and hands over what it does not know", () => {
    const { timeoutInMillis, passthroughBehavior } = document.paths["/webhook/{provider}"].post["x-amazon-apigateway-integration"];
    assert.deepEqual({ timeoutInMillis, passthroughBehavior }, { timeoutInMillis: 29_000, passthroughBehavior: "when_no_match" });
  });

  it("answers with the transaction id where it accepted, else with an error", () => {
    const { "200": inTheirWords, ...others } = document.paths["/webhook/{provider}"].post.responses;
    assert.deepEqual(Object.keys(inTheirWords.content), ["text/plain", "text/xml"]);
    for (const { headers } of [inTheirWords, others["202"]]) assert.deepEqual(Object.keys(headers), ["X-Transaction-Id"]);
    const bodies = Object.entries(others).map(([status, { content }]) => [
      status,
      content["application/json"].schema.$ref.split("/").at(-1),
    ]);
    const errors = ["400", "401", "403", "404", "413", "415", "429", "503", "504"].map((status) => [status, "Error"]);
    assert.deepEqual(Object.fromEntries(bodies), { "202": "Accepted", ...Object.fromEntries(errors) });
    const { Accepted, Error: error } = document.components.schemas;
    assert.deepEqual(
      [Accepted.type, Accepted.required, Object.keys(Accepted.properties)],
      ["object", ["transactionId"], ["transactionId"]],
    );
    assert.deepEqual([error.type, error.required], ["object", ["error", "message"]]);
    for (const [name, { type }] of Object.entries({ ...Accepted.properties, ...error.properties })) assert.equal(type, "string", name);
    assert.deepEqual(Object.keys(error.properties), ["error", "message", "requestId"]);
  });

  it("documents every status that API Gateway or the receiver answers", () => {
    const documented = Object.keys(document.paths["/webhook/{provider}"].post.responses).map(Number);
    const gateway = Object.values(document["x-amazon-apigateway-gateway-responses"]).map(({ statusCode }) => statusCode);
    const acknowledged = localSenders.map((sender) => findSender(sender)!.provider.acknowledgement.status);
    for (const status of [...gateway, ...acknowledged, 400, 401, 403, 404, 413, 415, 503])
      assert.ok(documented.includes(status), String(status));
  });
});
