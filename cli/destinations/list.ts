import { print, printError, printLine } from "../lib/output";
import { targetName, type DestinationsTarget } from "../lib/target";
import { oldestUndelivered } from "./deliveries";
import type { DestinationsOptions } from "./options";
import { countMessages, type QueueCounts } from "./queues";
import { describePause, readPause, type Pause } from "./state";
import { deliveriesOf, onDestinations, type NamedDestination } from "./target";

/** How a destination is. */
export interface DestinationStatus extends QueueCounts {
  type: string;
  /** `polled`: consumers poll its queue. */
  state: "delivering" | "paused" | "polled";
  paused?: Pause;
  /** First attempt of the oldest event that is tried again, RFC 3339. */
  oldestUndelivered?: string;
}

/** Prints each destination with its state and what waits for it. */
export function listDestinations({ stack, json }: DestinationsOptions): Promise<number> {
  return onDestinations("list", stack, async (target) => {
    const all = Object.entries(target.destinations).map(([name, destination]) => ({ name, ...destination }));
    const rows = await Promise.all(all.map(async (one) => ({ name: one.name, ...(await statusOf(target, one)) })));
    if (json) return print(JSON.stringify(rows, undefined, 2));
    if (rows.length === 0) printError(`No destination is configured in ${targetName(stack)}: see docs/destinations.md.`);
    else printTable(rows);
    return 0;
  });
}

/** Reads how a destination is. */
export async function statusOf(target: DestinationsTarget, destination: NamedDestination): Promise<DestinationStatus> {
  const { name, type } = destination;
  const counts = await countMessages(target, destination);
  const table = deliveriesOf(target, destination);
  if (!table) return { type, state: "polled", ...counts };
  const [paused, oldest] = await Promise.all([readPause(table, name), oldestUndelivered(table, name)]);
  return {
    type,
    state: paused ? "paused" : "delivering",
    ...counts,
    ...(paused && { paused }),
    ...(oldest !== undefined && { oldestUndelivered: oldest }),
  };
}

const titles = ["NAME", "TYPE", "STATE", "WAITING", "IN FLIGHT", "DEAD LETTERS", "OLDEST UNDELIVERED"];
/** Columns of numbers, which end at the right. */
const numbers = [3, 4, 5];

function printTable(rows: readonly (DestinationStatus & { name: string })[]): void {
  const cells = rows.map(({ name, type, state, waiting, inFlight, deadLetters, oldestUndelivered: oldest = "-" }) =>
    [name, type, state, waiting, inFlight, deadLetters, oldest].map(String),
  );
  const widths = titles.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (numbers.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join("  ");
  printLine(line(titles).trimEnd());
  for (const [index, row] of cells.entries()) {
    const { paused } = rows[index];
    printLine(line(row).trimEnd());
    if (paused) printLine(`  ${describePause(paused)}`);
  }
}
