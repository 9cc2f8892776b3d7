import * as assert from "node:assert/strict";
import Ajv from "ajv-draft-04";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import type { openApiDocument } from "../../../components/webhookApi/openApi";
import { Type } from "../../../preflight/graph/types";
import { findSource } from "../../../handlers/configuredSources";
import { localSources } from "../../../local/sources";
import { program } from "../../../testbed/program";

type Document = ReturnType<typeof openApiDocument>;

/** Answer that API Gateway sends by itself: status (`undefined`: its own), error and message. */
type Answer = [status: number | undefined, error: string, message: string];
const nothingHere: Answer = [404, "not_found", "Nothing here. Post webhooks to /webhook/{source}."];
const ownAnswers: Record<string, Answer> = {
  BAD_REQUEST_BODY: [400, "malformed", "The body is not a JSON object or array, or is empty."],
  UNSUPPORTED_MEDIA_TYPE: [415, "unsupported_media_type", "The body must be JSON, or a form if the source sends forms."],
  MISSING_AUTHENTICATION_TOKEN: nothingHere,
  INVALID_SIGNATURE: nothingHere,
  EXPIRED_TOKEN: nothingHere,
  RESOURCE_NOT_FOUND: nothingHere,
  WAF_FILTERED: [403, "forbidden", "The firewall blocked this request."],
  THROTTLED: [429, "throttled", "Too many requests. Send the event again later."],
  QUOTA_EXCEEDED: [429, "throttled", "Too many requests. Send the event again later."],
  INTEGRATION_FAILURE: [503, "unavailable", "The event was not stored. Send it again later."],
  INTEGRATION_TIMEOUT: [504, "unavailable", "The event may not be stored. Send it again."],
  DEFAULT_4XX: [undefined, "refused", "The request was refused."],
  DEFAULT_5XX: [503, "unavailable", "The event was not stored. Send it again later."],
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

  it("passes each source's POST to the receiver, with its body", () => {
    for (const { post } of Object.values(document.paths)) {
      const integration = post["x-amazon-apigateway-integration"];
      assert.equal(integration.type, "aws_proxy");
      assert.equal(integration.httpMethod, "POST");
      assert.match(integration.uri, /function:webhook-receive-dev\/invocations$/);
    }
  });

  it("validates bodies and parameters", () => {
    const name = document["x-amazon-apigateway-request-validator"] as "all";
    assert.deepEqual(document["x-amazon-apigateway-request-validators"][name], {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
  });

  it("accepts a JSON object or array as a webhook, unless it is empty, by JSON schema draft 4", () => {
    const isWebhook = new Ajv({ strict: false }).compile(document.components.schemas.Webhook);
    for (const one of [{ id: "evt_1" }, [{ id: "evt_1" }]]) assert.ok(isWebhook(one), JSON.stringify(one));
    assert.ok(!isWebhook({}));
  });

  it("uses only constructs that API Gateway's import supports", () => {
    const constructs = "anyOf|oneOf|allOf|minItems|maxItems|example|examples|default|nullable|readOnly|deprecated|discriminator|format";
    assert.doesNotMatch(text, new RegExp(`"(${constructs}|exclusiveMinimum|additionalProperties)":`));
    assert.ok(!("security" in document), "of the root, which is passed over");
    const contents = Object.values(document.paths).flatMap(({ post }) => Object.values(post.responses).map(({ content }) => content));
    for (const content of contents) for (const body of Object.values(content)) assert.deepEqual(Object.keys(body.schema), ["$ref"]);
  });

  it("sends its own errors as JSON, each with its status and a helpful message", () => {
    const answers = Object.entries(document["x-amazon-apigateway-gateway-responses"]).map(([type, { statusCode, responseTemplates }]) => {
      const { requestId, error, message } = JSON.parse(responseTemplates["application/json"]) as Record<string, string>;
      assert.equal(requestId, "$context.requestId");
      return [type, [statusCode, error, message]];
    });
    assert.deepEqual(Object.fromEntries(answers), ownAnswers);
  });

  it("sends Retry-After only where a retry helps", () => {
    for (const [type, { statusCode, responseParameters }] of Object.entries(document["x-amazon-apigateway-gateway-responses"])) {
      const retry = [429, 503, 504].includes(statusCode!) ? { "gatewayresponse.header.Retry-After": "'30'" } : {};
      assert.deepEqual(responseParameters, { "gatewayresponse.header.Content-Type": "'application/json'", ...retry }, type);
    }
  });

  it("leaves the answer to a body that is too large to API Gateway, which accepts no other", () =>
    assert.ok(!("REQUEST_TOO_LARGE" in document["x-amazon-apigateway-gateway-responses"])));

  it("has a path per source, which accepts only POST", () => {
    assert.deepEqual(Object.keys(document.paths), ["/webhook/stripe", "/webhook/square", "/webhook/paypal"]);
    for (const [path, { post, ...others }] of Object.entries(document.paths)) {
      assert.deepEqual(others, {});
      assert.equal(post.operationId, `receive-${path.split("/").at(-1)}`);
      assert.deepEqual(post.security, [], "no credentials, because the receiver verifies what it is sent");
      assert.ok(!("parameters" in post));
      assert.equal(post.requestBody.required, true);
      assert.deepEqual(post.requestBody.content, { "application/json": { schema: { $ref: "#/components/schemas/Webhook" } } });
    }
  });

  it("describes each source's path like any other's", () => {
    const [first, ...others] = Object.entries(document.paths).map(([path, { post }]) => {
      const name = path.split("/").at(-1)!;
      return JSON.parse(JSON.stringify(post).replaceAll(new RegExp(`\\b${name}(?=")`, "g"), "{name}")) as object;
    });
    assert.equal(others.length, 2);
    for (const other of others) assert.deepEqual(other, first);
  });

  it("waits for the receiver as long as API Gateway can, and passes unknown media types on", () => {
    const { timeoutInMillis, passthroughBehavior } = document.paths["/webhook/stripe"].post["x-amazon-apigateway-integration"];
    assert.deepEqual({ timeoutInMillis, passthroughBehavior }, { timeoutInMillis: 29_000, passthroughBehavior: "when_no_match" });
  });

  it("answers with the transaction ID if it accepts, otherwise with an error", () => {
    const { "200": inTheirWords, ...others } = document.paths["/webhook/stripe"].post.responses;
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

  it("documents every status that API Gateway or the receiver sends", () => {
    const documented = Object.keys(document.paths["/webhook/stripe"].post.responses).map(Number);
    const gateway = Object.values(document["x-amazon-apigateway-gateway-responses"]).flatMap(({ statusCode }) => statusCode ?? []);
    const acknowledged = localSources.map((source) => findSource(source)!.provider.acknowledgment.status);
    for (const status of [...gateway, ...acknowledged, 400, 401, 403, 404, 413, 415, 503])
      assert.ok(documented.includes(status), String(status));
  });
});
