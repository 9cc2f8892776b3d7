import type { X509Certificate } from "node:crypto";

/** Object identifiers of extensions, as their bytes. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1 */
const basicConstraints = "551d13";
const nameConstraints = "551d1e";

const integerTag = 0x02;
/** Of the extensions within the part of a certificate that is signed. */
const extensionsTag = 0xa3;

interface Element {
  tag: number;
  content: Buffer;
}

/**
 * Whether an authority may stand above so many others in a chain, which Node.js does not check. One that may issue for certain names alone
 * is not for PayPal's.
 * @param authorities between it and the certificate at the end, without those that only renew their own
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9
 */
export function mayStandAbove(authority: X509Certificate, authorities: number): boolean {
  const extensions = extensionsOf(authority);
  return !extensions.has(nameConstraints) && authorities <= longestPath(extensions.get(basicConstraints));
}

function longestPath(constraints: Buffer | undefined): number {
  const [sequence] = elementsOf(constraints ?? Buffer.alloc(0));
  const length = elementsOf(sequence?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === integerTag);
  return length === undefined ? Infinity : Number(BigInt(`0x${length.content.toString("hex")}`));
}

/** Each extension's value by its object identifier. */
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

/** The elements of DER that follow one another. OpenSSL has read them before, so that none is cut short. */
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
