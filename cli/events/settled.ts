import { Status } from "../../domain/event";
import { allShards } from "../../domain/shards";
import type { Filters } from "./filters";
import { someAtOnce, type Item } from "./items";
import { listed, type ListedEvent } from "./listed";
import { countEntries, readPage, type Selection, type Table } from "./query";

export const settledStatuses: readonly Status[] = [Status.processed, Status.failed];

/** Lowest time of receipt, as text: every other one is later. */
export const earliest = "";

/** The most entries that a query reads. Many shards read less at once, because the entries of all are in memory. */
const largestPageOf = (shards: number) => Math.max(500, Math.ceil(4_000 / shards));

export interface Reading {
  newestFirst?: boolean;
  /** Entries that the first query of a shard reads. The next ones read more. */
  pageSize?: number;
  /** Receives how many entries of an index a query has read, before the filters. */
  onRead?: (entries: number) => void;
}

/** Merges the PROCESSED and FAILED events of all shards that fit, in the order of their receipt. */
export class SettledEvents {
  readonly #shards: SettledShard[];
  readonly #newestFirst: boolean;
  /** Shard of the event that `peek` has returned. */
  #next: SettledShard | undefined;

  constructor(table: Table, filters: Filters, reading: Reading) {
    const selection = selectionOf(filters);
    const shards = selection ? allShards(table.indexShards) : [];
    this.#newestFirst = reading.newestFirst ?? false;
    this.#shards = shards.map((shard) => new SettledShard(table, { ...selection!, shard, newestFirst: this.#newestFirst }, reading));
  }

  /**
   * Returns the next event, without taking it; `undefined` if there is none.
   * @param bound newest first: finds no event that was received earlier, and leaves it to a later call with a lower bound
   */
  async peek(bound = earliest): Promise<ListedEvent | undefined> {
    const lacking = this.#shards.filter((shard) => shard.lacks(bound));
    await someAtOnce(lacking, (shard) => shard.fill(bound));
    this.#next = undefined;
    for (const shard of this.#shards) if (shard.head && (!this.#next || this.#isBefore(shard.head, this.#next.head!))) this.#next = shard;
    return this.#next?.head;
  }

  /** Takes the event that `peek` has returned. */
  take(): void {
    this.#next?.take();
  }

  #isBefore(a: ListedEvent, b: ListedEvent): boolean {
    return this.#newestFirst ? a.receivedAt > b.receivedAt : a.receivedAt < b.receivedAt;
  }
}

/** PROCESSED and FAILED events of one shard, which it reads page by page when they are needed. */
class SettledShard {
  readonly #table: Table;
  readonly #selection: Selection;
  readonly #onRead: Reading["onRead"];
  readonly #largestPage: number;
  #pageSize: number;
  #events: ListedEvent[] = [];
  #taken = 0;
  #after: Item | undefined;
  /** Time of receipt down to which everything has been read. */
  #covered: string | undefined;

  constructor(table: Table, selection: Selection, { pageSize, onRead }: Reading) {
    this.#table = table;
    this.#largestPage = largestPageOf(table.indexShards);
    this.#selection = selection;
    this.#pageSize = pageSize ?? this.#largestPage;
    this.#onRead = onRead;
  }

  get head(): ListedEvent | undefined {
    return this.#events[this.#taken];
  }

  take(): void {
    this.#taken++;
  }

  /** Tells whether a query may find an event before the bound is reached. */
  lacks(bound: string): boolean {
    return this.head === undefined && (this.#covered === undefined || bound < this.#covered);
  }

  /** Reads pages until it has an event, or there is none down to the bound. */
  async fill(bound: string): Promise<void> {
    while (this.lacks(bound)) await this.#read(bound);
  }

  async #read(bound: string): Promise<void> {
    const page = await readPage(this.#table, this.#selectionDownTo(bound), { after: this.#after, size: this.#pageSize });
    this.#onRead?.(page.read);
    this.#events = page.items.map(listed);
    this.#taken = 0;
    this.#after = page.next;
    this.#pageSize = Math.min(2 * this.#pageSize, this.#largestPage);
    if (!page.next) this.#covered = bound;
  }

  /** Selects what has not been read. What was received at the very time of an earlier bound comes again. */
  #selectionDownTo(bound: string): Selection {
    const { from: since, to: until, ...others } = this.#selection;
    const covered = this.#covered;
    const from = since !== undefined && since > bound ? since : bound;
    const to = covered !== undefined && (until === undefined || covered < until) ? covered : until;
    return { ...others, from: from === earliest ? undefined : from, to };
  }
}

/** Counts the events of one of the two statuses that fit. */
export async function countSettled(table: Table, status: Status, filters: Filters, onRead?: Reading["onRead"]): Promise<number> {
  const selection = selectionOf({ ...filters, statuses: [status] })!;
  const counts = await someAtOnce(allShards(table.indexShards), (shard) => countEntries(table, { ...selection, shard }, onRead));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Chooses the index that holds the fewest other events. @returns `undefined` if the filters let pass neither PROCESSED nor FAILED ones */
function selectionOf({ statuses, source, kind, since, until, asOf }: Filters): Omit<Selection, "shard"> | undefined {
  const wanted = settledStatuses.filter((status) => statuses.includes(status));
  if (wanted.length === 0) return undefined;
  const both = wanted.length === settledStatuses.length;
  const status = both || wanted[0] === Status.failed ? undefined : wanted[0];
  return {
    index: !both && wanted[0] === Status.failed ? "failed" : "byTime",
    from: since,
    to: until,
    equal: { source, kind, status },
    finishedBy: asOf,
  };
}
