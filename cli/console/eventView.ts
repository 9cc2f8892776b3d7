import { passes } from "../../domain/destinationFilter";
import { Status, type Kind } from "../../domain/event";
import { contentTypes, usualMediaType, type MediaType } from "../../domain/payload";
import { NotFoundError } from "../../domain/userError";
import { readDeliveries } from "../destinations/deliveries";
import { noSuchEvent, readEvent } from "../events/show";
import type { ShownEvent } from "../events/shownEvent";
import type { Target } from "../lib/target";
import type { EventView } from "./api";

/** Reads an event with its deliveries. @throws NotFoundError if there is none of this ID */
export async function readEventView(target: Target, id: string): Promise<EventView> {
  const [found, deliveries] = await Promise.all([readEvent(target, id, false), readDeliveries(target, id)]);
  if (!found) throw noSuchEvent(target, id);
  const { event, headers, mediaType } = found;
  const stored = new Set(deliveries.map(({ destination }) => destination));
  return {
    event,
    headers,
    mediaType: contentTypeOf(headers, mediaType),
    deliveries,
    silent: destinationsOf(target, event).filter((name) => !stored.has(name)),
    runbook: event.status === Status.failed ? "dead-letters" : null,
    webhookUrl: target.webhookUrls[String(event.source)] ?? null,
  };
}

/** Names the destinations whose filter passes an event. Only a PROCESSED one was published. */
function destinationsOf({ destinations }: Pick<Target, "destinations">, { status, source, kind, eventType }: ShownEvent): string[] {
  if (status !== Status.processed) return [];
  const event = { source: String(source), kind: kind as Kind, eventType: String(eventType ?? "") };
  return Object.keys(destinations).filter((name) => passes(destinations[name], event));
}

/** Reads the body of an event. @throws NotFoundError if there is no such event, or its body is not there any more */
export async function readBody(target: Target, id: string): Promise<{ bytes: Buffer; mediaType: string | null }> {
  const found = await readEvent(target, id, true).catch((error: Error) => {
    throw error.name === "NoSuchKey" ? noSuchPayload(id) : error;
  });
  if (!found) throw noSuchEvent(target, id);
  const { body, headers, mediaType } = found;
  if (!body) throw noSuchPayload(id);
  return { bytes: body, mediaType: contentTypeOf(headers, mediaType) };
}

const noSuchPayload = (id: string) => new NotFoundError(`The payload of ${id} is not stored any more.`);

/** Returns the content type with which a body came, or the usual one of its format. */
function contentTypeOf(headers: Readonly<Record<string, string>>, mediaType: string): string {
  const [usual] = contentTypes[mediaType as MediaType] ?? contentTypes[usualMediaType];
  return headers["content-type"] ?? usual;
}
