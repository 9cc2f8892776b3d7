import type { MediaType } from "../../domain/payload";
import { parseJsonBody, type Json } from "./json";

/** Returns what a content type stands for; `undefined` for anything that no provider sends. */
export function mediaTypeOf(contentType: string | undefined): MediaType | undefined {
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType ?? "")) return "json";
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? "")) return "form";
  return undefined;
}

/**
 * Parses a body: JSON's object or array, or a form's fields as an object (of a repeated one, the first). A byte order mark is
 * passed over, as RFC 8259 allows. A form is ASCII; where only its fields are signed, other bytes could be others than were sent.
 * @returns `undefined` if it is neither, or no UTF-8
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded
 */
export function parseBody(body: Uint8Array, mediaType: MediaType): Json | undefined {
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

/** Returns the JSON of a form's field `payload`, as which GitHub and Slack send some events; any other event as it is. */
export function unwrapPayloadField(event: Json, mediaType: MediaType): Json {
  const wrapped = mediaType === "form" && typeof event.payload === "string" ? parseJsonBody(event.payload) : undefined;
  return wrapped ?? event;
}

/** Whether JSON comes as a form. Where the body is signed and its content type is not, it would be another event so. */
export function isJsonInForm(body: Uint8Array, mediaType: MediaType): boolean {
  return mediaType === "form" && parseBody(body, "json") !== undefined;
}
