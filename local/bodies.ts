import type { ProviderDescription } from "../domain/description";
import { contentTypes } from "../domain/payload";

/** Boundary of multipart bodies. No sample contains it. */
const boundary = "sample-boundary-7f3a9c";

/** Returns a sample as the body that a described source sends: JSON, or a form with the sample in a field or as its fields. */
export function bodyOf({ mediaTypes: [mediaType], jsonField }: ProviderDescription, event: unknown): Buffer {
  if (mediaType !== "form" && mediaType !== "multipart") return Buffer.from(JSON.stringify(event, undefined, 2));
  const fields = jsonField === undefined ? Object.entries(event as object).map(textField) : [[jsonField, JSON.stringify(event)]];
  if (mediaType === "form") return Buffer.from(new URLSearchParams(fields).toString());
  const parts = fields.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return Buffer.from(`${parts.join("")}--${boundary}--\r\n`);
}

const textField = ([name, value]: [string, unknown]): [string, string] => [
  name,
  typeof value === "object" ? JSON.stringify(value) : String(value),
];

/** Returns the content type of a body: of multipart, with the boundary of its first line. */
export function contentTypeOf({ mediaTypes: [mediaType] }: ProviderDescription, body: Buffer): string {
  const [usual] = contentTypes[mediaType];
  if (mediaType !== "multipart") return usual;
  const [, found = ""] = /^--([^\r\n]*)/.exec(body.toString("latin1", 0, 100)) ?? [];
  return `${usual}; boundary="${found}"`;
}
