/** A number as it was written: `12345678901234567890` has more digits than a number of JavaScript. */
export class WrittenNumber {
  constructor(readonly source: string) {}
}

/** Parses JSON. Numbers keep their digits where the browser tells them. @returns `undefined` if it is not JSON */
export function parseJson(text: string): { value: unknown } | undefined {
  const keepDigits = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && context?.source !== undefined ? new WrittenNumber(context.source) : value;
  try {
    return { value: JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as unknown };
  } catch {
    return undefined;
  }
}
