import type { Payload } from "./api";

/** Most bytes of a body that the page shows; above, it offers the download. */
const shownBytes = 262_144;

/** Returns what the page shows of a body. */
export function shownPayload({ bytes, mediaType }: { bytes: Buffer; mediaType: string | null }): Payload {
  const isCut = bytes.length > shownBytes;
  return { bytes: bytes.length, base64: bytes.subarray(0, shownBytes).toString("base64"), isCut, mediaType };
}
