import { randomUUID } from "node:crypto";

/** JSON object or array, or a form's fields, of unknown content. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

/** Parses a JSON object or array without rounding numbers; any key name is safe. @returns `undefined` for any other text */
export function parseJsonBody(text: string): Json | undefined {
  try {
    const value = parseExactly(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Matches a number that may have more digits than a double holds, as a value or an item. A shorter one never has; a text seldom looks so. */
const longNumber = /[:,[]\s*-?\d[\d.eE+-]{15}/;
const textOrLongNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]{15,}/g;

/** Marks a number that is kept as text. No body can contain this key, because each process has its own. */
const exactKey = randomUUID();

/**
 * Parses JSON without rounding: a number that a double cannot hold exactly is kept as its text. `JSON.parse` alone reads
 * 9007199254740993001 and 9007199254740993002 as the same number. Most bodies have no such number and are parsed once.
 * @throws SyntaxError if the text is not JSON
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-6
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return longNumber.test(text) ? JSON.parse(text.replace(textOrLongNumber, keepDigits)) : value;
}

function keepDigits(token: string): string {
  return token.startsWith('"') || String(Number(token)) === token ? token : `{"${exactKey}":"${token}"}`;
}

/** Returns the text of a number from `parseExactly`, with every digit; `undefined` for any other value. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return isJson(value) ? (value[exactKey] as string | undefined) : undefined;
}
