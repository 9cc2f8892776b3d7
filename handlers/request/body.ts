import { contentTypes, mediaTypes, type MediaType } from "../../domain/payload";
import { parseJsonBody, type Json } from "./json";
import { multipartFields } from "./multipart";

/** Returns the media type of a content type; `undefined` for any that no provider sends. */
export function mediaTypeOf(contentType: string | undefined): MediaType | undefined {
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType ?? "")) return "json";
  const [, found] = /^([\w.+-]+\/[\w.+-]+)\s*(?:;|$)/.exec(contentType?.toLowerCase() ?? "") ?? [];
  return mediaTypes.find((one) => contentTypes[one].includes(found));
}

/**
 * Parses a body: a JSON object or array, or a form as an object with the first value of each field; of any other media type, nothing. It
 * skips a byte order mark, as RFC 8259 allows. A form must be ASCII: providers that sign only its fields would not notice other bytes.
 * @param jsonField name of a form's field with JSON, which then is the event
 * @returns `undefined` if the body is neither, or not UTF-8
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded
 */
export function parseBody(body: Uint8Array, mediaType: MediaType, jsonField?: string): Json | undefined {
  if (mediaType === "multipart") return eventOf(multipartFields(body), jsonField);
  if (mediaType !== "json" && mediaType !== "form") return {};
  const text = decode(body);
  if (text === undefined) return undefined;
  return mediaType === "json" ? parseJsonBody(text) : eventOf(formFields(text), jsonField);
}

/** Returns the event in a form: the JSON in one of its fields, or the fields themselves. */
function eventOf(fields: Readonly<Record<string, string>> | undefined, jsonField: string | undefined): Json | undefined {
  return fields && jsonField !== undefined ? parseJsonBody(fields[jsonField] ?? "") : fields;
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function formFields(text: string): Record<string, string> | undefined {
  if (/[^\p{ASCII}]/u.test(text)) return undefined;
  return Object.fromEntries([...new URLSearchParams(text)].reverse());
}

/** Returns the JSON in a form's `payload` field, which GitHub and Slack send for some events. Any other event is returned as it is. */
export function unwrapPayloadField(event: Json, mediaType: MediaType): Json {
  const wrapped = mediaType === "form" && typeof event.payload === "string" ? parseJsonBody(event.payload) : undefined;
  return wrapped ?? event;
}

/** Tells whether a body without a format is one in another format that the source sends, too. @see isOtherInForm */
export function isOtherInText(body: Uint8Array, mediaType: MediaType, accepted: readonly MediaType[]): boolean {
  const isText = mediaType === "text" || mediaType === "xml" || mediaType === "bytes";
  return isText && (["json", "multipart"] as const).some((one) => accepted.includes(one) && parseBody(body, one) !== undefined);
}

/** Tells whether a form's body is JSON or multipart. If only the body is signed, a changed content type would turn one event into another. */
export function isOtherInForm(body: Uint8Array, mediaType: MediaType): boolean {
  return mediaType === "form" && (parseBody(body, "json") !== undefined || multipartFields(body) !== undefined);
}
