import { Status } from "../../domain/event";
import type { Evidence, Discrepancy } from "./accounting";
import type { Disturbed } from "./disturbances";
import type { Sort } from "./plan";
import type { Sent } from "./traffic";

/** Faults that are named; the others are counted. */
const mostFaults = 20;

/** How often a line is printed where it cannot be refreshed. */
const lineEveryMs = 5_000;
const refreshEveryMs = 200;

/** Shows a line that changes: refreshed in place on a terminal, else printed every few seconds. @returns how to end it */
export function showProgress(line: () => string): () => void {
  const { isTTY } = process.stdout;
  const timer = setInterval(
    () => (isTTY ? process.stdout.write(`\r\x1b[K${line().slice(0, process.stdout.columns - 1)}`) : console.log(line())),
    isTTY ? refreshEveryMs : lineEveryMs,
  );
  return () => {
    clearInterval(timer);
    if (isTTY) process.stdout.write("\r\x1b[K");
  };
}

/** Tells how far the clients are, and what was done to the pipeline meanwhile. */
export function sendingLine(deliveries: number, { sendings, retries }: Sent, { workersKilled, restarts }: Disturbed): string {
  const acknowledged = sendings.filter(({ status }) => status === 202).length;
  return (
    `answered ${sendings.length} of ${deliveries}, ${acknowledged} of them with 202; ` +
    `${retries} retries, ${workersKilled} workers killed, restarted ${restarts} times`
  );
}

/** Tells how many events have which status. */
export function settlingLine(stored: Evidence["stored"]): string {
  const counts = Object.values(Status).map((status) => `${stored.filter((event) => event.status === status).length} ${status}`);
  return `settling: ${counts.join(", ")}`;
}

/** Everything that was counted, a line each. */
export function countsTable(
  { sendings, stored, deadLetters, published }: Evidence,
  retries: number,
  disturbed: Disturbed,
  ms: number,
): string {
  const answeredWith = (sort: Sort, status: number) =>
    sendings.filter(({ delivery, status: answered }) => delivery.sort === sort && answered === status).length;
  const genuine = sendings.filter(({ delivery }) => delivery.sort === "genuine");
  const events = new Set(genuine.map(({ delivery }) => delivery.transactionId)).size;
  const withStatus = (status: Status) => stored.filter((event) => event.status === status).length;
  const statuses = new Map(stored.map(({ transactionId, status }) => [transactionId, status]));
  const deadLettersOf = (status: Status) => deadLetters.filter(({ transactionId }) => statuses.get(transactionId) === status).length;
  const rows: [string, number | string][] = [
    ["events sent", events],
    ["copies of them", genuine.length - events],
    ["acknowledged (202)", answeredWith("genuine", 202)],
    ["refused as forged (401)", answeredWith("forged", 401)],
    ["refused as stale (401)", answeredWith("stale", 401)],
    ["refused as malformed (400)", answeredWith("malformed", 400)],
    ["retries", retries],
    ["workers killed", disturbed.workersKilled],
    ["restarts", disturbed.restarts],
    ["requeued by the reconciler", stored.reduce((sum, { requeues }) => sum + requeues, 0)],
    ["PROCESSED", withStatus(Status.processed)],
    ["FAILED", withStatus(Status.failed)],
    ["dead letters of FAILED ones", deadLettersOf(Status.failed)],
    ["dead letters of others", deadLetters.length - deadLettersOf(Status.failed)],
    ["published", published.size],
    ["seconds", (ms / 1_000).toFixed(0)],
  ];
  return rows.map(([what, count]) => `  ${what.padEnd(28)}${String(count).padStart(7)}`).join("\n");
}

export function verdict(faults: readonly Discrepancy[]): string {
  if (faults.length === 0) return "Everything adds up: nothing was lost, doubled, or left without an end.";
  const named = faults.slice(0, mostFaults).map(({ id, what }) => `  ${id}: ${what}`);
  const more = faults.length > mostFaults ? [`  and ${faults.length - mostFaults} more`] : [];
  return [`${faults.length} ${faults.length === 1 ? "thing does" : "things do"} not add up:`, ...named, ...more].join("\n");
}
