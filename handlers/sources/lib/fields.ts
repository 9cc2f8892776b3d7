import type { TimeUnit } from "../../../domain/description";
import { isJson, numberText } from "../../request/json";

/** Returns the value at a path in unknown JSON; `undefined` if the path leads nowhere. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (isJson(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value);
}

/** Returns the text at a path; `undefined` if it is empty or has an unpaired surrogate, which no AWS service accepts. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" && !/\p{Cs}/u.test(found) ? found : undefined;
}

/** Returns the ID at a path, a text or a number; of a number, every digit in the body. */
export function idAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  return textAt(value, ...path) ?? numberText(at(value, ...path));
}

/** Returns a table's entry by a key from outside, which may be the name of an inherited property. */
export function lookUp<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Matches a date and time in the form that RFC 3339 and ISO 8601 share. `Date` accepts more: it finds the year 4711 in "order 4711". */
const timeForm = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

const zone = /(Z|[+-]\d\d:?\d\d)$/i;

const isDay = (day: string) => new Date(`${day}T00:00Z`).toISOString().startsWith(day);

/** Bounds of plausible times. Webhooks did not exist before; a later time was read in the wrong unit, such as milliseconds as seconds. */
const [earliest, latest] = [Date.UTC(2000, 0), Date.UTC(2101, 0) - 1];

/**
 * Converts a time, as text or in milliseconds, to RFC 3339 with a four-digit year. A text without a zone, such as Xero's `eventDateUtc`, is
 * UTC, wherever this runs.
 * @returns `undefined` if it is not a time in the years 2000 to 2100
 */
export function asTime(value: unknown): string | undefined {
  if (typeof value === "string" ? !timeForm.test(value) : typeof value !== "number") return undefined;
  const zoned = typeof value === "string" && !zone.test(value) ? `${value}Z` : value;
  const time = new Date(zoned as string | number).getTime();
  // Date reads February 30 as March 2.
  if (Number.isNaN(time) || (typeof value === "string" && !isDay(value.slice(0, 10)))) return undefined;
  return earliest <= time && time <= latest ? new Date(time).toISOString() : undefined;
}

/** Milliseconds of the units in which providers write times as numbers. */
const unitMs = { seconds: 1_000, milliseconds: 1, rfc3339: undefined };

/**
 * Returns the time at a path, RFC 3339: a text in that form, or a number, also as text, in a unit. With seconds, milliseconds are read, too:
 * OpenAI and most of Meta write seconds where Clerk and Messenger write milliseconds, and no plausible number of one is one of the other.
 * @returns `undefined` if it is no plausible time
 */
export function timeAt(value: unknown, path: string, unit: TimeUnit = "rfc3339"): string | undefined {
  const found = at(value, ...path.split("."));
  const number = typeof found === "string" && /^\d{1,15}$/.test(found) ? Number(found) : found;
  if (typeof number !== "number") return asTime(found);
  const ms = unitMs[unit];
  return asTime(ms && number * ms) ?? (unit === "seconds" ? asTime(number) : undefined);
}
