import { Attribute, listedAttributes } from "../../domain/event";
import type { Filters } from "./filters";
import { readItems, type Item, type ItemTable } from "./items";

/** An event as a list shows it. No payload is read to list events. */
export interface ListedEvent {
  transactionId: string;
  status: string;
  receivedAt: string;
  eventType: string;
  source: string;
  /** `undefined` until the event is normalized. */
  kind: string | undefined;
  attempts: number;
  /** When the event was last requeued or redriven. */
  requeuedAt: string | undefined;
  /** When the event became PROCESSED or FAILED. */
  finishedAt: string | undefined;
  error: string | undefined;
}

/** Reads an item of the table, or an entry of an index with these attributes, as a listed event. */
export function listed(item: Item): ListedEvent {
  const text = (attribute: string) => item[attribute]?.S;
  return {
    transactionId: text(Attribute.transactionId)!,
    status: text(Attribute.status)!,
    receivedAt: text(Attribute.receivedAt)!,
    eventType: text(Attribute.eventType) ?? "",
    source: text(Attribute.source) ?? "",
    kind: text(Attribute.kind),
    attempts: Number(item[Attribute.attempts]?.N ?? 0),
    requeuedAt: text(Attribute.requeuedAt),
    finishedAt: text(Attribute.finishedAt),
    error: text(Attribute.error),
  };
}

/** Reads events from the table, as they are now. An event that does not exist is left out. */
export async function readListed(table: ItemTable, ids: readonly string[]): Promise<ListedEvent[]> {
  const items = await readItems(table, ids, [Attribute.receivedAt, ...listedAttributes]);
  return [...items.values()].map(listed);
}

/** Tells whether an event fits all filters. */
export function fits(event: ListedEvent, { statuses, source, kind, since, until }: Filters): boolean {
  return (
    statuses.some((status) => status === event.status) &&
    (source === undefined || event.source === source) &&
    (kind === undefined || event.kind === kind) &&
    (since === undefined || event.receivedAt >= since) &&
    (until === undefined || event.receivedAt <= until)
  );
}
