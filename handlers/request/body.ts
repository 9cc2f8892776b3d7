import type { MediaType } from "../../domain/payload";
import { parseJsonBody, type Json } from "./json";

const otherTypes = new Map<string, MediaType>([
  ["application/x-www-form-urlencoded", "form"],
  ["text/plain", "text"],
  ["application/xml", "xml"],
  ["text/xml", "xml"],
  ["application/octet-stream", "bytes"],
]);

/** Returns the media type of a content type; `undefined` for any that no provider sends. */
export function mediaTypeOf(contentType: string | undefined): MediaType | undefined {
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType ?? "")) return "json";
  const [, found] = /^([\w.+-]+\/[\w.+-]+)\s*(?:;|$)/.exec(contentType?.toLowerCase() ?? "") ?? [];
  return found === undefined ? undefined : otherTypes.get(found);
}

/**
 * Parses a body: a JSON object or array, or a form as an object with the first value of each field; of any other media type, nothing. It skips a byte order mark, as RFC
 * 8259 allows. A form must be ASCII: providers that sign only its fields would not notice other bytes.
 * @returns `undefined` if the body is neither, or not UTF-8
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded
 */
export function parseBody(body: Uint8Array, mediaType: MediaType): Json | undefined {
  if (mediaType !== "json" && mediaType !== "form") return {};
  const text = decode(body);
  if (text === undefined) return undefined;
  return mediaType === "json" ? parseJsonBody(text) : formFields(text);
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function formFields(text: string): Json | undefined {
  if (/[^\p{ASCII}]/u.test(text)) return undefined;
  return Object.fromEntries([...new URLSearchParams(text)].reverse());
}

/** Returns the JSON in a form's `payload` field, which GitHub and Slack send for some events. Any other event is returned as it is. */
export function unwrapPayloadField(event: Json, mediaType: MediaType): Json {
  const wrapped = mediaType === "form" && typeof event.payload === "string" ? parseJsonBody(event.payload) : undefined;
  return wrapped ?? event;
}

/** Tells whether a form's body is JSON. If only the body is signed, a changed content type would turn one event into another. */
export function isJsonInForm(body: Uint8Array, mediaType: MediaType): boolean {
  return mediaType === "form" && parseBody(body, "json") !== undefined;
}
