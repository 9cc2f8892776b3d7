import { importRules } from "../../../preflight/rules/gateway.import";
import { inDocument, inOperation, type ApiDocument, type Schema } from "../../helpers/apiDocument";
import { specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

const parameter = { name: "dry", in: "query", required: false, description: "Whether it is a trial.", schema: { type: "string" } };
/** Renames a path of the document, but not in the stage's settings. */
const renamed = (path: string): PlantedViolation =>
  inDocument((document) => {
    document.paths[path] = document.paths["/webhook/stripe"];
    delete document.paths["/webhook/stripe"];
  }, "project-api");
/** Plants a violation in a model. */
const inModel = (change: (schema: Schema) => void, ...also: string[]): PlantedViolation =>
  inDocument((document) => change(document.components.schemas.Accepted), ...also);
const inProperty = (change: (schema: Schema) => void, ...also: string[]): PlantedViolation =>
  inDocument((document) => change(document.components.schemas.Error.properties!.error), ...also);
const withScheme = (document: ApiDocument, scheme: object) => (document.components.securitySchemes = { caller: scheme });

/** Plants a parameter of a path, for all its operations. */
const atPath = (settings: object, ...also: string[]) =>
  inDocument((document) => (document.paths["/webhook/stripe"].parameters = [{ ...parameter, ...settings }]), ...also);
/** Plants a shared parameter. */
const shared = (settings: object, ...also: string[]) =>
  inDocument((document) => (document.components.parameters = { Dry: { ...parameter, ...settings } }), ...also);
const responseWith = (schema: Schema, ...also: string[]) =>
  inOperation((operation) => (operation.responses["202"].content!["application/json"].schema = schema), ...also);

describe("Rules for what API Gateway's import does not support", () =>
  specifyRules(importRules, {
    "api-path-segment": [renamed("/webhook/strip~e"), renamed("/webhook/stripe%20eu")],
    "api-reserved-path": inDocument(
      (document) => (document.paths["/ping"] = document.paths["/webhook/stripe"]),
      "project-api",
      "api-invoke-permission",
    ),
    "api-parameter-attribute": [
      inOperation((operation) => (operation.parameters = [{ ...parameter, schema: { type: "string", enum: ["yes", "no"] } }])),
      inOperation((operation) => (operation.parameters = [{ ...parameter, allowEmptyValue: true }])),
      atPath({ allowEmptyValue: true }),
      shared({ allowEmptyValue: true }),
    ],
    "api-security-scheme": [
      inDocument((document) => withScheme(document, { type: "http", scheme: "basic" })),
      inDocument((document) => withScheme(document, { type: "oauth2", flows: {} })),
    ],
    "api-root-security": inDocument((document) => (document.security = [])),
    "api-deprecated": [inOperation((operation) => (operation.deprecated = true)), inProperty((schema) => (schema.deprecated = true))],
    "api-discriminator": inModel((schema) => (schema.discriminator = { propertyName: "transactionId" })),
    "api-example": [
      inOperation((operation) => (operation.responses["202"].content!["application/json"].example = {})),
      inModel((schema) => (schema.example = { transactionId: "stripe#evt_1" })),
      inOperation((operation) => (operation.parameters = [{ ...parameter, example: "yes" }]), "api-parameter-attribute"),
      atPath({ example: "yes" }, "api-parameter-attribute"),
      shared({ example: "yes" }, "api-parameter-attribute"),
      inDocument((document) => (document.components.examples = { Paid: { value: { id: "evt_1" } } })),
      inDocument(
        (document) =>
          (document.components.responses = { Refused: { description: "Refused.", content: { "text/plain": { example: "no" } } } }),
      ),
      inDocument((document) => (document.components.requestBodies = { Event: { content: { "application/json": { example: {} } } } })),
      inDocument((document) => (document.components.headers = { RetryAfter: { schema: { type: "string" }, example: "1" } })),
    ],
    "api-nullable": inProperty((schema) => (schema.nullable = true)),
    "api-exclusive-minimum": inProperty((schema) => Object.assign(schema, { type: "number", minimum: 0, exclusiveMinimum: true })),
    "api-item-count": [
      inProperty((schema) => Object.assign(schema, { type: "array", minItems: 1, items: {} })),
      inModel((schema) => (schema.properties!.parts = { type: "array", items: { type: "array", maxItems: 2, items: {} } })),
    ],
    "api-read-only": inProperty((schema) => (schema.readOnly = true)),
    "api-default": [
      inProperty((schema) => (schema.default = "malformed")),
      inOperation(
        (operation) => (operation.parameters = [{ ...parameter, schema: { type: "string", default: "no" } }]),
        "api-parameter-attribute",
      ),
      atPath({ schema: { type: "string", default: "no" } }, "api-parameter-attribute"),
    ],
    "api-composition-inline": [
      ...["anyOf", "oneOf", "allOf"].map((keyword) => inModel((schema) => (schema[keyword] = [{ type: "object" }]), "project-import")),
      responseWith({ type: "object", anyOf: [{ type: "object" }] }),
    ],
    "api-additional-properties": [
      inModel((schema) => (schema.additionalProperties = false)),
      responseWith({ type: "object", properties: { counts: { type: "object", additionalProperties: { type: "integer" } } } }),
    ],
    "api-pattern": inProperty((schema) => (schema.pattern = "^[a-z]+$")),
    "api-composition": [
      inModel((schema) => (schema.anyOf = [{ $ref: "#/components/schemas/Text" }]), "project-import"),
      inModel(
        (schema) => (schema.allOf = [{ type: "object", properties: { at: { $ref: "#/components/schemas/Text" } } }]),
        "project-import",
      ),
    ],
    "api-number-format": ["int32", "int64", "decimal"].map((format) =>
      inProperty((schema) => Object.assign(schema, { type: "number", format })),
    ),
    "api-response-schema": [
      inOperation((operation) => (operation.responses["200"].content!["text/plain"].schema = { type: "string" })),
      responseWith({ type: "integer" }),
      responseWith({ type: "array", items: { type: "object" } }),
      responseWith({ description: "Whatever." }),
      inDocument(
        (document) =>
          (document.components.responses = {
            Refused: { description: "Refused.", content: { "text/plain": { schema: { type: "string" } } } },
          }),
      ),
    ],
    "api-response-reference": inDocument((document) => {
      document.components.responses = { Refused: { description: "Refused." } };
      document.paths["/webhook/stripe"].post.responses["401"] = { $ref: "#/components/responses/Refused" };
    }),
    "api-too-large": inDocument(
      (document) =>
        (document["x-amazon-apigateway-gateway-responses"].REQUEST_TOO_LARGE = { responseParameters: {}, responseTemplates: {} }),
    ),
  }));
