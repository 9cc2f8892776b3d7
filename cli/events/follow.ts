import { Status } from "../../domain/event";
import { findNewestFirst } from "./find";
import { readListed, type ListedEvent } from "./listed";
import { newestOpen, openStatuses } from "./open";
import type { Table } from "./query";
import { SettledEvents, settledStatuses } from "./settled";

/** How much a follower reads. */
export interface FollowBounds {
  /** Open events that are followed: the newest ones. */
  mostOpen: number;
  /** Settled events that a poll reads. With more, it tells that it has missed some. */
  mostSettled: number;
  /**
   * Reads every open event anew at each poll, so that a change from RECEIVED to PROCESSING is told. Otherwise an open event is read once, and
   * again when it is not open any more: DynamoDB charges for whole items.
   */
  rereadsOpen: boolean;
}

const unbounded: FollowBounds = { mostOpen: 2_000, mostSettled: Infinity, rereadsOpen: true };

/** Milliseconds before the newest event that each poll reads again: the index may show an event after a younger one. */
const overlapMs = 30_000;

/**
 * Follows the events of a table by polling its indexes.
 *
 * A poll reads what is open, and what has settled of the last seconds before the newest event. The newest event, not this machine's
 * clock, says when that is. Open events are read from the table, because their index does not have their status; so are those that are no
 * longer in it: they have settled. So no event is missed that arrives between two polls, and nothing is kept of an event that has settled
 * earlier. An event of before that somebody redrives is missed if it is received and settles again between two polls.
 */
export class Follower {
  readonly #table: Table;
  /** Events that were seen and are open, or young enough to be read again. */
  readonly #known = new Map<string, ListedEvent>();
  readonly #bounds: FollowBounds;
  #newest = "";
  #hasMissed = false;

  constructor(table: Table, bounds: FollowBounds = unbounded) {
    this.#table = table;
    this.#bounds = bounds;
  }

  /** True if the last poll found more settled events than it may read: the oldest of them were not told. */
  get hasMissed(): boolean {
    return this.#hasMissed;
  }

  /** The number of events that are kept in memory. */
  get size(): number {
    return this.#known.size;
  }

  /** Reads what there is, so that the first poll returns only what is new. */
  async start(): Promise<void> {
    const { value } = await findNewestFirst(this.#table, { statuses: [...settledStatuses] }, { pageSize: 1 }).next();
    this.#note(value);
    await this.poll();
  }

  /** @returns the events that are new or have changed their status since the last poll, in the order of their receipt */
  async poll(): Promise<ListedEvent[]> {
    const since = this.#newest && new Date(Date.parse(this.#newest) - overlapMs).toISOString();
    const { events, floor } = await this.#observe(since);
    const changed = [...events.values()].filter((event) => isChange(this.#known.get(event.transactionId), event));
    for (const event of changed) {
      this.#known.set(event.transactionId, event);
      this.#note(event);
    }
    for (const [id, event] of this.#known) {
      const isOver = isOpen(event) ? waitsSince(event) < floor && !events.has(id) : event.receivedAt < since;
      if (isOver) this.#known.delete(id);
    }
    return changed.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  }

  /**
   * Reads the keys of open events, then those that have settled, and then from the table those that are or were open: what an event has
   * become by then counts.
   */
  async #observe(since: string): Promise<{ events: Map<string, ListedEvent>; floor: string }> {
    const events = new Map<string, ListedEvent>();
    const { mostOpen, mostSettled, rereadsOpen } = this.#bounds;
    const { ids, floor } = await newestOpen(this.#table, mostOpen);
    const filters = { statuses: [...settledStatuses], ...(since && { since }) };
    const settled = new SettledEvents(this.#table, filters, { newestFirst: Number.isFinite(mostSettled) });
    this.#hasMissed = false;
    for (let event = await settled.peek(); event; event = await settled.peek()) {
      this.#hasMissed = events.size === mostSettled;
      if (this.#hasMissed) break;
      settled.take();
      events.set(event.transactionId, event);
    }
    // Those older than the oldest open one that was read are followed no more.
    const followed = [...this.#known.values()].filter((event) => isOpen(event) && waitsSince(event) >= floor);
    const open = new Set(ids);
    const gone = followed.map(({ transactionId }) => transactionId).filter((id) => !open.has(id));
    const isRead = (id: string) => {
      const before = this.#known.get(id);
      return rereadsOpen || before === undefined || !isOpen(before);
    };
    const wanted = [...ids.filter(isRead), ...gone];
    const found = await readListed(this.#table, wanted);
    for (const event of found) events.set(event.transactionId, event);
    const isThere = new Set(found.map(({ transactionId }) => transactionId));
    for (const id of wanted) if (!isThere.has(id)) this.#known.delete(id);
    return { events, floor };
  }

  #note(event: ListedEvent | undefined): void {
    if (event && event.receivedAt > this.#newest) this.#newest = event.receivedAt;
  }
}

const isOpen = ({ status }: ListedEvent) => openStatuses.some((one) => one === status);

/** Returns since when an open event waits: the time by which its index is in order. */
const waitsSince = ({ requeuedAt, receivedAt }: ListedEvent) => requeuedAt ?? receivedAt;

/**
 * Tells whether an event has changed. A PROCESSED event changes no more, because the index may lag. One that failed again was redriven in
 * between.
 */
function isChange(before: ListedEvent | undefined, { status, requeuedAt }: ListedEvent): boolean {
  if (!before) return true;
  if (before.status === Status.processed) return false;
  return before.status !== status || before.requeuedAt !== requeuedAt;
}
