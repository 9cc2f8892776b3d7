import { print, printLine } from "../lib/output";
import { countDeadLetters } from "./dlq";
import { readFilters } from "./filters";
import { countByStatus } from "./find";
import type { EventsOptions } from "./options";
import { onTarget } from "./target";
import { counter } from "../lib/progress";

/** Prints the number of events of each status, and of dead letters. */
export async function countEvents(options: EventsOptions): Promise<number> {
  const filters = readFilters(options);
  return onTarget("stats", options, async (target) => {
    const read = counter("events read");
    const counts = await countByStatus(target, filters, read.add);
    read.end();
    const deadLetters = await countDeadLetters(target);
    if (options.json) return print(JSON.stringify({ ...counts, deadLetters }));
    for (const [what, count] of Object.entries({ ...counts, "dead letters": deadLetters }))
      printLine(`${what.padEnd(12)} ${String(count).padStart(8)}`);
    return 0;
  });
}
