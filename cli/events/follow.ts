import { Attribute, indexedAttributes, Status } from "../../domain/event";
import { findEvents, listed, type ListedEvent, type Table } from "./find";
import { readItems } from "./items";

/** Unfinished events that are followed, of each of the two statuses: the newest ones. */
const mostInFlight = 1_000;

/** Milliseconds before the newest event that each poll reads again: the index may show an event after a younger one. */
const overlapMs = 30_000;

const inFlight: readonly string[] = [Status.received, Status.processing];
const finished: readonly Status[] = [Status.failed, Status.processed];

/**
 * Follows the events of a table by polling its index, where each event has one place: its status and its time of receipt.
 *
 * A poll reads what is unfinished, and what has finished of the last seconds before the newest event. The newest event, not this machine's
 * clock, says when that is. An unfinished event that a poll no longer finds has finished, and is read from the table. So no event is missed that arrives
 * between two polls, and nothing is kept of an event that has finished earlier. An event of before that somebody redrives is missed if it
 * is received and finished again between two polls.
 */
export class Follower {
  readonly #table: Table;
  /** Events that were seen and are unfinished, or young enough to be read again. */
  readonly #known = new Map<string, ListedEvent>();
  #newest = "";

  constructor(table: Table) {
    this.#table = table;
  }

  /** The number of events that are kept in memory. */
  get size(): number {
    return this.#known.size;
  }

  /** Reads what there is, so that the first poll returns only what is new. */
  async start(): Promise<void> {
    for (const status of finished) {
      const newest = findEvents(this.#table, { statuses: [status] }, { newestFirst: true, pageSize: 1 });
      const { value } = await newest.next();
      this.#note((value as ListedEvent[] | undefined)?.[0]);
    }
    await this.poll();
  }

  /** @returns the events that are new or have changed their status since the last poll, in the order of their receipt */
  async poll(): Promise<ListedEvent[]> {
    const since = this.#newest && new Date(Date.parse(this.#newest) - overlapMs).toISOString();
    const { events, floor } = await this.#observe(since);
    for (const event of await this.#readVanished(events, floor)) events.set(event.transactionId, event);
    const changed = [...events.values()].filter((event) => isChange(this.#known.get(event.transactionId), event));
    for (const event of changed) {
      this.#known.set(event.transactionId, event);
      this.#note(event);
    }
    for (const [id, { status, receivedAt }] of this.#known) {
      const isOver = inFlight.includes(status) ? receivedAt < floor && !events.has(id) : receivedAt < since;
      if (isOver) this.#known.delete(id);
    }
    return changed.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  }

  /** Reads the index in the order of an event's life, so that the last place of an event counts that moves on meanwhile. */
  async #observe(since: string): Promise<{ events: Map<string, ListedEvent>; floor: string }> {
    const events = new Map<string, ListedEvent>();
    let floor = "";
    for (const status of inFlight as Status[]) {
      let read = 0;
      for await (const page of findEvents(this.#table, { statuses: [status] }, { newestFirst: true, pageSize: mostInFlight })) {
        for (const event of page) events.set(event.transactionId, event);
        read += page.length;
        if (read < mostInFlight) continue;
        const { receivedAt } = page[page.length - 1];
        if (receivedAt > floor) floor = receivedAt;
        break;
      }
    }
    const filters = { statuses: [...finished], ...(since && { since }) };
    for await (const page of findEvents(this.#table, filters)) for (const event of page) events.set(event.transactionId, event);
    return { events, floor };
  }

  /** Reads the unfinished events that the index no longer shows as such. Those older than the oldest unfinished one that was read are followed no more. */
  async #readVanished(events: ReadonlyMap<string, ListedEvent>, floor: string): Promise<ListedEvent[]> {
    const vanished = [...this.#known.values()].filter(
      ({ transactionId, status, receivedAt }) => inFlight.includes(status) && !events.has(transactionId) && receivedAt >= floor,
    );
    const ids = vanished.map(({ transactionId }) => transactionId);
    const items = await readItems(this.#table, ids, [Attribute.status, Attribute.receivedAt, ...indexedAttributes]);
    for (const id of ids) if (!items.has(id)) this.#known.delete(id);
    return [...items.values()].map(listed);
  }

  #note(event: ListedEvent | undefined): void {
    if (event && event.receivedAt > this.#newest) this.#newest = event.receivedAt;
  }
}

/**
 * Tells whether an event has changed. A PROCESSED event changes no more, because the index may lag. One that failed again was redriven in
 * between.
 */
function isChange(before: ListedEvent | undefined, { status, requeuedAt }: ListedEvent): boolean {
  if (!before) return true;
  if (before.status === Status.processed) return false;
  return before.status !== status || before.requeuedAt !== requeuedAt;
}
