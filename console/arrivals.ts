import { useMemo } from "preact/hooks";
import type { EventWithAmount } from "../cli/events/list";
import type { ListedEvent } from "../cli/events/listed";
import type { EventsPage } from "../cli/console/api";
import { useFeed } from "./context";
import type { Filters } from "./filters";
import type { Loaded } from "./load";

/** Returns events as the feed last had them. No row comes or goes: a list in front of someone must not jump. */
export function withChanges(events: readonly EventWithAmount[], changed: ReadonlyMap<string, ListedEvent>): EventWithAmount[] {
  return events.map((event) => {
    const now = changed.get(event.transactionId);
    // The feed has no amounts.
    return now ? { ...now, amount: event.amount } : event;
  });
}

/**
 * Returns the changed events that pass a list's filters and that it does not have.
 * @param since time of receipt before which the list does not reach
 */
function missingIn(
  events: readonly EventWithAmount[],
  changed: ReadonlyMap<string, ListedEvent>,
  filters: Filters,
  since: string,
): ListedEvent[] {
  const listed = new Set(events.map(({ transactionId }) => transactionId));
  const fits = ({ status, source, kind }: ListedEvent) =>
    (filters.status === undefined || filters.status === status) &&
    (filters.source === undefined || filters.source === source) &&
    (filters.kind === undefined || filters.kind === kind);
  return [...changed.values()].filter((event) => event.receivedAt >= since && fits(event) && !listed.has(event.transactionId));
}

/** What the feed adds to a list that was loaded before. */
export interface Arrivals {
  events: EventWithAmount[];
  /** Number of events that the list does not have. */
  newer: number;
}

/**
 * Follows the feed for a list. A list that goes back in time (`until`), or asks for amounts, which the feed does not have, has no newer
 * events.
 */
export function useArrivals({ answer, at }: Loaded<EventsPage>, filters: Filters, isNewestPage: boolean): Arrivals {
  const { changed, freshness } = useFeed();
  const key = JSON.stringify(filters);
  return useMemo(() => {
    if (!answer) return { events: [], newer: 0 };
    const { events, cursor } = answer;
    const isFollowed = isNewestPage && !filters.until && !filters.minAmount && !filters.currency;
    const isBounded = cursor !== null || filters.since !== undefined;
    const since = isBounded ? (events.at(-1)?.receivedAt ?? new Date(at).toISOString()) : "";
    return { events: withChanges(events, changed), newer: isFollowed ? missingIn(events, changed, filters, since).length : 0 };
    // Freshness is new after each answer of the feed; the key stands for the filters.
  }, [answer, at, changed, freshness, isNewestPage, key]);
}
