import { webhookPath } from "../../domain/paths";

/** What the document needs to know of the rest. */
export interface OpenApiTargets {
  title: string;
  sources: readonly string[];
  /** `arn:…:apigateway:…:lambda:path/…/invocations` of the receiver. */
  receiverInvokeArn: string;
}

const errorBody = (error: string, message: string) => JSON.stringify({ error, message, requestId: "$context.requestId" });

/** A response that API Gateway gives by itself, in the same form as the receiver's own errors. */
function gatewayResponse(statusCode: number | undefined, error: string, message: string, headers: Record<string, string> = {}) {
  return {
    statusCode,
    responseParameters: Object.fromEntries(
      Object.entries({ "Content-Type": "application/json", ...headers }).map(([name, value]) => [
        `gatewayresponse.header.${name}`,
        `'${value}'`,
      ]),
    ),
    responseTemplates: { "application/json": errorBody(error, message) },
  };
}

const retryLater = { "Retry-After": "30" };
const nothingHere = gatewayResponse(404, "not_found", "There is nothing here; webhooks are posted to /webhook/{name}.");

/**
 * REQUEST_TOO_LARGE is missing: API Gateway ignores what is said of it. DEFAULT_4XX keeps the status of each kind that is not named;
 * DEFAULT_5XX makes 503 of it, after which sources try again.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const gatewayResponses = {
  BAD_REQUEST_BODY: gatewayResponse(400, "malformed", "The body is no JSON object or array, or an empty one."),
  UNSUPPORTED_MEDIA_TYPE: gatewayResponse(415, "unsupported_media_type", "The body must be JSON, or a form from a source of forms."),
  /** What API Gateway answers where no route fits: 403 by default, which would mislead. With an Authorization header, as Adyen's, it looks
   * for a signature of AWS's in it first. */
  MISSING_AUTHENTICATION_TOKEN: nothingHere,
  INVALID_SIGNATURE: nothingHere,
  EXPIRED_TOKEN: nothingHere,
  RESOURCE_NOT_FOUND: nothingHere,
  /** A block of AWS WAF's that has no response of its own. */
  WAF_FILTERED: gatewayResponse(403, "forbidden", "The firewall blocked this request."),
  THROTTLED: gatewayResponse(429, "throttled", "Too many requests; send this one again later.", retryLater),
  QUOTA_EXCEEDED: gatewayResponse(429, "throttled", "Too many requests; send this one again later.", retryLater),
  INTEGRATION_FAILURE: gatewayResponse(503, "unavailable", "The event was not stored; send it again later.", retryLater),
  INTEGRATION_TIMEOUT: gatewayResponse(504, "unavailable", "It is not known whether the event was stored; send it again.", retryLater),
  DEFAULT_4XX: gatewayResponse(undefined, "refused", "The request was refused."),
  DEFAULT_5XX: gatewayResponse(503, "unavailable", "The event was not stored; send it again later.", retryLater),
};

const schemaOf = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const jsonResponse = (description: string, schema: string) => ({ description, content: { "application/json": schemaOf(schema) } });

const transactionIdHeader = {
  "X-Transaction-Id": { description: "As in the body of a 202, percent-encoded.", schema: { type: "string" } },
};

const responses = {
  "200": {
    description: "Stored, as 202 says, or proven to be here; in the words that Adyen, Slack and Twilio want to read.",
    headers: transactionIdHeader,
    content: { "text/plain": schemaOf("Text"), "text/xml": schemaOf("Text") },
  },
  "202": {
    ...jsonResponse("Stored, now or by an earlier delivery of the same event, or one that is not kept.", "Accepted"),
    headers: transactionIdHeader,
  },
  "400": jsonResponse("The body is not JSON or no form, or has no event id.", "Error"),
  "401": jsonResponse("The signature is missing, wrong, or too old.", "Error"),
  "403": jsonResponse("This source may not send from there, or the firewall blocked the request.", "Error"),
  "404": jsonResponse("No such source.", "Error"),
  "413": jsonResponse("The body is larger than this endpoint accepts. Of more than 10 MB API Gateway says so in its own words.", "Error"),
  "415": jsonResponse("The body is neither JSON nor, from a source of forms, a form; or it is compressed.", "Error"),
  "429": jsonResponse("Throttled; Retry-After says when to send it again.", "Error"),
  "503": jsonResponse("Not stored; Retry-After says when to send it again.", "Error"),
  "504": jsonResponse("No answer in time.", "Error"),
};

/** A path and method of a source's own: what API Gateway throttles is a method. */
const operationOf = (source: string, receiverInvokeArn: string) => ({
  operationId: `receive-${source}`,
  summary: `Receive one webhook of ${source}`,
  security: [],
  requestBody: {
    required: true,
    description: "JSON; GitHub, Slack and Twilio may send forms, which have no schema and pass as they are.",
    content: { "application/json": schemaOf("Webhook") },
  },
  responses,
  "x-amazon-apigateway-integration": {
    type: "aws_proxy",
    httpMethod: "POST",
    uri: receiverInvokeArn,
    passthroughBehavior: "when_no_match",
    timeoutInMillis: 29_000,
  },
});

/**
 * The REST API as one OpenAPI 3.0 document with API Gateway's extensions, in the constructs alone that its import supports. The schema of
 * the body is what API Gateway takes from it: JSON schema draft 4, for that type alone, since one that is not named here is not validated.
 * Signatures are verified by the receiver: an authorizer never sees the body.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function openApiDocument({ title, sources, receiverInvokeArn }: OpenApiTargets) {
  return {
    openapi: "3.0.1",
    info: {
      title,
      version: "1.0.0",
      description: "Receives webhooks, each exactly once.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true, validateRequestParameters: true } },
    "x-amazon-apigateway-request-validator": "all",
    "x-amazon-apigateway-gateway-responses": gatewayResponses,
    paths: Object.fromEntries(sources.map((source) => [webhookPath(source), { post: operationOf(source, receiverInvokeArn) }])),
    components: {
      schemas: {
        /** An object or an array. No construct that API Gateway supports says so: one that is no object is the receiver's to refuse. */
        Webhook: { title: "Webhook", description: "The source's own event, or several.", minProperties: 1 },
        Text: { type: "string", title: "Text" },
        Accepted: {
          type: "object",
          title: "Accepted",
          required: ["transactionId"],
          properties: { transactionId: { type: "string", description: "<source>#<event id>, the same for every delivery of an event." } },
        },
        Error: {
          type: "object",
          title: "Error",
          required: ["error", "message"],
          properties: { error: { type: "string" }, message: { type: "string" }, requestId: { type: "string" } },
        },
      },
    },
  };
}
