import { mostItemsAtOnce } from "../../handlers/aws/batchGet";
import { Attribute, Status } from "../../domain/event";
import { dueAfter, leaseSeconds } from "../../domain/processing";
import { allShards } from "../../domain/shards";
import type { Filters } from "./filters";
import { someAtOnce, type Item } from "./items";
import { fits, readListed, type ListedEvent } from "./listed";
import { readPage, type Selection, type Table } from "./query";
import { earliest, type Reading } from "./settled";

export const openStatuses: readonly Status[] = [Status.received, Status.processing];

/** The most keys that a query reads while a list is merged. */
const largestPage = 1_000;

/** Returns the latest time at which an event can have been received that is due then: it is due a lease after it was received, or later. */
const receivedBy = (dueAt: number) => new Date(dueAt - leaseSeconds * 1_000).toISOString();

/**
 * Reads the events that are not PROCESSED or FAILED yet, newest first. The index has them in the order in which they are due. One that was
 * requeued or redriven is due later than others that were received with it, so it comes too early, and is held back.
 */
export class OpenEvents {
  readonly #table: Table;
  readonly #filters: Filters;
  readonly #onRead: Reading["onRead"];
  readonly #shards: OpenShard[];
  #pageSize: number;
  /** Events that were read, the newest last. */
  #held: ListedEvent[] = [];

  constructor(table: Table, filters: Filters, { pageSize = largestPage, onRead }: Reading) {
    this.#table = table;
    this.#filters = filters;
    this.#onRead = onRead;
    this.#pageSize = pageSize;
    const selections = selectionsOf(table, filters);
    this.#shards = selections.map((selection) => ({ selection: { ...selection, newestFirst: true }, bound: latest }));
  }

  /** Time of receipt, RFC 3339: no event that `advance` has not read yet was received later. `earliest` once all are read. */
  get bound(): string {
    return this.#shards.reduce((bound, shard) => (shard.bound > bound ? shard.bound : bound), earliest);
  }

  get isOver(): boolean {
    return this.bound === earliest;
  }

  /** The newest event that was read, if it is certain that none of those that come is newer. */
  get head(): ListedEvent | undefined {
    const newest = this.#held.at(-1);
    return newest && newest.receivedAt >= this.bound ? newest : undefined;
  }

  take(): void {
    this.#held.pop();
  }

  /** Reads the next keys of every shard, and these events from the table. */
  async advance(): Promise<void> {
    const unread = this.#shards.filter(({ bound }) => bound !== earliest);
    const size = this.#pageSize;
    this.#pageSize = Math.min(2 * size, largestPage);
    const ids = await someAtOnce(unread, (shard) => this.#readShard(shard, size));
    const events = await readListed(this.#table, ids.flat());
    this.#held.push(...events.filter((event) => fits(event, this.#filters)));
    this.#held.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  }

  async #readShard(shard: OpenShard, size: number): Promise<string[]> {
    const { items, next } = await readPage(this.#table, shard.selection, { after: shard.after, size });
    this.#onRead?.(items.length);
    shard.after = next;
    shard.bound = next ? receivedBy(dueAtOf(next)) : earliest;
    return idsOf(items, this.#filters);
  }
}

interface OpenShard {
  selection: Selection;
  bound: string;
  after?: Item;
}

/** Time of receipt, as text: every other one is earlier. */
const latest = "~";

/** Finds the open events that fit, in no order. */
export async function* findOpen(table: Table, filters: Filters, { onRead }: Reading = {}): AsyncGenerator<ListedEvent[]> {
  for (const selection of selectionsOf(table, filters)) {
    let after: Item | undefined;
    do {
      const { items, next } = await readPage(table, selection, { after });
      onRead?.(items.length);
      const ids = idsOf(items, filters);
      for (let from = 0; from < ids.length; from += partSize) {
        const events = await readListed(table, ids.slice(from, from + partSize));
        yield events.filter((event) => fits(event, filters));
      }
      after = next;
    } while (after);
  }
}

/** Events that are read from the table together. */
const partSize = 10 * mostItemsAtOnce;

/** Finds the open event that was received first among those that are due first in each shard; `undefined` if none is open. */
export async function oldestOpen(table: Table): Promise<ListedEvent | undefined> {
  const selections = selectionsOf(table, { statuses: [...openStatuses] });
  const pages = await someAtOnce(selections, (selection) => readPage(table, selection, { size: 1 }));
  const events = await readListed(
    table,
    pages.flatMap(({ items }) => items.map(idOf)),
  );
  const open = events.filter(({ status }) => openStatuses.some((one) => one === status));
  return open.sort((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1))[0];
}

/** Newest open events, by the time at which they were stored, requeued or redriven. */
export interface NewestOpen {
  ids: string[];
  /** Time before which there may be others, RFC 3339; `earliest` if these are all. */
  floor: string;
}

/** Reads the IDs of the newest open events: about as many as asked for. */
export async function newestOpen(table: Table, most: number): Promise<NewestOpen> {
  const size = Math.ceil(most / table.indexShards);
  const selections = selectionsOf(table, { statuses: [...openStatuses] });
  const pages = await someAtOnce(selections, (selection) => readPage(table, { ...selection, newestFirst: true }, { size }));
  const floors = pages.flatMap(({ next }) => (next ? [receivedBy(dueAtOf(next))] : []));
  return {
    ids: pages.flatMap(({ items }) => items.map(idOf)),
    floor: floors.reduce((highest, floor) => (floor > highest ? floor : highest), earliest),
  };
}

function selectionsOf({ indexShards }: Table, { statuses, since, asOf }: Filters): Selection[] {
  if (!openStatuses.some((status) => statuses.includes(status))) return [];
  return allShards(indexShards).map((shard) => ({
    index: "open",
    shard,
    from: since === undefined ? undefined : dueAfter(new Date(since)),
    // One that is redriven meanwhile is due later, so that it is not found again.
    to: asOf === undefined ? undefined : dueAfter(new Date(asOf)) - 1,
  }));
}

/** Returns the IDs of entries, and leaves out those of other sources: a transaction ID begins with its source. */
function idsOf(items: readonly Item[], { source }: Filters): string[] {
  const ids = items.map(idOf);
  return source === undefined ? ids : ids.filter((id) => id.startsWith(`${source}#`));
}

const idOf = (item: Item) => item[Attribute.transactionId].S!;
const dueAtOf = (item: Item) => Number(item[Attribute.dueAt].N);
