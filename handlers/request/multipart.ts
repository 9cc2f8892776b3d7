import { bounds } from "./bounds";

const [lineEnd, blankLine] = ["\r\n", "\r\n\r\n"];
/** Most bytes of a part's headers. */
const longestHeaders = 1_024;

/**
 * Reads the fields of a form in multipart/form-data: the first value of each, without files. The boundary is that of the body's first line,
 * not that of the content type: a signature covers the body alone, so another boundary would make another event of the same signed body.
 * @returns `undefined` if the body is none, has too many parts, or a field's value is not UTF-8
 * @see https://www.rfc-editor.org/rfc/rfc7578
 * @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
 */
export function multipartFields(body: Uint8Array): Record<string, string> | undefined {
  // One character is one byte.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const [boundary] = /^--[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-](?=\r\n)/.exec(text) ?? [];
  if (boundary === undefined) return undefined;
  const delimiter = `${lineEnd}${boundary}`;
  const fields = new Map<string, string>();
  let at = boundary.length;
  for (let count = 0; text.startsWith(lineEnd, at); count++) {
    const [headersEnd, end] = [text.indexOf(blankLine, at), text.indexOf(delimiter, at)];
    if (count === bounds.parts || headersEnd < 0 || headersEnd > at + longestHeaders || end < headersEnd + lineEnd.length) return undefined;
    const { name, isFile } = dispositionOf(text.slice(at + lineEnd.length, headersEnd));
    if (name === undefined) return undefined;
    const value = isFile ? undefined : decode(text.slice(headersEnd + blankLine.length, end));
    if (!isFile && value === undefined) return undefined;
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
    at = end + delimiter.length;
  }
  return text.startsWith("--", at) ? Object.fromEntries(fields) : undefined;
}

/** Returns the name of a part's field, as it is written, and tells whether it is a file. */
function dispositionOf(headers: string): { name: string | undefined; isFile: boolean } {
  const line = headers.split(lineEnd).find((one) => /^content-disposition:\s*form-data\s*;/i.test(one)) ?? "";
  const [, quoted, plain] = /;\s*name=(?:"([^"]*)"|([^\s";]+))/i.exec(line) ?? [];
  const name = quoted ?? plain;
  return { name: name === undefined ? undefined : decode(name), isFile: /;\s*filename\*?=/i.test(line) };
}

function decode(latin1: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, "latin1"));
  } catch {
    return undefined;
  }
}
