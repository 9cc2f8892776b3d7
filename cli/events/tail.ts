import { setTimeout as sleep } from "node:timers/promises";
import { onInterruption } from "../lib/interruption";
import { print, printError, printLine } from "../lib/output";
import { readFilters } from "./filters";
import { Follower } from "./follow";
import type { EventsOptions } from "./options";
import { onTarget } from "./target";

/** Milliseconds between two polls. */
const pauses = { local: 1_000, aws: 3_000 };

/** Prints each new event and each change of status, one line each, until it is interrupted; it never ends by itself. */
export async function tailEvents(options: EventsOptions): Promise<number> {
  const { source, kind, statuses } = readFilters(options);
  return onTarget("tail", options, async (target) => {
    // The interruption ends the process, with 130.
    onInterruption(() => undefined);
    const follower = new Follower(target);
    await follower.start();
    printError(`Following the events of ${target.tableName}. Ctrl-C ends it.`);
    for (;;) {
      await sleep(options.stack === undefined ? pauses.local : pauses.aws);
      const seenAt = new Date().toISOString();
      for (const event of await follower.poll()) {
        const fits = (!source || event.source === source) && (!kind || event.kind === kind) && statuses.some((one) => one === event.status);
        if (!fits) continue;
        const { transactionId, status, eventType, error } = event;
        if (options.json) print(JSON.stringify({ seenAt, ...event }));
        else
          printLine(
            `${seenAt}  ${status.padEnd(10)}  ${transactionId}  ${eventType}${event.kind ? ` (${event.kind})` : ""}${error ? `  ${error}` : ""}`,
          );
      }
    }
  });
}
