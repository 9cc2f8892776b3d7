import { fields } from "../graph/graph";
import { eachDocument, operationsOf } from "../openapi";
import { allResponsesOf, contentsOf, parametersOf, responseBodiesOf, responsesOf, schemasOf, type Placed } from "../openapi.schemas";
import type { Json } from "../json";
import type { RuleEntry } from "../rule";

/** AWS's page about the parts of OpenAPI that a REST API's import does not support. gateway.ts has the rules for model names, references to
 * other files and JSON schema draft 4. A document of OpenAPI 2.0 with `oneOf` is invalid anyway. */
const page = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";
/** An older edition of the page, which lists more. The newest omits these, but does not say that the import supports them. */
const earlierPage =
  "https://github.com/awsdocs/amazon-api-gateway-developer-guide/blob/12fad5e8d71e93fd92fd98e195b2be962cbd7994/doc_source/api-gateway-known-issues.md";
/** A copy of a later edition, which lists `anyOf` instead of `allOf`. */
const laterPage = "https://github.com/stoplightio/spectral/issues/475";
const ignored = "silent: AWS ignores the construct or warns, and cancels the import if failOnWarnings is true";

/** Makes a rule for keywords that a part of a document must not have. */
const unsupported = (id: string, keywords: readonly string[], fix: string, partsOf: (document: Json) => Placed[] = schemasOf) => ({
  id,
  severity: "warning" as const,
  awsError: ignored,
  cause: `API Gateway does not support ${keywords.join(" or ")}.`,
  fix,
  link: page,
  check: eachDocument((document) =>
    partsOf(document).flatMap(({ place, value }) =>
      keywords.filter((keyword) => value[keyword] !== undefined).map((keyword) => `${place} has ${keyword}`),
    ),
  ),
});

const operations = (document: Json): Placed[] => operationsOf(document).map(({ name, operation }) => ({ place: name, value: operation }));
const pathsOf = (document: Json) => Object.keys(fields(document.paths));
const compositions = ["oneOf", "anyOf", "allOf"];
const hasReference = (value: unknown) => JSON.stringify(value ?? "").includes('"$ref"');

