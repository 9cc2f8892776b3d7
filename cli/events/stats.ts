import { print, printLine } from "../lib/output";
import { findTarget, type Target } from "../lib/target";
import type { EventsOptions } from "./options";
import { countDeadLetters } from "./dlq";
import { readFilters, type Filters } from "./filters";
import { findEvents } from "./find";

/** Prints how many events there are of each status, and how many dead letters. */
export async function countEvents(options: EventsOptions): Promise<number> {
  const target = await findTarget(options.stack);
  const counts = await countByStatus(target, readFilters(options));
  const deadLetters = await countDeadLetters(target);
  if (options.json) return print(JSON.stringify({ ...counts, deadLetters }));
  for (const [what, count] of Object.entries({ ...counts, "dead letters": deadLetters }))
    printLine(`${what.padEnd(12)} ${String(count).padStart(8)}`);
  return 0;
}

/** Counts the events of each status that is asked for. */
export async function countByStatus(target: Target, filters: Filters): Promise<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(filters.statuses.map((status) => [status, 0]));
  for await (const page of findEvents(target, filters)) for (const { status } of page) counts[status]++;
  return counts;
}
