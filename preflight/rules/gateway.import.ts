import { fields } from "../graph";
import { eachDocument, operationsOf } from "../openapi";
import { allResponsesOf, contentsOf, parametersOf, responseBodiesOf, responsesOf, schemasOf, type Placed } from "../openapi.schemas";
import type { Json } from "../json";
import type { RuleEntry } from "../rule";

/** The page that lists what of OpenAPI a REST API's import does not support. Names of models, references to other files and JSON schema's
 * draft 4 have rules in gateway.ts; `oneOf` in OpenAPI 2.0 is no valid document. */
const page = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";
/** An edition of the page that still named these; the newest does not, and nobody has said that the import takes them. */
const earlierPage =
  "https://github.com/awsdocs/amazon-api-gateway-developer-guide/blob/12fad5e8d71e93fd92fd98e195b2be962cbd7994/doc_source/api-gateway-known-issues.md";
/** A later edition, as somebody copied it, in which `anyOf` stands in the place of `allOf`. */
const laterPage = "https://github.com/stoplightio/spectral/issues/475";
const ignored = "silent: AWS passes it over, or warns, and takes the import back if failOnWarnings is true";

/** Makes a rule about keywords that a part of a document may not have. */
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
    cause: "A segment of a path has another character, or a parameter that is only a part of it.",
    fix: "Use letters, digits and _-.,: in a segment, and a parameter as a segment of its own.",
    link: page,
    check: eachDocument((document) =>
      pathsOf(document).flatMap((path) =>
        path
          .split("/")
          .slice(1)
          .filter((segment) => !/^([\w.,:-]*|\{[\w.,:-]+\+?\})$/.test(segment))
          .map((segment) => `the path ${path} has the segment ${segment}`),
      ),
    ),
  },
  {
    id: "api-reserved-path",
    severity: "warning",
    awsError: "silent: AWS's own health check answers in place of the API, under a host name of one's own",
    cause: "/ping and /sping are API Gateway's own.",
    fix: "Call the path something else.",
    link: page,
    check: eachDocument((document) => pathsOf(document).flatMap((path) => (/^\/s?ping$/.test(path) ? [`it has the path ${path}`] : []))),
  },
  {
    id: "api-parameter-attribute",
    severity: "warning",
    awsError: "silent: AWS passes over what it does not know of a parameter, so that nothing checks it",
    cause: "Of a parameter, name, in, required, type and description count.",
    fix: "Check in the integration what a parameter may be.",
    link: page,
    check: eachDocument((document) =>
      parametersOf(document)
        .filter(({ value }) => value.in !== "body")
        .flatMap(({ place, value: { schema, ...value } }) =>
          [...Object.keys(value), ...Object.keys(fields(schema))]
            .filter((key) => !["name", "in", "required", "type", "description"].includes(key))
            .map((key) => `${place} has ${key}`),
        ),
    ),
  },
  {
    id: "api-security-scheme",
    awsError: "silent: AWS passes over a scheme of another type, and its methods are open to anybody",
    cause: "A security scheme of a REST API has the type apiKey, with an authorizer of API Gateway's for all else.",
    fix: "Set type to apiKey, and name the authorizer in x-amazon-apigateway-authorizer.",
    link: page,
    check: eachDocument((document) =>
      Object.entries({ ...fields(document.securityDefinitions), ...fields(fields(document.components).securitySchemes) })
        .filter(([, scheme]) => fields(scheme).type !== "apiKey" && fields(scheme)["x-amazon-apigateway-authorizer"] === undefined)
        .map(([name, scheme]) => `the scheme ${name} has the type ${String(fields(scheme).type)}`),
    ),
  },
  {
    id: "api-root-security",
    awsError: "silent: the methods are open to anybody: API Gateway does not use what is said at the document's root",
    cause: "Security is said of all operations together.",
    fix: "Say it in each operation.",
    link: page,
    check: eachDocument((document) => (document.security === undefined ? [] : ["its root has security"])),
  },
  unsupported("api-deprecated", ["deprecated"], "Say it in the description.", (document) => [
    ...operations(document),
    ...contentsOf(document),
    ...schemasOf(document),
  ]),
  unsupported("api-discriminator", ["discriminator"], "Write the schemas apart, or check in the integration."),
  unsupported("api-example", ["example", "examples"], "Leave examples to the documentation.", (document) => [
    { place: "components", value: fields(document.components) },
    ...allResponsesOf(document),
    ...contentsOf(document),
    ...schemasOf(document),
  ]),
  unsupported("api-nullable", ["nullable"], "Check in the integration, or leave the property out where it is null."),
  unsupported("api-exclusive-minimum", ["exclusiveMinimum"], "Use minimum, or check in the integration."),
  unsupported("api-item-count", ["minItems", "maxItems"], "Check in the integration how many there are: API Gateway does not."),
  unsupported("api-read-only", ["readOnly"], "Write a model for what is sent and another for what is answered."),
  unsupported("api-default", ["default"], "Put the default in where it is used.", (document) => [
    ...parametersOf(document),
    ...schemasOf(document),
  ]),
  {
    id: "api-composition",
    awsError: ignored,
    cause: "oneOf, anyOf or allOf refers to another schema of the document.",
    fix: "Write the schema in place of the reference, or make the model a resource of its own.",
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
    cause: "A model has oneOf, anyOf or allOf: earlier editions of AWS's page say that API Gateway does not support them.",
    fix: "Write one schema that holds for all of them, and check in the integration.",
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
    ...unsupported("api-additional-properties", ["additionalProperties"], "Check in the integration which properties there are."),
    cause: "A model has additionalProperties: earlier editions of AWS's page say that API Gateway does not support it.",
    link: laterPage,
  },
  {
    ...unsupported("api-pattern", ["pattern"], "Check in the integration what a text looks like, or list in enum what it may be."),
    cause: "A model has a pattern: an earlier edition of AWS's page says that API Gateway does not support it.",
    link: earlierPage,
  },
  {
    id: "api-number-format",
    severity: "warning",
    awsError: ignored,
    cause: "API Gateway knows no numbers of the formats int32, int64 and decimal.",
    fix: "Leave the format out; minimum and maximum bound a number.",
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
    cause: "An answer's schema is neither an object nor a reference: a primitive, an array, or of no type, written where it is used.",
    fix: "Define it under components.schemas, and refer to it.",
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
    cause: "An answer is a reference to one at the document's root.",
    fix: "Write the answer where it is given; its schema may be a reference.",
    link: page,
    check: eachDocument((document) =>
      responsesOf(document)
        .filter(({ value }) => value.$ref !== undefined)
        .map(({ place, value }) => `${place} is ${String(value.$ref)}`),
    ),
  },
  {
    id: "api-too-large",
    severity: "warning",
    awsError: "silent: API Gateway answers 413 in its own words, whatever the document says",
    cause: "The answer REQUEST_TOO_LARGE cannot be customized.",
    fix: "Leave it out.",
    link: page,
    check: eachDocument(
      (document) =>
        fields(document["x-amazon-apigateway-gateway-responses"]).REQUEST_TOO_LARGE !== undefined && "it has the answer REQUEST_TOO_LARGE",
    ),
  },
];
