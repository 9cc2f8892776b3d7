import { Status } from "../../domain/event";
import type { Filters } from "./filters";
import type { ListedEvent } from "./listed";
import { findOpen, OpenEvents, openStatuses } from "./open";
import type { Table } from "./query";
import { countSettled, SettledEvents, type Reading } from "./settled";

/**
 * Finds the events that fit: first those that are open, in no order, and then those that are PROCESSED or FAILED, in the order of their
 * receipt. It keeps few of them in memory. An event that settles meanwhile may come twice.
 */
export async function* findEvents(table: Table, filters: Filters, reading: Omit<Reading, "newestFirst"> = {}): AsyncGenerator<ListedEvent> {
  for await (const page of findOpen(table, filters, reading)) yield* page;
  const settled = new SettledEvents(table, filters, reading);
  for (let event = await settled.peek(); event; event = await settled.peek()) {
    settled.take();
    yield event;
  }
}

/**
 * Finds the events that fit, newest first and each once. It reads open events before the others, so that it misses none that settles
 * meanwhile. It may miss one that somebody requeues or redrives meanwhile.
 */
export async function* findNewestFirst(table: Table, filters: Filters, reading: Reading = {}): AsyncGenerator<ListedEvent, undefined> {
  const open = new OpenEvents(table, filters, reading);
  const settled = new SettledEvents(table, filters, { ...reading, newestFirst: true });
  /** IDs that were returned of one time of receipt: an event that settles meanwhile comes twice, at the same time. */
  let seen = new Set<string>();
  let receivedAt = "";
  if (!open.isOver) await open.advance();
  for (;;) {
    const settledHead = await settled.peek(open.bound);
    const openHead = open.head;
    const isOpen = openHead !== undefined && (!settledHead || openHead.receivedAt >= settledHead.receivedAt);
    const event = isOpen ? openHead : settledHead;
    if (!event) {
      if (open.isOver) return undefined;
      await open.advance();
      continue;
    }
    (isOpen ? open : settled).take();
    if (event.receivedAt !== receivedAt) seen = new Set();
    receivedAt = event.receivedAt;
    if (seen.has(event.transactionId)) continue;
    seen.add(event.transactionId);
    yield event;
  }
}

/** Counts the events of each status that fit. */
export async function countByStatus(table: Table, filters: Filters, onRead?: Reading["onRead"]): Promise<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(filters.statuses.map((status) => [status, 0]));
  const open = filters.statuses.filter((status) => openStatuses.includes(status));
  for await (const page of findOpen(table, { ...filters, statuses: open }, { onRead })) for (const { status } of page) counts[status]++;
  for (const status of [Status.processed, Status.failed])
    if (filters.statuses.includes(status)) counts[status] = await countSettled(table, status, filters, onRead);
  return counts;
}
