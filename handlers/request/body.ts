import { parseExactly } from "./json";
import { isObject, textAt } from "../sources/lib/fields";
import type { Json } from "../sources/lib/types";

/** What a body is written in. */
export type MediaType = "json" | "form";

/** @returns `undefined` for anything that no provider sends. */
export function mediaTypeOf(contentType: string | undefined): MediaType | undefined {
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType ?? "")) return "json";
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? "")) return "form";
  return undefined;
}

/**
 * Reads a body: JSON's object or array, or a form's fields as an object (of a repeated one, the first). A byte order mark is
 * passed over, as RFC 8259 allows. A form is ASCII; where only its fields are signed, other bytes could be others than were sent.
 * @returns `undefined` if it is neither, or no UTF-8
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded
 */
export function parseBody(body: Uint8Array, mediaType: MediaType): Json | undefined {
  const text = decode(body);
  if (text === undefined) return undefined;
  return mediaType === "json" ? parseJson(text) : formFields(text);
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** JSON's object or array; its keys are its own, whatever they are called, and no number is rounded. */
export function parseJson(text: string): Json | undefined {
  try {
    const value = parseExactly(text);
    return isObject(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** GitHub and Slack send some events as the JSON text of a form's field `payload`. */
export function payloadOf(event: Json, mediaType: MediaType): Json {
  const payload = mediaType === "form" ? textAt(event, "payload") : undefined;
  return (payload === undefined ? undefined : parseJson(payload)) ?? event;
}

/** Whether JSON comes as a form. Where the body is signed and its content type is not, it would be another event so. */
export function isJsonInForm(body: Uint8Array, mediaType: MediaType): boolean {
  return mediaType === "form" && parseBody(body, "json") !== undefined;
}

function formFields(text: string): Json | undefined {
  if (/[^\p{ASCII}]/u.test(text)) return undefined;
  return Object.fromEntries([...new URLSearchParams(text)].reverse());
}
