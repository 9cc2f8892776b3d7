/** Returns the JSON text of a call's input. AWS's JSON protocol has bytes as base64. */
export function jsonText(input: object): string {
  return JSON.stringify(withTexts(input));
}

function withTexts(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  if (Array.isArray(value)) return value.map(withTexts);
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) fields[key] = withTexts(field);
  return fields;
}
