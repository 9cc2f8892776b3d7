import * as fc from "fast-check";
import { anything, mostly, numbers, textOf, type ValuesOptions } from "./declaredValues";

/** Part of a JSON schema that describes events. */
export interface Schema {
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema | boolean;
  anyOf?: readonly Schema[];
}

/** Returns values that a JSON schema allows. Nothing of it is required. */
export function schemaValues(
  schema: Schema | boolean | undefined,
  options: ValuesOptions,
  property = "",
  depth = 0,
): fc.Arbitrary<unknown> {
  if (typeof schema !== "object") return anything;
  const inner = (one: Schema | boolean | undefined, name = property) => schemaValues(one, options, name, depth + 1);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => schemaValues(one, options, property, depth)));
  const ofType = (type: string): fc.Arbitrary<unknown> => {
    if (type === "null") return fc.constant(null);
    if (type === "boolean") return fc.boolean();
    if (type === "integer" || type === "number") return numbers;
    if (type === "array") return fc.array(inner(schema.items), { maxLength: 2 });
    if (type !== "object") return textOf(options, property);
    if (depth > options.depth) return fc.constant({});
    const values = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, mostly(inner(one, name), undefined)]);
    return fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<unknown>>);
  };
  const types = [schema.type ?? []].flat();
  return types.length === 0 ? anything : fc.oneof(...types.map(ofType));
}
