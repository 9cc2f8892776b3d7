import { passes } from "../../domain/destinationFilter";
import { Status, type Kind } from "../../domain/event";
import { UserError } from "../../domain/userError";
import { idsOf, type Choice } from "../events/chosen";
import { optionWords } from "../lib/shell";
import { inEvents, isAgreed } from "../events/consent";
import { readFilters, type Filters } from "../events/filters";
import { findEvents } from "../events/find";
import type { ListedEvent } from "../events/listed";
import { stoppable } from "../events/pace";
import { exitCodeOf, sendAll } from "../events/publish";
import type { Table } from "../events/query";
import { UsageError } from "../lib/errors";
import { printLine, printList } from "../lib/output";
import { counter, progressBar } from "../lib/progress";
import { targetName, type DestinationsTarget } from "../lib/target";
import { operationOf, sendSome, type Operation } from "./messages";
import type { DestinationsOptions } from "./options";
import { report } from "./report";
import { onDestination, type NamedDestination } from "./target";

/**
 * Sends stored events to one destination, after a question: those of a period that match its filters.
 * @returns 0, 1 if none could be sent, 4 if some could not be, 130 if it was stopped
 */
export function backfillDestination(name: string, options: DestinationsOptions): Promise<number> {
  const { since, until, stack } = options;
  if (since === undefined) throw new UsageError("--since is missing. Give the time from which events are sent, such as yesterday or 6h.");
  const operation = operationOf("backfill", options.continue);
  const filters = readFilters({ since, until: until ?? new Date().toISOString(), status: Status.processed });
  return onDestination("backfill", name, stack, async (target, destination) => {
    const choice = await chooseFor(target, destination, filters);
    if (options.dryRun) {
      await printDryRun(name, choice, options.json ?? false);
      return 0;
    }
    const question = `Send ${inEvents(choice.count)}, received from ${filters.since} to ${filters.until}, to ${name} in ${targetName(stack)}?`;
    if (!(await isAgreed(question, choice.count, options))) throw new UserError("Nothing was sent.");
    return stoppable((signal) => backfill(target, destination, operation, filters, choice, options, signal));
  });
}

/** Prints how many events would be sent; as JSON, their IDs. */
export async function printDryRun(name: string, { count, events }: Choice, asJson: boolean): Promise<void> {
  if (asJson) await printList(idsOf(events()), true);
  else printLine(`${inEvents(count)} would be sent to ${name}.`);
}

/** Chooses, and counts, the PROCESSED events that the rule of a destination passes. What comes or changes later is not chosen. */
export async function chooseFor(table: Table, destination: NamedDestination, filters: Filters, now = new Date()): Promise<Choice> {
  const asOfNow = { ...filters, ...single(destination), asOf: now.toISOString() };
  const read = counter("events read");
  const events = (onRead?: (entries: number) => void) => passing(destination, findEvents(table, asOfNow, { onRead }));
  const count = await countOf(events(read.add));
  read.end();
  return { count, events: () => events() };
}

/** Lets the index leave out what a filter of a single value does not pass. */
function single({ sources = [], kinds = [] }: NamedDestination): Pick<Filters, "source" | "kind"> {
  return { ...(sources.length === 1 && { source: sources[0] }), ...(kinds.length === 1 && { kind: kinds[0] }) };
}

async function* passing(destination: NamedDestination, events: AsyncGenerator<ListedEvent>): AsyncGenerator<ListedEvent> {
  for await (const event of events) if (passes(destination, { ...event, kind: event.kind as Kind })) yield event;
}

async function countOf(events: AsyncGenerator<unknown>): Promise<number> {
  let count = 0;
  while (!(await events.next()).done) count++;
  return count;
}

async function backfill(
  target: DestinationsTarget,
  destination: NamedDestination,
  operation: Operation,
  filters: Filters,
  { count, events }: Choice,
  options: DestinationsOptions,
  signal: AbortSignal,
): Promise<number> {
  const bar = progressBar(count);
  const pace = { rate: options.rate ?? 50, signal, onProgress: bar.show };
  const result = await sendAll(target, events(), pace, (some) => sendSome(target, destination, operation, some));
  bar.end();
  // What cannot be read is unknown: then the last one that was worked on is the first of the rest.
  const { receivedAt = filters.since } = result.stopped?.next ?? result.last ?? {};
  report(
    { ...result, count },
    { destination: destination.name, operation, options, again: optionWords({ since: receivedAt, until: filters.until }) },
  );
  return exitCodeOf(result);
}
