import { fields, type Graph, isKnown, list, textAt } from "../graph";
import { schemaProblems } from "../openapi";
import type { Rule, Violation } from "../rule";
import { Type } from "../types";

type Json = Record<string, unknown>;

/** Kinds of answer that API Gateway gives by itself. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const gatewayResponses = [
  "ACCESS_DENIED",
  "API_CONFIGURATION_ERROR",
  "AUTHORIZER_CONFIGURATION_ERROR",
  "AUTHORIZER_FAILURE",
  "BAD_REQUEST_BODY",
  "BAD_REQUEST_PARAMETERS",
  "DEFAULT_4XX",
  "DEFAULT_5XX",
  "EXPIRED_TOKEN",
  "INTEGRATION_FAILURE",
  "INTEGRATION_TIMEOUT",
  "INVALID_API_KEY",
  "INVALID_SIGNATURE",
  "MISSING_AUTHENTICATION_TOKEN",
  "QUOTA_EXCEEDED",
  "REQUEST_TOO_LARGE",
  "RESOURCE_NOT_FOUND",
  "THROTTLED",
  "UNAUTHORIZED",
  "UNSUPPORTED_MEDIA_TYPE",
  "WAF_FILTERED",
];

/** A rule over each API's document, and each of its operations. */
function documents(graph: Graph, problems: (document: Json) => string[]): Violation[] {
  return graph.all(Type.restApi).flatMap((resource) => {
    const document = graph.document(resource, "body");
    return document ? problems(document).map((detail) => ({ resource, detail })) : [];
  });
}

interface Operation {
  name: string;
  operation: Json;
  integration: Json | undefined;
}

function operationsOf(document: Json): Operation[] {
  return Object.entries(fields(document.paths) as Record<string, Json>).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => /^(get|put|post|delete|options|head|patch|x-amazon-apigateway-any-method)$/.test(method))
      .map(([method, operation]) => ({
        name: `${method} ${path}`,
        operation: operation as Json,
        integration: (operation as Json)["x-amazon-apigateway-integration"] as Json | undefined,
      })),
  );
}

const within = (value: unknown, min: number, max: number) => typeof value !== "number" || (value >= min && value <= max);