export const importRules: RuleEntry[] = [
  {
    id: "api-path-segment",
    awsError:
      "BadRequestException: Resource's path part only allow a-zA-Z0-9._- or a valid greedy path variable and curly braces at the beginning and the end.",
    cause: "A path segment must be a parameter, or consist of letters, digits and _-.,: only.",
    fix: "Use only these characters, and make each parameter a segment of its own.",
    link: page,
    check: eachDocument((document) =>
      pathsOf(document).flatMap((path) =>
        path
          .split("/")
          .slice(1)
          .filter((segment) => !/^([\w.,:-]*|\{[\w.,:-]+\+?\})$/.test(segment))
          .map((segment) => `the path ${path} has the invalid segment ${segment}`),
      ),
    ),
  },
  {
    id: "api-reserved-path",
    severity: "warning",
    awsError: "silent: under a custom domain name, AWS's health check answers instead of the API",
    cause: "API Gateway reserves /ping and /sping.",
    fix: "Rename the path.",
    link: page,
    check: eachDocument((document) =>
      pathsOf(document).flatMap((path) => (/^\/s?ping$/.test(path) ? [`it has the reserved path ${path}`] : [])),
    ),
  },
  {
    id: "api-parameter-attribute",
    severity: "warning",
    awsError: "silent: AWS ignores other attributes of a parameter, so nothing validates them",
    cause: "API Gateway supports only name, in, required, type and description of a parameter.",
    fix: "Validate the parameter in the integration.",
    link: page,
    check: eachDocument((document) =>
      parametersOf(document)
        .filter(({ value }) => value.in !== "body")
        .flatMap(({ place, value: { schema, ...value } }) =>
          [...Object.keys(value), ...Object.keys(fields(schema))]
            .filter((key) => !["name", "in", "required", "type", "description"].includes(key))
            .map((key) => `${place} has the unsupported attribute ${key}`),
        ),
    ),
  },
  {
    id: "api-security-scheme",
    awsError: "silent: AWS ignores a scheme of another type, and its methods are open to everyone",
    cause: "A security scheme of a REST API must have the type apiKey, or an authorizer of API Gateway.",
    fix: "Set type to apiKey, and define the authorizer in x-amazon-apigateway-authorizer.",
    link: page,
    check: eachDocument((document) =>
      Object.entries({ ...fields(document.securityDefinitions), ...fields(fields(document.components).securitySchemes) })
        .filter(([, scheme]) => fields(scheme).type !== "apiKey" && fields(scheme)["x-amazon-apigateway-authorizer"] === undefined)
        .map(([name, scheme]) => `the scheme ${name} has the type ${String(fields(scheme).type)}, and no authorizer`),
    ),
  },
  {
    id: "api-root-security",
    awsError: "silent: the methods are open to everyone, because API Gateway ignores security at the document's root",
    cause: "API Gateway reads security only from operations.",
    fix: "Set security in each operation.",
    link: page,
    check: eachDocument((document) => (document.security === undefined ? [] : ["it has security at its root"])),
  },
  unsupported("api-deprecated", ["deprecated"], "Write it in the description.", (document) => [
    ...operations(document),
    ...contentsOf(document),
    ...schemasOf(document),
  ]),
  unsupported("api-discriminator", ["discriminator"], "Write separate schemas, or validate in the integration."),
  unsupported("api-example", ["example", "examples"], "Move examples into the documentation.", (document) => [
    { place: "components", value: fields(document.components) },
    ...allResponsesOf(document),
    ...contentsOf(document),
    ...schemasOf(document),
  ]),
  unsupported("api-nullable", ["nullable"], "Validate in the integration, or omit the property instead of sending null."),
  unsupported("api-exclusive-minimum", ["exclusiveMinimum"], "Use minimum, or validate in the integration."),
  unsupported("api-item-count", ["minItems", "maxItems"], "Count the items in the integration."),
  unsupported("api-read-only", ["readOnly"], "Write one model for requests and another for responses."),
  unsupported("api-default", ["default"], "Apply the default in the integration.", (document) => [
    ...parametersOf(document),
    ...schemasOf(document),
  ]),
  {
    id: "api-composition",
    awsError: ignored,
    cause: "API Gateway does not support references inside oneOf, anyOf and allOf.",
    fix: "Replace the reference by the schema, or create the model as a separate resource.",
    link: page,
    check: eachDocument((document) =>
      schemasOf(document).flatMap(({ place, value }) =>
        compositions.filter((keyword) => hasReference(value[keyword])).map((keyword) => `${place} has ${keyword} with a reference`),
      ),
    ),
  },
  {
    id: "api-composition-inline",
    severity: "warning",
    awsError: ignored,
    cause: "Earlier editions of AWS's page say that API Gateway does not support oneOf, anyOf and allOf in models.",
    fix: "Write one schema that covers all of them, and validate the rest in the integration.",
    link: laterPage,
    check: eachDocument((document) =>
      schemasOf(document).flatMap(({ place, value }) =>
        compositions
          .filter((keyword) => value[keyword] !== undefined && !hasReference(value[keyword]))
          .map((keyword) => `${place} has ${keyword}`),
      ),
    ),
  },
  {
    ...unsupported("api-additional-properties", ["additionalProperties"], "Check in the integration for unexpected properties."),
    cause: "Earlier editions of AWS's page say that API Gateway does not support additionalProperties in models.",
    link: laterPage,
  },
  {
    ...unsupported("api-pattern", ["pattern"], "Match the text in the integration, or list the allowed values in enum."),
    cause: "An earlier edition of AWS's page says that API Gateway does not support pattern in models.",
    link: earlierPage,
  },
  {
    id: "api-number-format",
    severity: "warning",
    awsError: ignored,
    cause: "API Gateway does not support the number formats int32, int64 and decimal.",
    fix: "Omit the format, and bound the number by minimum and maximum.",
    link: page,
    check: eachDocument((document) =>
      schemasOf(document)
        .filter(({ value }) => /^(int32|int64|decimal)$/i.test(String(value.format)))
        .map(({ place, value }) => `${place} has the format ${String(value.format)}`),
    ),
  },
  {
    id: "api-response-schema",
    awsError: ignored,
    cause: "The schema of a response must be an object or a reference.",
    fix: "Define the schema under components.schemas, and refer to it.",
    link: page,
    check: eachDocument((document) =>
      responseBodiesOf(document)
        .filter(({ value }) => value.$ref === undefined && value.type !== "object")
        .map(({ place, value }) => `${place} ${value.type === undefined ? "has no type" : `has the type ${String(value.type)}`}`),
    ),
  },
  {
    id: "api-response-reference",
    severity: "warning",
    awsError: ignored,
    cause: "API Gateway does not support references to shared responses.",
    fix: "Write the response inside the operation. Its schema can be a reference.",
    link: page,
    check: eachDocument((document) =>
      responsesOf(document)
        .filter(({ value }) => value.$ref !== undefined)
        .map(({ place, value }) => `${place} is a reference to ${String(value.$ref)}`),
    ),
  },
  {
    id: "api-too-large",
    severity: "warning",
    awsError: "silent: API Gateway sends its own 413 response, whatever the document says",
    cause: "The gateway response REQUEST_TOO_LARGE cannot be customized.",
    fix: "Remove the gateway response.",
    link: page,
    check: eachDocument(
      (document) =>
        fields(document["x-amazon-apigateway-gateway-responses"]).REQUEST_TOO_LARGE !== undefined &&
        "it has the gateway response REQUEST_TOO_LARGE",
    ),
  },
];
