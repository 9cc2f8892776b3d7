import type { Json } from "./types";

/** Follows a path into JSON of which nothing is known; `undefined` as soon as it leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isObject(inner) && Object.hasOwn(inner, key) ? (inner as Json)[key as string] : undefined),
    value,
  );
}

/** Text that is not empty, nor has half a character in it, which no service of AWS would take. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" && !/\p{Cs}/u.test(found) ? found : undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** An entry of a table by a key from outside, which may be the name of something that every object inherits. */
export function lookUp<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** A time in any form that `Date` reads, as RFC 3339; `undefined` if it is none. */
export function asTime(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