/** Rules over the OpenAPI document of a REST API, with API Gateway's extensions.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html */
export const gatewayRules: Rule[] = [
  {
    id: "api-document",
    severity: "error",
    answer: "BadRequestException: Errors found during import: …",
    cause: "The API's body is no valid OpenAPI 3.0 document.",
    fix: "Correct the document at the place that is named.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html",
    check: (graph) =>
      graph.all(Type.restApi).flatMap((resource) => {
        const text = textAt(resource, "body");
        if (text === undefined) return [];
        const document = graph.document(resource, "body");
        const found = document ? schemaProblems(text, document) : ["it is no JSON"];
        return found.map((problem) => ({ resource, detail: `its document: ${problem}` }));
      }),
  },
  {
    id: "api-validator",
    severity: "error",
    answer: "BadRequestException: Errors found during import: Invalid Request Validator identifier specified",
    cause: "A request validator is named that the document does not define.",
    fix: "Define it under x-amazon-apigateway-request-validators.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-request-validator.html",
    check: (graph) =>
      documents(graph, (document) => {
        const validators = Object.keys(fields(document["x-amazon-apigateway-request-validators"]));
        const key = "x-amazon-apigateway-request-validator";
        const named = [
          { name: "the API", holder: document },
          ...operationsOf(document).map(({ name, operation }) => ({ name, holder: operation })),
        ];
        return named
          .filter(({ holder }) => holder[key] !== undefined && !validators.includes(String(holder[key])))
          .map(({ name, holder }) => `${name} names the validator ${String(holder[key])}`);
      }),
  },
  {
    id: "api-reference",
    severity: "error",
    answer:
      "silent: AWS warns «Reference to model '…' not found. Ignoring.», which nobody sees, and checks nothing; or: BadRequestException: Model name must be alphanumeric: …",
    cause: "The document refers to a schema that it does not have, or to another document.",
    fix: "Define the schema under components.schemas, with letters and digits in its name.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html",
    check: (graph) =>
      documents(graph, (document) => {
        const schemas = Object.keys(fields((document.components as Json | undefined)?.schemas));
        return [
          ...referencesIn(document)
            .filter((reference) => !schemas.some((name) => reference === `#/components/schemas/${name}`))
            .map((reference) => `refers to ${reference}`),
          ...schemas.filter((name) => !/^[a-zA-Z0-9]+$/.test(name)).map((name) => `the schema ${name} is no name of a model`),
        ];
      }),
  },
  {
    id: "api-integration",
    severity: "error",
    answer:
      "BadRequestException: Errors found during import: Unable to put integration on '…' for resource at path '…': …; or, when it is deployed: No integration defined for method",
    cause: "An operation has no integration, or one that API Gateway does not take.",
    fix: "Give each operation x-amazon-apigateway-integration with a type, a uri and a method.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/21210",
    check: (graph) => [
      ...documents(graph, (document) =>
        operationsOf(document).flatMap(({ name, integration }) => integrationProblems(integration).map((problem) => `${name} ${problem}`)),
      ),
      ...graph
        .all(Type.apiIntegration)
        .filter(({ inputs: { type, uri } }) => isKnown(uri) && String(type).startsWith("AWS") && !isIntegrationUri(uri))
        .map((resource) => ({ resource, detail: `its uri is ${String(resource.inputs.uri)}` })),
    ],
  },
  {
    id: "api-integration-method",
    severity: "error",
    answer: "silent: every request is answered with 500, «Unable to determine service/operation name to be authorized»",
    cause: "Lambda is called with POST, whatever the sender's method is.",
    fix: "Set the integration's method to POST.",
    link: "https://github.com/aws/serverless-application-model/issues/430",
    check: (graph) => [
      ...documents(graph, (document) =>
        operationsOf(document)
          .filter(({ integration }) => callsFunction(integration?.uri) && integration?.httpMethod !== "POST")
          .map(({ name, integration }) => `${name} calls a function with ${String(integration?.httpMethod)}`),
      ),
      ...graph
        .all(Type.apiIntegration)
        .filter(
          ({ inputs }) => callsFunction(inputs.uri) && isKnown(inputs.integrationHttpMethod) && inputs.integrationHttpMethod !== "POST",
        )
        .map((resource) => ({ resource, detail: `it calls a function with ${String(resource.inputs.integrationHttpMethod)}` })),
    ],
  },
  {
    id: "api-integration-timeout",
    severity: "error",
    answer: "BadRequestException: Timeout should be between 50 ms and 29000 ms",
    cause: "API Gateway waits 29 seconds at most, unless AWS has raised the account's quota for a Regional API.",
    fix: "Set the timeout to 50 to 29,000 milliseconds.",
    link: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-method-integration.html",
    check: (graph) => [
      ...documents(graph, (document) =>
        operationsOf(document)
          .filter(({ integration }) => !within(integration?.timeoutInMillis, 50, 29_000))
          .map(({ name, integration }) => `${name} waits ${String(integration?.timeoutInMillis)} ms`),
      ),
      ...graph
        .all(Type.apiIntegration)
        .filter(({ inputs }) => !within(inputs.timeoutMilliseconds, 50, 29_000))
        .map((resource) => ({ resource, detail: `it waits ${String(resource.inputs.timeoutMilliseconds)} ms` })),
    ],
  },
  {
    id: "api-gateway-response",
    severity: "error",
    answer:
      "ValidationException: 1 validation error detected: Value '…' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: […]",
    cause: "An answer of API Gateway's own is of no kind that it knows, or has no status or header of HTTP's.",
    fix: "Use one of the documented kinds, a status from 400 to 599, and gatewayresponse.header.<name> with a value in single quotes.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html",
    check: (graph) =>
      documents(graph, (document) =>
        Object.entries(fields(document["x-amazon-apigateway-gateway-responses"]) as Record<string, Json>).flatMap(([kind, response]) =>
          responseProblems(kind, response).map((problem) => `the answer ${kind} ${problem}`),
        ),
      ),
  },
  {
    id: "api-parameter",
    severity: "error",
    answer:
      "BadRequestException: Errors found during import: Unable to put integration on '…' for resource at path '…': Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.request.path.…]",
    cause: "A parameter in a path is declared, as required, by each operation of the path, and by none other.",
    fix: "Declare each {parameter} with in: path and required: true.",
    link: "https://github.com/aws/aws-cdk/issues/17318",
    check: (graph) =>
      documents(graph, (document) =>
        operationsOf(document).flatMap(({ name, operation }) => {
          const inPath = [...name.matchAll(/\{(\w+)\+?\}/g)].map(([, parameter]) => parameter);
          const declared = list<Json>(operation.parameters).filter((parameter) => parameter.in === "path");
          return [
            ...inPath
              .filter((one) => !declared.some((parameter) => parameter.name === one && parameter.required === true))
              .map((one) => `${name} does not declare {${one}}`),
            ...declared
              .filter((parameter) => !inPath.includes(String(parameter.name)))
              .map((parameter) => `${name} declares ${String(parameter.name)}, which is not in its path`),
          ];
        }),
      ),
  },
];

