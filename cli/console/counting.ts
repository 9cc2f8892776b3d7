import type { Filters } from "../events/filters";
import { findNewestFirst } from "../events/find";
import type { ListedEvent } from "../events/listed";
import { pageSizeOf } from "../events/list";
import type { Table } from "../events/query";
import type { Count } from "./api";

/** The most events that one view reads: no view costs more in a stack of millions. */
export const mostRead = 1_000;

/** Newest events that fit, and whether there are more. */
export interface Newest {
  events: ListedEvent[];
  capped: boolean;
}

/** Reads the newest events that fit, at most `mostRead`. */
export async function readNewest(table: Table, filters: Filters, most = mostRead): Promise<Newest> {
  const isFiltered = Boolean(filters.source ?? filters.kind);
  const pageSize = isFiltered ? undefined : pageSizeOf(most + 1, table.indexShards);
  const events: ListedEvent[] = [];
  for await (const event of findNewestFirst(table, filters, { pageSize })) {
    if (events.length === most) return { events, capped: true };
    events.push(event);
  }
  return { events, capped: false };
}

/** Counts what was read. */
export const countOf = ({ events, capped }: Newest): Count => ({ count: events.length, capped });

/** Groups things by a key, each group in their order. */
export function groupedBy<Thing, Key>(things: readonly Thing[], keyOf: (thing: Thing) => Key): Map<Key, Thing[]> {
  const groups = new Map<Key, Thing[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}
