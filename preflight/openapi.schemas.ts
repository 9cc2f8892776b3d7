import { fields, list } from "./graph";
import { operationsOf } from "./openapi";

type Json = Record<string, unknown>;

/** A part of a document, and where it is. */
export interface Placed {
  place: string;
  value: Json;
}

const members = (value: unknown, place: string): Placed[] =>
  Object.entries(fields(value)).map(([name, member]) => ({ place: `${place} ${name}`, value: fields(member) }));

const parametersIn = (place: string, { parameters }: Json): Placed[] =>
  list<Json>(parameters).map((value) => ({ place: `${place} parameter ${String(fields(value).name)}`, value: fields(value) }));

/** Returns the parameters of each path, of each operation, and those that a document defines for several; a reference is none of its own. */
export function parametersOf(document: Json): Placed[] {
  const ofPaths = Object.entries(fields(document.paths)).flatMap(([path, item]) => parametersIn(path, fields(item)));
  const ofOperations = operationsOf(document).flatMap(({ name, operation }) => parametersIn(name, operation));
  return [...ofPaths, ...ofOperations, ...sharedOf(document, "parameters")].filter(({ value }) => value.$ref === undefined);
}

/** Returns what a document defines for several places: at its root in OpenAPI 2.0, since then under `components`. */
const sharedOf = (document: Json, kind: "parameters" | "responses" | "requestBodies" | "headers"): Placed[] =>
  [document, fields(document.components)].flatMap((holder) => members(holder[kind], `the shared ${kind}`));

/** Returns the answers of each operation. */
export const responsesOf = (document: Json): Placed[] =>
  operationsOf(document).flatMap(({ name, operation }) => members(operation.responses, `${name} response`));

/** Returns the answers of each operation, and those that a document defines for several. */
export const allResponsesOf = (document: Json): Placed[] => [...responsesOf(document), ...sharedOf(document, "responses")];

/** Returns the schema of an answer's body, by content type, where it has one; of either version of OpenAPI. */
export function responseBodiesOf(document: Json): Placed[] {
  return allResponsesOf(document).flatMap(({ place, value }) => [...members(value.content, place), { place, value }].flatMap(schemaOf));
}

/** Returns everything that may have an example: bodies, parameters and headers, beside the schemas. */
export function contentsOf(document: Json): Placed[] {
  const requests = [
    ...operationsOf(document).map(({ name, operation }) => ({ place: `${name} request`, value: fields(operation.requestBody) })),
    ...sharedOf(document, "requestBodies"),
  ].flatMap(({ place, value }) => members(value.content, place));
  const answers = allResponsesOf(document).flatMap(({ place, value }) => [
    ...members(value.content, place),
    ...members(value.headers, `${place} header`),
  ]);
  return [...requests, ...answers, ...sharedOf(document, "headers"), ...parametersOf(document)];
}

const schemaOf = ({ place, value }: Placed): Placed[] => (value.schema === undefined ? [] : [{ place, value: fields(value.schema) }]);

/** Returns the models that a document defines. */
export const modelsOf = (document: Json): Placed[] => [
  ...members(fields(document.components).schemas, "the schema"),
  ...members(document.definitions, "the schema"),
];

/** Returns every schema, and every one within it; a property may be called as a keyword is. */
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