const callsFunction = (uri: unknown) => typeof uri === "string" && uri.includes(":lambda:path/");

/** What API Gateway takes as the address of an AWS service's action, of a function above all. */
function isIntegrationUri(uri: unknown): boolean {
  const isAction = /^arn:[\w-]+:apigateway:[\w-]+:[\w.-]+:(path|action)\/.+/.test(String(uri));
  return isAction && (!callsFunction(uri) || /\/functions\/arn:[\w-]+:lambda:[^/]+\/invocations$/.test(String(uri)));
}

function integrationProblems(integration: Json | undefined): string[] {
  if (!integration) return ["has no integration"];
  const { type, uri, passthroughBehavior } = integration;
  const types = ["aws", "aws_proxy", "http", "http_proxy", "mock"];
  return [
    ...(types.includes(String(type)) ? [] : [`has an integration of the type ${String(type)}`]),
    ...(type !== "mock" && typeof uri !== "string" ? ["has an integration without uri"] : []),
    ...(typeof uri === "string" && String(type).startsWith("aws") && !isIntegrationUri(uri) ? [`calls ${uri}`] : []),
    ...(passthroughBehavior === undefined || ["when_no_match", "when_no_templates", "never"].includes(String(passthroughBehavior))
      ? []
      : [`has the passthroughBehavior ${String(passthroughBehavior)}`]),
  ];
}

function responseProblems(kind: string, { statusCode, responseParameters = {}, responseTemplates = {} }: Json): string[] {
  return [
    ...(gatewayResponses.includes(kind) ? [] : ["is of no known kind"]),
    ...(statusCode === undefined || (Number(statusCode) >= 400 && Number(statusCode) <= 599)
      ? []
      : [`has the status ${String(statusCode)}`]),
    ...Object.entries(responseParameters as Json)
      .filter(([name, value]) => !/^gatewayresponse\.header\.[\w-]+$/.test(name) || !/^('[^']*'|(method|context)\..+)$/.test(String(value)))
      .map(([name, value]) => `sets ${name} to ${String(value)}`),
    ...Object.keys(responseTemplates as Json)
      .filter((type) => !/^[\w.+-]+\/[\w.+-]+$/.test(type))
      .map((type) => `has a template for ${type}`),
  ];
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => (key === "$ref" ? [String(member)] : referencesIn(member)));
}
