import type { CheckMethod } from "../../domain/description";
import { webhookPath } from "../../domain/paths";

/** Values that the document refers to. */
export interface OpenApiTargets {
  title: string;
  /** Names of the sources, and the methods by which their providers check the URL. */
  sources: readonly { name: string; checks: readonly CheckMethod[] }[];
  /** Content types whose bodies API Gateway passes as base64, with every byte as it is. */
  binaryContentTypes: string[];
  /** Invocation ARN of the receiver: `arn:…:apigateway:…:lambda:path/…/invocations`. */
  receiverInvokeArn: string;
}

const errorBody = (error: string, message: string) => JSON.stringify({ error, message, requestId: "$context.requestId" });

/** Returns a response that API Gateway sends by itself, in the form of the receiver's own errors. */
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
const nothingHere = gatewayResponse(404, "not_found", "Nothing here. Post webhooks to /webhook/{source}.");

/**
 * Responses that API Gateway sends by itself. REQUEST_TOO_LARGE is missing because API Gateway ignores it. DEFAULT_4XX keeps the status of
 * each type that is not listed; DEFAULT_5XX turns it into 503, after which sources try again.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const gatewayResponses = {
  BAD_REQUEST_BODY: gatewayResponse(400, "malformed", "The body is not a JSON object or array, or is empty."),
  UNSUPPORTED_MEDIA_TYPE: gatewayResponse(415, "unsupported_media_type", "The body must be JSON, or a form if the source sends forms."),
  /**
   * Sent if no route matches. The default status, 403, would mislead. If the request has an Authorization header, as Adyen's have, API
   * Gateway first looks for an AWS signature in it.
   */
  MISSING_AUTHENTICATION_TOKEN: nothingHere,
  INVALID_SIGNATURE: nothingHere,
  EXPIRED_TOKEN: nothingHere,
  RESOURCE_NOT_FOUND: nothingHere,
  /** Sent if AWS WAF blocks a request with a rule that has no response of its own. */
  WAF_FILTERED: gatewayResponse(403, "forbidden", "The firewall blocked this request."),
  THROTTLED: gatewayResponse(429, "throttled", "Too many requests. Send the event again later.", retryLater),
  QUOTA_EXCEEDED: gatewayResponse(429, "throttled", "Too many requests. Send the event again later.", retryLater),
  INTEGRATION_FAILURE: gatewayResponse(503, "unavailable", "The event was not stored. Send it again later.", retryLater),
  INTEGRATION_TIMEOUT: gatewayResponse(504, "unavailable", "The event may not be stored. Send it again.", retryLater),
  DEFAULT_4XX: gatewayResponse(undefined, "refused", "The request was refused."),
  DEFAULT_5XX: gatewayResponse(503, "unavailable", "The event was not stored. Send it again later.", retryLater),
};

const schemaOf = (name: string) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const jsonResponse = (description: string, schema: string) => ({ description, content: { "application/json": schemaOf(schema) } });

const transactionIdHeader = {
  "X-Transaction-Id": { description: "Transaction ID of the event, percent-encoded.", schema: { type: "string" } },
};

const responses = {
  "200": {
    description: "The same as 202, or a confirmed URL, in the form that Adyen, Slack and Twilio expect.",
    headers: transactionIdHeader,
    content: { "text/plain": schemaOf("Text"), "text/xml": schemaOf("Text") },
  },
  "202": {
    ...jsonResponse("The event is stored, now or by an earlier delivery, or excluded by the source's event filter.", "Accepted"),
    headers: transactionIdHeader,
  },
  "400": jsonResponse("The body is neither JSON nor a form, or has no event ID.", "Error"),
  "401": jsonResponse("The signature is missing, wrong, or too old.", "Error"),
  "403": jsonResponse("The source may not send from this address, or the firewall blocked the request.", "Error"),
  "404": jsonResponse("Unknown source.", "Error"),
  "413": jsonResponse("The body is too large. Above 10 MB, API Gateway sends its own message.", "Error"),
  "415": jsonResponse("The body is compressed, or is neither JSON nor a form that the source may send.", "Error"),
  "429": jsonResponse("Too many requests. Retry-After says when to send the event again.", "Error"),
  "503": jsonResponse("The event was not stored. Retry-After says when to send it again.", "Error"),
  "504": jsonResponse("The receiver did not answer in time. Send the event again.", "Error"),
};

const integrationWith = (receiverInvokeArn: string) => ({
  type: "aws_proxy",
  httpMethod: "POST",
  uri: receiverInvokeArn,
  passthroughBehavior: "when_no_match",
  timeoutInMillis: 29_000,
});

/** Returns the operation of one source. Each source has its own method, because API Gateway throttles by method. */
const operationOf = (source: string, receiverInvokeArn: string) => ({
  operationId: `receive-${source}`,
  summary: `Receive one webhook from ${source}`,
  security: [],
  requestBody: {
    required: true,
    description: "JSON. GitHub, Slack and Twilio may send forms, which are not validated.",
    content: { "application/json": schemaOf("Webhook") },
  },
  responses,
  "x-amazon-apigateway-integration": integrationWith(receiverInvokeArn),
});

/** Answers to the methods by which a provider checks a URL. */
const checked = {
  GET: { description: "The text of the query.", content: { "text/plain": schemaOf("Text") } },
  HEAD: { description: "The URL is right." },
};

/** Returns the operation by which a provider checks the URL. It stores nothing. */
const checkOf = (source: string, method: CheckMethod, receiverInvokeArn: string) => ({
  operationId: `check-${source}-${method.toLowerCase()}`,
  summary: `Answer the ${method} with which ${source} checks the URL`,
  security: [],
  responses: {
    "200": checked[method],
    "404": responses["404"],
    "429": responses["429"],
    "503": responses["503"],
  },
  "x-amazon-apigateway-integration": integrationWith(receiverInvokeArn),
});

/**
 * Returns the REST API as one OpenAPI 3.0 document with API Gateway's extensions. It uses only constructs that API Gateway's import
 * supports.
 *
 * API Gateway validates a body by its schema (JSON schema draft 4) and only for the media types listed here. The receiver verifies
 * signatures, because an authorizer never sees the body.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function openApiDocument({ title, sources, binaryContentTypes, receiverInvokeArn }: OpenApiTargets) {
  return {
    openapi: "3.0.1",
    info: {
      title,
      version: "1.0.0",
      description: "Receives webhooks and stores each event once.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true, validateRequestParameters: true } },
    "x-amazon-apigateway-request-validator": "all",
    "x-amazon-apigateway-gateway-responses": gatewayResponses,
    ...(binaryContentTypes.length > 0 && { "x-amazon-apigateway-binary-media-types": binaryContentTypes }),
    paths: Object.fromEntries(
      sources.map(({ name, checks }) => [
        webhookPath(name),
        {
          post: operationOf(name, receiverInvokeArn),
          ...(checks.includes("GET") && { get: checkOf(name, "GET", receiverInvokeArn) }),
          ...(checks.includes("HEAD") && { head: checkOf(name, "HEAD", receiverInvokeArn) }),
        },
      ]),
    ),
    components: {
      schemas: {
        /** Accepts an object or an array. No supported construct expresses that, so the receiver refuses everything else. */
        Webhook: { title: "Webhook", description: "One event of the source, or several.", minProperties: 1 },
        Text: { type: "string", title: "Text" },
        Accepted: {
          type: "object",
          title: "Accepted",
          required: ["transactionId"],
          properties: { transactionId: { type: "string", description: "<source>#<event ID>, the same for every delivery of an event." } },
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
