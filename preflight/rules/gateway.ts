import { Type } from "../graph/types";
import { each, labeled, type Problems } from "../check";
import { fields, list, textInput } from "../graph/graph";
import { eachDocument, eachOperation, operationsOf, schemaProblems } from "../openapi";
import type { Json } from "../json";
import type { RuleEntry } from "../rule";

/** Types of gateway responses, which API Gateway sends itself. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const gatewayResponses = (
  "ACCESS_DENIED API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE BAD_REQUEST_BODY BAD_REQUEST_PARAMETERS " +
  "DEFAULT_4XX DEFAULT_5XX EXPIRED_TOKEN INTEGRATION_FAILURE INTEGRATION_TIMEOUT INVALID_API_KEY INVALID_SIGNATURE " +
  "MISSING_AUTHENTICATION_TOKEN QUOTA_EXCEEDED REQUEST_TOO_LARGE RESOURCE_NOT_FOUND THROTTLED UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE " +
  "WAF_FILTERED"
).split(" ");

/** Rules for the OpenAPI document of a REST API, with API Gateway's extensions.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html */
export const gatewayRules: RuleEntry[] = [
  {
    id: "api-document",
    awsError: "BadRequestException: Errors found during import: …",
    cause: "The API's body must be a valid OpenAPI document.",
    fix: "Correct the document at the place that the finding names.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api.html",
    check: each(Type.restApi, (resource) => {
      const text = textInput(resource, "body");
      return text !== undefined && labeled("its document:", schemaProblems(text));
    }),
  },
  {
    id: "api-validator",
    awsError: "BadRequestException: Errors found during import: Invalid Request Validator identifier specified",
    cause: "The document does not define the request validator that it names.",
    fix: "Define the validator under x-amazon-apigateway-request-validators.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-request-validator.html",
    check: eachDocument((document) => {
      const validators = Object.keys(fields(document["x-amazon-apigateway-request-validators"]));
      const holders = [{ name: "the API", operation: document }, ...operationsOf(document)];
      return holders
        .map(({ name, operation }) => ({ name, validator: operation["x-amazon-apigateway-request-validator"] }))
        .filter(({ validator }) => validator !== undefined && !validators.includes(String(validator)))
        .map(({ name, validator }) => `${name} has the undefined validator ${String(validator)}`);
    }),
  },
  {
    id: "api-reference",
    awsError:
      "silent: AWS validates nothing, and nobody sees its warning «Reference to model '…' not found. Ignoring.»; or: BadRequestException: Model name must be alphanumeric: …",
    cause: "A document can refer only to its own schemas, whose names must be letters and digits.",
    fix: "Define the schema under components.schemas, with only letters and digits in its name.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html",
    check: eachDocument((document) => {
      const schemas = Object.keys(fields(fields(document.components).schemas));
      return [
        ...referencesIn(document)
          .filter(
            (reference) =>
              !/^#\/(components\/)?responses\//.test(reference) && !schemas.some((name) => reference === `#/components/schemas/${name}`),
          )
          .map((reference) => `it refers to ${reference}, which it does not define`),
        ...schemas.filter((name) => !/^[a-zA-Z0-9]+$/.test(name)).map((name) => `the schema name ${name} is not alphanumeric`),
      ];
    }),
  },
  {
    id: "api-gateway-response",
    awsError:
      "ValidationException: 1 validation error detected: Value '…' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: […]",
    cause: "A gateway response requires a known type, a valid HTTP status, and header mappings in API Gateway's form.",
    fix: "Use a documented type, a status from 400 to 599, and gatewayresponse.header.<name> with a value in single quotes.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html",
    check: eachDocument((document) =>
      Object.entries(fields(document["x-amazon-apigateway-gateway-responses"]) as Record<string, Json>).flatMap(([kind, response]) =>
        labeled(`the gateway response ${kind}`, responseProblems(kind, fields(response))),
      ),
    ),
  },
  {
    id: "api-parameter",
    awsError:
      "BadRequestException: Errors found during import: Unable to put integration on '…' for resource at path '…': Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.request.path.…]",
    cause: "Each operation must declare exactly the parameters of its path, as required.",
    fix: "Declare each {parameter} with in: path and required: true.",
    link: "https://github.com/aws/aws-cdk/issues/17318",
    check: eachOperation(({ name, operation }) => {
      const inPath = [...name.matchAll(/\{(\w+)\+?\}/g)].map(([, parameter]) => parameter);
      const declared = list<Json>(operation.parameters).filter((parameter) => parameter.in === "path");
      return [
        inPath
          .filter((one) => !declared.some((parameter) => parameter.name === one && parameter.required === true))
          .map((one) => `does not declare the path parameter {${one}}`),
        declared
          .filter((parameter) => !inPath.includes(String(parameter.name)))
          .map((parameter) => `declares ${String(parameter.name)}, which is not in its path`),
      ];
    }),
  },
];

function responseProblems(kind: string, { statusCode, responseParameters = {}, responseTemplates = {} }: Json): Problems {
  return [
    !gatewayResponses.includes(kind) && "has an unknown type",
    statusCode !== undefined &&
      !(Number(statusCode) >= 400 && Number(statusCode) <= 599) &&
      `has the status ${String(statusCode)}. AWS allows 400 to 599`,
    ...Object.entries(fields(responseParameters))
      .filter(([name, value]) => !/^gatewayresponse\.header\.[\w-]+$/.test(name) || !/^('[^']*'|(method|context)\..+)$/.test(String(value)))
      .map(([name, value]) => `maps ${name} to ${String(value)}, which is invalid`),
    ...Object.keys(fields(responseTemplates))
      .filter((type) => !/^[\w.+-]+\/[\w.+-]+$/.test(type))
      .map((type) => `has a template for the invalid content type ${type}`),
  ];
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => (key === "$ref" ? [String(member)] : referencesIn(member)));
}
