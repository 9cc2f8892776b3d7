import { mostItemsAtOnce } from "../../handlers/aws/batchGet";
import { printable } from "../lib/printable";
import { print, printError, printLine } from "../lib/output";
import { counter } from "../lib/progress";
import { amountFilter, inMajorUnits, readAmounts, type Amount } from "./amounts";
import { ownCommandLine, optionWords } from "../lib/shell";
import { cursorOf, readCursor, type Place } from "./cursor";
import { readFilters, type Filters } from "./filters";
import { findNewestFirst } from "./find";
import type { ListedEvent } from "./listed";
import type { EventsOptions } from "./options";
import type { Table } from "./query";
import { onTarget } from "./target";

/** An event of a list, with its amount where it has one. */
export type EventWithAmount = ListedEvent & { amount?: Amount };

/** Prints events, newest first, and on standard error how to list those that follow. */
export async function listEvents(options: EventsOptions): Promise<number> {
  const filters = readFilters(options);
  const hasAmount = amountFilter(options.minAmount, options.currency);
  const after = options.cursor === undefined ? undefined : readCursor(options.cursor);
  const limit = options.limit ?? 50;
  return onTarget("list", options, async (target) => {
    const read = counter("events read");
    const { events, cursor } = await listNewest(target, filters, { limit, after, hasAmount, onRead: read.add });
    read.end();
    if (options.json) print(JSON.stringify({ events, cursor: cursor ?? null }, undefined, 2));
    else printTable(events);
    if (cursor) printError(`More events fit. Continue with:\n  ${nextCommand(options, filters, limit, cursor)}`);
    else if (!options.json)
      printError(events.length === 0 ? "No event fits." : events.length === 1 ? "1 event." : `${events.length} events.`);
    return 0;
  });
}

export interface Listing {
  limit: number;
  /** Place at which an earlier list ended. */
  after?: Place;
  /** Lets an event pass by its amount; every event passes if it is left out. */
  hasAmount?: (amount: Amount | undefined) => boolean;
  onRead?: (events: number) => void;
}

/** Lists events, newest first. @returns them, and the cursor of what follows if there is more */
export async function listNewest(
  table: Table,
  filters: Filters,
  { limit, after, hasAmount, onRead }: Listing,
): Promise<{ events: EventWithAmount[]; cursor?: string }> {
  const isFiltered = Boolean(filters.source ?? filters.kind ?? hasAmount);
  const pageSize = isFiltered ? undefined : pageSizeOf(limit + 1 + (after?.listed.length ?? 0), table.indexShards);
  const found = unlisted(findNewestFirst(table, startingAfter(filters, after), { pageSize, onRead }), after?.listed ?? []);
  const events: EventWithAmount[] = [];
  // One more than asked tells whether there are more.
  while (events.length <= limit) {
    const some = await take(found, hasAmount ? mostItemsAtOnce : Math.min(limit + 1 - events.length, mostItemsAtOnce));
    if (some.length === 0) break;
    // An event without a kind is not normalized, and has no amount yet.
    const normalized = some.filter(({ kind }) => kind !== undefined);
    const amounts = await readAmounts(
      table,
      normalized.map(({ transactionId }) => transactionId),
    );
    const withAmounts = some.map((event) => ({ ...event, amount: amounts.get(event.transactionId) }));
    events.push(...withAmounts.filter(({ amount }) => hasAmount?.(amount) ?? true));
  }
  if (events.length <= limit) return { events };
  const shown = events.slice(0, limit);
  return { events: shown, cursor: cursorOf(placeAfter(shown, after)) };
}

/** Returns the query of the rest, from the time of the last listed event. */
function startingAfter(filters: Filters, after: Place | undefined): Filters {
  const { until } = filters;
  return after && (until === undefined || after.receivedAt < until) ? { ...filters, until: after.receivedAt } : filters;
}

function placeAfter(shown: readonly ListedEvent[], after: Place | undefined): Place {
  const { receivedAt } = shown[shown.length - 1];
  const listed = shown.filter((event) => event.receivedAt === receivedAt).map(({ transactionId }) => transactionId);
  return { receivedAt, listed: after?.receivedAt === receivedAt ? [...after.listed, ...listed] : listed };
}

/**
 * Returns how many entries of each shard to read, so that one page of each is almost always enough: a shard has some more than its part of
 * the newest events, or fewer.
 */
export function pageSizeOf(events: number, shards: number): number {
  const part = events / shards;
  return Math.min(events, Math.ceil(part + 5 * Math.sqrt(part) + 5));
}

/** Leaves out what was listed. */
async function* unlisted(events: AsyncGenerator<ListedEvent>, ids: readonly string[]): AsyncGenerator<ListedEvent, undefined> {
  const listed = new Set(ids);
  for await (const event of events) if (!listed.has(event.transactionId)) yield event;
  return undefined;
}

async function take(events: AsyncGenerator<ListedEvent, undefined>, most: number): Promise<ListedEvent[]> {
  const taken: ListedEvent[] = [];
  while (taken.length < most) {
    const { value } = await events.next();
    if (value === undefined) break;
    taken.push(value);
  }
  return taken;
}

/** Times are written out: `--since 6h` means another moment a minute later. */
function nextCommand(
  { stack, source, kind, status, minAmount, currency, json }: EventsOptions,
  { since, until }: Filters,
  limit: number,
  cursor: string,
) {
  const filters = { source, kind, status, since, until, "min-amount": minAmount, currency, stack, limit, cursor };
  return ownCommandLine(["events", "list", ...optionWords(filters), ...(json ? ["--json"] : [])]);
}

const headings = ["STATUS", "RECEIVED", "KIND", "AMOUNT", "ATTEMPTS", "TRANSACTION ID", "TYPE", "ERROR"];
const toTheRight = new Set(["AMOUNT", "ATTEMPTS"]);
/** A wider cell does not widen its column. */
const widestColumn = 44;

/** Prints events as a table; the headings go to standard error. */
function printTable(events: readonly EventWithAmount[]): void {
  const rows = events.map((event) =>
    [
      event.status,
      event.receivedAt,
      event.kind ?? "-",
      event.amount ? inMajorUnits(event.amount) : "-",
      String(event.attempts),
      event.transactionId,
      event.eventType,
      event.error ?? "",
    ].map(printable),
  );
  const widths = headings.map((heading, column) =>
    Math.min(widestColumn, Math.max(heading.length, ...rows.map((row) => row[column].length))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (toTheRight.has(headings[column]) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd();
  if (rows.length > 0) printLine(line(headings), process.stderr);
  for (const row of rows) printLine(line(row));
}
