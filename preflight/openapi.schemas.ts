import { fields, list } from "./graph/graph";
import type { Json } from "./json";
import { operationsOf } from "./openapi";

/** A part of a document with its place. */
export interface Placed {
  place: string;
  value: Json;
}

const members = (value: unknown, place: string): Placed[] =>
  Object.entries(fields(value)).map(([name, member]) => ({ place: `${place} ${name}`, value: fields(member) }));

const parametersIn = (place: string, { parameters }: Json): Placed[] =>
  list<Json>(parameters).map((value) => ({ place: `${place} parameter ${String(fields(value).name)}`, value: fields(value) }));

/** Lists the parameters of paths and operations, and shared ones. Omits references. */
export function parametersOf(document: Json): Placed[] {
  const ofPaths = Object.entries(fields(document.paths)).flatMap(([path, item]) => parametersIn(path, fields(item)));
  const ofOperations = operationsOf(document).flatMap(({ name, operation }) => parametersIn(name, operation));
  return [...ofPaths, ...ofOperations, ...sharedOf(document, "parameters")].filter(({ value }) => value.$ref === undefined);
}

/** Lists shared definitions: at the root in OpenAPI 2.0, under `components` in OpenAPI 3. */
const sharedOf = (document: Json, kind: "parameters" | "responses" | "requestBodies" | "headers"): Placed[] =>
  [document, fields(document.components)].flatMap((holder) => members(holder[kind], `the shared ${kind}`));

/** Lists the responses of each operation. */
export const responsesOf = (document: Json): Placed[] =>
  operationsOf(document).flatMap(({ name, operation }) => members(operation.responses, `${name} response`));

/** Lists the responses of each operation, and shared ones. */
export const allResponsesOf = (document: Json): Placed[] => [...responsesOf(document), ...sharedOf(document, "responses")];

/** Lists the schemas of response bodies, by content type, in either version of OpenAPI. */
export function responseBodiesOf(document: Json): Placed[] {
  return allResponsesOf(document).flatMap(({ place, value }) => [...members(value.content, place), { place, value }].flatMap(schemaOf));
}

/** Lists what can have an example besides schemas: bodies, parameters and headers. */
export function contentsOf(document: Json): Placed[] {
  const requests = [
    ...operationsOf(document).map(({ name, operation }) => ({ place: `${name} request`, value: fields(operation.requestBody) })),
    ...sharedOf(document, "requestBodies"),
  ].flatMap(({ place, value }) => members(value.content, place));
  const responses = allResponsesOf(document).flatMap(({ place, value }) => [
    ...members(value.content, place),
    ...members(value.headers, `${place} header`),
  ]);
  return [...requests, ...responses, ...sharedOf(document, "headers"), ...parametersOf(document)];
}

const schemaOf = ({ place, value }: Placed): Placed[] => (value.schema === undefined ? [] : [{ place, value: fields(value.schema) }]);

/** Lists the models that a document defines. */
export const modelsOf = (document: Json): Placed[] => [
  ...members(fields(document.components).schemas, "the schema"),
  ...members(document.definitions, "the schema"),
];

/** Lists every schema and every nested one. Distinguishes a property from a keyword of the same name. */
export function schemasOf(document: Json): Placed[] {
  const inline = [...contentsOf(document), ...allResponsesOf(document)].flatMap(schemaOf);
  return [...modelsOf(document), ...inline].flatMap((one) => [...withinSchema(one)]);
}

function* withinSchema({ place, value }: Placed): Generator<Placed> {
  yield { place, value };
  const several = ["allOf", "anyOf", "oneOf"].flatMap((keyword) => list(value[keyword]));
  const single = [value.items, value.not, value.additionalProperties].filter((one) => typeof one === "object" && one !== null);
  for (const schema of [...several, ...single]) yield* withinSchema({ place, value: fields(schema) });
  for (const property of members(value.properties, place)) yield* withinSchema(property);
}
