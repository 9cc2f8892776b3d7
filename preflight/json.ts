export type Json = Record<string, unknown>;

/** Tells whether a value is an object, and no list. */
export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Parses what a text says as JSON; `undefined` if it is no text, or says nothing. */
export function parseJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
