import { webhookPath } from "../contract";

/** What the document needs to know of the rest. */
export interface OpenApiTargets {
  title: string;
  senders: readonly string[];
  /** `arn:…:apigateway:…:lambda:path/…/invocations` of the receiver. */
  receiverInvokeArn: string;
}

const errorBody = (error: string, message: string) => JSON.stringify({ error, message, requestId: "$context.requestId" });

/** An answer that API Gateway gives by itself, in the same form as the receiver's own errors. */
function gatewayResponse(statusCode: number, error: string, message: string, headers: Record<string, string> = {}) {
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

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const gatewayResponses = {
  BAD_REQUEST_BODY: gatewayResponse(400, "malformed", "The body is not a JSON object or array."),
  BAD_REQUEST_PARAMETERS: gatewayResponse(400, "malformed", "A parameter is missing or malformed."),
  REQUEST_TOO_LARGE: gatewayResponse(413, "too_large", "The body is larger than this endpoint accepts."),
  UNSUPPORTED_MEDIA_TYPE: gatewayResponse(415, "unsupported_media_type", "The body must be JSON, or a form from a sender of forms."),
  /** What API Gateway answers when no route fits: a 403 by default, which would mislead. */
  MISSING_AUTHENTICATION_TOKEN: gatewayResponse(404, "not_found", "There is nothing here; webhooks are posted to /webhook/{provider}."),
  THROTTLED: gatewayResponse(429, "throttled", "Too many requests; send this one again later.", retryLater),
  QUOTA_EXCEEDED: gatewayResponse(429, "throttled", "Too many requests; send this one again later.", retryLater),
  INTEGRATION_FAILURE: gatewayResponse(503, "unavailable", "The event was not stored; send it again later.", retryLater),
  INTEGRATION_TIMEOUT: gatewayResponse(504, "unavailable", "It is not known whether the event was stored; send it again.", retryLater),
  DEFAULT_4XX: gatewayResponse(400, "malformed", "The request could not be understood."),
  DEFAULT_5XX: gatewayResponse(503, "unavailable", "The event was not stored; send it again later.", retryLater),
};

const jsonAnswer = (description: string, schema: string) => ({
  description,
  content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
});

const transactionIdHeader = {
  "X-Transaction-Id": { description: "As in the body of a 202, percent-encoded.", schema: { type: "string" } },
};

const ownBody = (example: string) => ({ schema: { type: "string" }, example });

const answers = {
  "200": {
    description: "Stored, as 202 says, or proven to be here; in the words that Adyen, Slack and Twilio want to read.",
    headers: transactionIdHeader,
    content: { "text/plain": ownBody("[accepted]"), "text/xml": ownBody("<Response/>") },
  },
  "202": {
    ...jsonAnswer("Stored, now or by an earlier delivery of the same event, or one that is not kept.", "Accepted"),
    headers: transactionIdHeader,
  },
  "400": jsonAnswer("The body is not JSON or no form, or has no event id.", "Error"),
  "401": jsonAnswer("The signature is missing, wrong, or too old.", "Error"),
  "403": jsonAnswer("This sender may not send from there.", "Error"),
  "404": jsonAnswer("No such sender.", "Error"),
  "413": jsonAnswer("The body is larger than this endpoint accepts.", "Error"),
  "415": jsonAnswer("The body is neither JSON nor, from a sender of forms, a form; or it is compressed.", "Error"),
  "429": jsonAnswer("Throttled.", "Error"),
  "503": jsonAnswer("Not stored; Retry-After says when to send it again.", "Error"),
  "504": jsonAnswer("No answer in time.", "Error"),
};

/**
 * The REST API as one OpenAPI 3.0 document with API Gateway's extensions. The schema of the body is what API Gateway
 * takes from it: JSON schema draft 4, for that type alone, since one that is not named here is not validated. Signatures
 * are verified by the receiver: an authorizer never sees the body.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function openApiDocument({ title, senders, receiverInvokeArn }: OpenApiTargets) {
  return {
    openapi: "3.0.1",
    info: {
      title,
      version: "1.0.0",
      description: "Receives webhooks, each exactly once.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    security: [],
    "x-amazon-apigateway-request-validators": { all: { validateRequestBody: true, validateRequestParameters: true } },
    "x-amazon-apigateway-request-validator": "all",
    "x-amazon-apigateway-gateway-responses": gatewayResponses,
    paths: {
      [webhookPath("{provider}")]: {
        post: {
          operationId: "receiveWebhook",
          summary: "Receive one webhook of a sender",
          parameters: [
            {
              name: "provider",
              in: "path",
              required: true,
              description: `The sender: one of ${senders.join(", ")}.`,
              schema: { type: "string" },
            },
          ],
          requestBody: {
            required: true,
            description: "JSON; GitHub, Slack and Twilio may send forms, which have no schema and pass as they are.",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Webhook" } } },
          },
          responses: answers,
          "x-amazon-apigateway-integration": {
            type: "aws_proxy",
            httpMethod: "POST",
            uri: receiverInvokeArn,
            passthroughBehavior: "when_no_match",
            timeoutInMillis: 29_000,
          },
        },
      },
    },
    components: {
      schemas: {
        Webhook: {
          title: "Webhook",
          description: "The sender's own event, or several.",
          anyOf: [
            { type: "object", minProperties: 1 },
            { type: "array", minItems: 1, items: {} },
          ],
        },
        Accepted: {
          type: "object",
          title: "Accepted",
          required: ["transactionId"],
          properties: { transactionId: { type: "string", description: "<provider>#<event id>, the same for every delivery of an event." } },
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
