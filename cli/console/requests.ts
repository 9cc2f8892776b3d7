import { UsageError } from "../lib/errors";

/** The most events that one action takes: as many as a page of a list and more. */
const mostIds = 1_000;

/** Returns a text of a request's body. @throws UsageError if it is not there, and there is no usual value */
export function textIn(body: unknown, name: string, usual?: string): string {
  const value = valueIn(body, name) ?? usual;
  if (typeof value === "string" && (value !== "" || usual !== undefined)) return value;
  throw new UsageError(`"${name}" must be a text.`);
}

/** Returns a list of texts, each once. @throws UsageError if it is none, is empty or has too many */
export function textsIn(body: unknown, name: string): string[] {
  const value = valueIn(body, name);
  const isList =
    Array.isArray(value) && value.length > 0 && value.length <= mostIds && value.every((one) => typeof one === "string" && one !== "");
  if (isList) return [...new Set(value as string[])];
  throw new UsageError(`"${name}" must be a list of 1 to ${mostIds} texts.`);
}

function valueIn(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null && Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
}
