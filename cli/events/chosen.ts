import { counter } from "../lib/progress";
import type { Filters } from "./filters";
import { countByStatus, findEvents } from "./find";
import type { Table } from "./query";

/** An event that a command works on. */
export interface Chosen {
  transactionId: string;
  /** Left out where the event is named. */
  receivedAt?: string;
}

/** Events that a command works on, and their number. They are read as they are needed: there can be millions. */
export interface Choice {
  count: number;
  events: () => Iterable<Chosen> | AsyncIterable<Chosen>;
}

/** Chooses events by their transaction IDs. */
export function named(ids: readonly string[]): Choice {
  const events = [...new Set(ids)].map((transactionId) => ({ transactionId }));
  return { count: events.length, events: () => events };
}

/** Chooses, and counts, the events that fit now. What comes or changes later is not chosen. */
export async function chooseBy(table: Table, filters: Filters, now = new Date()): Promise<Choice> {
  const asOfNow = { ...filters, asOf: now.toISOString() };
  const read = counter("events read");
  const counts = await countByStatus(table, asOfNow, read.add);
  read.end();
  return { count: Object.values(counts).reduce((sum, count) => sum + count, 0), events: () => findEvents(table, asOfNow) };
}

/** Returns the transaction IDs of events as they come. */
export async function* idsOf(events: Iterable<Chosen> | AsyncIterable<Chosen>): AsyncGenerator<string> {
  for await (const { transactionId } of events) yield transactionId;
}
