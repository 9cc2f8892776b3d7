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

/** The parameters of each operation. */
export const parametersOf = (document: Json): Placed[] =>
  operationsOf(document).flatMap(({ name, operation }) =>
    list<Json>(operation.parameters).map((value) => ({ place: `${name} parameter ${String(fields(value).name)}`, value: fields(value) })),
  );

/** The answers of each operation. */
export const responsesOf = (document: Json): Placed[] =>
  operationsOf(document).flatMap(({ name, operation }) => members(operation.responses, `${name} response`));

/** What an answer's body is, by content type; of either version of OpenAPI. */
export function responseBodiesOf(document: Json): Placed[] {
  return responsesOf(document).flatMap(({ place, value }) => [
    ...members(value.content, place).map((body) => ({ ...body, value: fields(body.value.schema) })),
    ...(value.schema === undefined ? [] : [{ place, value: fields(value.schema) }]),
  ]);
}

/** Whatever may have an example: bodies, parameters and headers, beside the schemas. */
export function contentsOf(document: Json): Placed[] {
  const requests = operationsOf(document).flatMap(({ name, operation }) =>
    members(fields(operation.requestBody).content, `${name} request`),
  );
  const answers = responsesOf(document).flatMap(({ place, value }) => [
    ...members(value.content, place),
    ...members(value.headers, `${place} header`),
  ]);
  return [...requests, ...answers, ...parametersOf(document)];
}

/** The models that a document defines. */
export const modelsOf = (document: Json): Placed[] => [
  ...members(fields(document.components).schemas, "the schema"),
  ...members(document.definitions, "the schema"),
];

/** Every schema, and every one within it; a property may be called as a keyword is. */
export function schemasOf(document: Json): Placed[] {
  const inline = contentsOf(document).flatMap(({ place, value }) =>
    value.schema === undefined ? [] : [{ place, value: fields(value.schema) }],
  );
  return [...modelsOf(document), ...inline, ...responseBodiesOf(document)].flatMap((one) => [...withinSchema(one)]);
}

function* withinSchema({ place, value }: Placed): Generator<Placed> {
  yield { place, value };
  const several = ["allOf", "anyOf", "oneOf"].flatMap((keyword) => list(value[keyword]));
  const single = [value.items, value.not, value.additionalProperties].filter((one) => typeof one === "object" && one !== null);
  for (const schema of [...several, ...single]) yield* withinSchema({ place, value: fields(schema) });
  for (const property of members(value.properties, place)) yield* withinSchema(property);
}
