import { Status } from "../../domain/event";
import type { Evidence, Discrepancy } from "./accounting";
import type { Disturbed } from "./disturbances";
import type { Sort } from "./plan";
import type { Sent } from "./traffic";

/** Most faults that the report names. It counts the others. */
const mostFaults = 20;

/** Milliseconds between lines where a line cannot be refreshed. */
const lineEveryMs = 5_000;
const refreshEveryMs = 200;

/** Shows a progress line, refreshed on a terminal and printed every few seconds elsewhere. @returns a function that ends it */
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

/** Formats the progress of the clients and the disturbances. */
export function sendingLine(deliveries: number, { sendings, retries }: Sent, { workersKilled, restarts }: Disturbed): string {
  const acknowledged = sendings.filter(({ status }) => status === 202).length;
  return (
    `${sendings.length} of ${deliveries} requests answered, ${acknowledged} with 202; ` +
    `${retries} retries, ${workersKilled} workers killed, ${restarts} restarts`
  );
}

/** Formats the number of events by status. */
export function settlingLine(stored: Evidence["stored"]): string {
  const counts = Object.values(Status).map((status) => `${stored.filter((event) => event.status === status).length} ${status}`);
  return `settling: ${counts.join(", ")}`;
}

/** Formats all counts, one on each line. */
export function countsTable(
  { sendings, stored, deadLetters, published, deliveries: { accepted } }: Evidence,
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
    ["dead letters of FAILED events", deadLettersOf(Status.failed)],
    ["other dead letters", deadLetters.length - deadLettersOf(Status.failed)],
    ["published", published.size],
    ["delivered", accepted.size],
    ["delivered again", [...accepted.values()].reduce((sum, times) => sum + times - 1, 0)],
    ["seconds", (ms / 1_000).toFixed(0)],
  ];
  return rows.map(([what, count]) => `  ${what.padEnd(28)}${String(count).padStart(7)}`).join("\n");
}

export function verdict(faults: readonly Discrepancy[]): string {
  if (faults.length === 0) return "Every event is accounted for: none lost, doubled or stuck.";
  const named = faults.slice(0, mostFaults).map(({ id, what }) => `  ${id}: ${what}`);
  const more = faults.length > mostFaults ? [`  and ${faults.length - mostFaults} more`] : [];
  return [
    `${faults.length} ${faults.length === 1 ? "event or request is" : "events or requests are"} not as expected:`,
    ...named,
    ...more,
  ].join("\n");
}
