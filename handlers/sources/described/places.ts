import type { Place } from "../../../domain/description";
import type { Json } from "../../request/json";
import type { WebhookRequest } from "../../request/request";
import { at, idAt } from "../lib/fields";

/** Returns the text at a place of a request; `undefined` if there is none. */
export function textAtPlace(place: Place, request: WebhookRequest, event: Json | undefined): string | undefined {
  if ("header" in place) return request.headers[place.header] || undefined;
  if ("query" in place) return request.query[place.query] || undefined;
  return event && textAtPath(event, place.path);
}

/** Returns the text at a path; of a number, every digit; of a boolean, its name. */
export function textAtPath(event: Json, path: string): string | undefined {
  const keys = path.split(".");
  const found = at(event, ...keys);
  return typeof found === "boolean" ? String(found) : idAt(event, ...keys);
}
