import { isJson, numberText } from "../../request/json";

/** Follows a path into JSON of which nothing is known; `undefined` as soon as it leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (isJson(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value);
}

/** Text that is not empty, nor has half a character in it, which no service of AWS would take. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" && !/\p{Cs}/u.test(found) ? found : undefined;
}

/** An id, which some providers write as text and others as a number; of a number, every digit that stands in the body. */
export function idAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  return textAt(value, ...path) ?? numberText(at(value, ...path));
}

/** An entry of a table by a key from outside, which may be the name of something that every object inherits. */
export function lookUp<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** A date and a time in the form that RFC 3339 and ISO 8601 share. `Date` reads more: it finds the year 4711 in "order 4711". */
const timeForm = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** No event happened before webhooks did. What is later was counted in another unit, such as milliseconds taken for seconds. */
const [earliest, latest] = [Date.UTC(2000, 0), Date.UTC(2101, 0) - 1];

/**
 * A time as text or in milliseconds, in the form of RFC 3339 with a year of four digits.
 * @returns `undefined` if it is none, or not in the years 2000 to 2100
 */
export function asTime(value: unknown): string | undefined {
  if (typeof value === "string" ? !timeForm.test(value) : typeof value !== "number") return undefined;
  const time = new Date(value as string | number).getTime();
  return earliest <= time && time <= latest ? new Date(time).toISOString() : undefined;
}
