import { randomUUID } from "node:crypto";

/** A JSON object or array, or a form's fields, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

/** Parses JSON's object or array; its keys are its own, whatever they are called, and no number is rounded. @returns `undefined` for any
 * other text */
export function parseJsonBody(text: string): Json | undefined {
  try {
    const value = parseExactly(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A number in so many characters may have more digits than a double holds; a shorter one never has. */
const longNumber = /\d[\d.eE+-]{15}/;
const textOrLongNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]{15,}/g;

/** Marks a number that is kept as it is written. No body can have this key: it is another one in each process. */
const exactKey = randomUUID();

/**
 * Parses JSON without rounding a number: one that a double does not hold exactly is kept as the text that stands there. `JSON.parse` alone
 * makes the same number of 9007199254740993001 and 9007199254740993002. Most bodies have no such number and are parsed once.
 * @throws SyntaxError if it is not JSON
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-6
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return longNumber.test(text) ? JSON.parse(text.replace(textOrLongNumber, keepDigits)) : value;
}

function keepDigits(token: string): string {
  return token.startsWith('"') || String(Number(token)) === token ? token : `{"${exactKey}":"${token}"}`;
}

/** Returns the text of a number from `parseExactly`, with every digit; `undefined` for anything else. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return isJson(value) ? (value[exactKey] as string | undefined) : undefined;
}
