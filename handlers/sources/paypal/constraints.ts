import type { X509Certificate } from "node:crypto";

/** Object identifiers of extensions, in hexadecimal. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1 */
const basicConstraints = "551d13";
const nameConstraints = "551d1e";

const integerTag = 0x02;
/** Tag of the extensions in the signed part of a certificate. */
const extensionsTag = 0xa3;

interface Element {
  tag: number;
  content: Buffer;
}

/**
 * Tells whether an authority may stand above so many others in a chain, which Node.js does not check. An authority that may issue only for
 * certain names is not accepted for PayPal.
 * @param authorities number between it and the last certificate, not counting those that only renew their own
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9
 */
export function mayIssueAbove(authority: X509Certificate, authorities: number): boolean {
  const extensions = extensionsOf(authority);
  return !extensions.has(nameConstraints) && authorities <= longestPath(extensions.get(basicConstraints));
}

function longestPath(constraints: Buffer | undefined): number {
  const [sequence] = elementsOf(constraints ?? Buffer.alloc(0));
  const length = elementsOf(sequence?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === integerTag);
  return length === undefined ? Infinity : Number(BigInt(`0x${length.content.toString("hex")}`));
}

/** Returns the extensions' values by object identifier. */
function extensionsOf({ raw }: X509Certificate): Map<string, Buffer> {
  const [certificate] = elementsOf(raw);
  const [signed] = elementsOf(certificate.content);
  const extensions = elementsOf(signed.content).find(({ tag }) => tag === extensionsTag);
  const all = extensions === undefined ? [] : elementsOf(elementsOf(extensions.content)[0].content);
  return new Map(
    all.map(({ content }) => {
      const parts = elementsOf(content);
      return [parts[0].content.toString("hex"), parts[parts.length - 1].content];
    }),
  );
}

/** Parses consecutive DER elements. OpenSSL has parsed them before, so none is cut short. */
function elementsOf(bytes: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    elements.push({ tag: bytes[at], content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}
