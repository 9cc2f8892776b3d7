import { Attribute, longestKeyBytes, Status } from "../../domain/event";
import { webhookId } from "../../handlers/deliver/signing";
import { amountFilter, normalizedAttributes, normalizedIn } from "../events/amounts";
import { readCursor } from "../events/cursor";
import { readFilters, requireSource } from "../events/filters";
import { readItems } from "../events/items";
import { listNewest } from "../events/list";
import { readListed } from "../events/listed";
import { UsageError } from "../lib/errors";
import type { Target } from "../lib/target";
import type { EventsPage, Found } from "./api";
import type { EventsQuery } from "./backend";
import { readNewest } from "./counting";

/** Events of a page of the list, unless the query says otherwise; and the most. */
const usualLimit = 100;
const highestLimit = 500;

/** The most entries of an index that a list reads: a filter can leave out all but few of them. */
const mostEntries = 20_000;

/**
 * Lists events, newest first.
 * @param signal says that nobody waits for the list any more
 * @throws UsageError that names the filter, its value, and what is allowed; or if the filters leave out too many events
 */
export async function readEvents(target: Target, query: EventsQuery, signal?: AbortSignal): Promise<EventsPage> {
  const { status, source, kind, since, until, minAmount, currency, cursor } = query;
  const limit = limitOf(query.limit);
  requireSource(target, source);
  const filters = readFilters({ status, source, kind, since, until });
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const listing = { limit, after, hasAmount: amountFilter(minAmount, currency), onRead: bounded(signal) };
  const { events, cursor: next } = await listNewest(target, filters, listing);
  return { events, cursor: next ?? null };
}

/** Returns what counts entries, and ends the list if there are too many. */
function bounded(signal: AbortSignal | undefined): (entries: number) => void {
  let read = 0;
  return (entries) => {
    signal?.throwIfAborted();
    read += entries;
    if (read > mostEntries)
      throw new UsageError(
        `The filters leave out all but few of the newest ${mostEntries.toLocaleString("en")} events. Give --since and --until, or use events list, which has no bound.`,
      );
  };
}

function limitOf(given: string | undefined): number {
  if (given === undefined) return usualLimit;
  const limit = Number(given);
  if (/^\d+$/.test(given) && limit >= 1 && limit <= highestLimit) return limit;
  throw new UsageError(`"limit" is "${given}". Allowed: a whole number from 1 to ${highestLimit}.`);
}

/**
 * Finds the events that an ID may mean: a transaction ID, or the ID that a source gave its event; among the newest events also a `webhook-id`
 * of a delivery, and a reference to a payment or customer.
 */
export async function findById(target: Target, given: string): Promise<Found> {
  const { ids, searched } = await idsOf(target, given);
  const events = await readListed(target, ids.slice(0, usualLimit));
  return { ids, searched, events: events.sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : 1)) };
}

async function idsOf(target: Target, given: string): Promise<Pick<Found, "ids" | "searched">> {
  const id = given.trim();
  if (id === "") throw new UsageError("Give an ID.");
  const all = [id, ...Object.keys(target.webhookUrls).map((source) => `${source}#${id}`)];
  const candidates = all.filter((one) => Buffer.byteLength(one) <= longestKeyBytes);
  const exact = [...(await readItems(target, candidates, [Attribute.status])).keys()];
  if (exact.length > 0) return { ids: exact, searched: 0 };
  const { events } = await readNewest(target, { statuses: Object.values(Status) });
  const ids = events.map(({ transactionId }) => transactionId);
  const ofDelivery = ids.filter((one) => webhookId(one) === id);
  if (ofDelivery.length > 0) return { ids: ofDelivery, searched: events.length };
  const items = await readItems(target, ids, normalizedAttributes);
  const meant = ids.filter((one) => refersTo(items.get(one) && normalizedIn(one, items.get(one)!), id));
  return { ids: meant, searched: events.length };
}

/** Tells whether an event names something by this ID. */
function refersTo(event: ReturnType<typeof normalizedIn>, id: string): boolean {
  return event !== undefined && [event.paymentReference, event.customerReference, event.account].includes(id);
}
