import { DeliveryStatus } from "../../domain/destinations";
import { NotFoundError } from "../../domain/userError";
import { ownCommandLine, optionWords } from "../lib/shell";
import { cursorOf, readCursor } from "../events/cursor";
import { noSuchEvent, readEvent } from "../events/show";
import { print, printError, printLine } from "../lib/output";
import { attemptLine, inAttempts, listUndelivered, readDelivery, type Delivery } from "./deliveries";
import { statusOf, type DestinationStatus } from "./list";
import type { DestinationsOptions } from "./options";
import { describePause } from "./state";
import { deliveriesOf, onDelivery, onDestination, type NamedDestination } from "./target";

/** Prints a destination with its undelivered events, or one event's delivery to it. @throws NotFoundError if there is no such delivery */
export function showDestination(name: string, id: string | undefined, options: DestinationsOptions): Promise<number> {
  return id === undefined ? showSettings(name, options) : showDelivery(name, id, options);
}

function showSettings(name: string, { stack, limit = 20, cursor, json }: DestinationsOptions): Promise<number> {
  const after = cursor === undefined ? undefined : readCursor(cursor, "destinations show");
  return onDestination("show", name, stack, async (target, destination) => {
    const status = await statusOf(target, destination);
    const table = deliveriesOf(target, destination);
    const { deliveries, next } = table ? await listUndelivered(table, name, limit, after) : { deliveries: [], next: undefined };
    const continued = next && cursorOf(next);
    if (json) print(JSON.stringify({ ...destination, ...status, undelivered: deliveries, cursor: continued ?? null }, undefined, 2));
    else for (const line of [...describe(destination, status), ...deliveries.map(rowOf)]) printLine(line);
    if (continued)
      printError(
        `More is undelivered. Continue with:\n  ${ownCommandLine(["destinations", "show", name, ...optionWords({ stack, limit, cursor: continued }), ...(json ? ["--json"] : [])])}`,
      );
    else if (table && !json && deliveries.length === 0) printError("Nothing is undelivered.");
    return 0;
  });
}

function describe(destination: NamedDestination, { state, paused, waiting, inFlight, deadLetters }: DestinationStatus): string[] {
  const { name, type, url, kinds, sources, eventTypes, payload, timeoutSeconds, maxConcurrency, maxPerSecond, retryHours, auth } =
    destination;
  const all = (values: readonly string[] | undefined) => values?.join(", ") ?? "all";
  const rows: [label: string, value: unknown][] = [
    ["type", type],
    ["url", url],
    ["kinds", all(kinds)],
    ["sources", all(sources)],
    ["event types", all(eventTypes)],
    ["payload", payload],
    ["auth", auth],
    ["timeout", timeoutSeconds && `${timeoutSeconds} s`],
    ["at once", maxConcurrency],
    ["a second", type === "https" ? (maxPerSecond ?? "no limit") : undefined],
    ["tried for", retryHours && `${retryHours} h`],
    ["queue", destination.queueUrl],
    ["dead letters", `${deadLetters} in ${destination.deadLetterQueueUrl}`],
    ["rule", destination.ruleName],
    ["waiting", waiting],
    ["in flight", inFlight],
  ];
  const lines = rows.flatMap(([label, value]) => (value === undefined ? [] : [`  ${label.padEnd(12)} ${String(value)}`]));
  return [`${name} is ${paused ? describePause(paused) : state}.`, ...lines];
}

function rowOf({ status, since, transactionId, attempts, nextAt, error }: Delivery): string {
  const next = nextAt === undefined ? "" : `  next ${nextAt}`;
  return `${status.padEnd(6)}  ${since}  ${transactionId}  ${inAttempts(attempts)}${next}${error === undefined ? "" : `  ${error}`}`;
}

function showDelivery(name: string, id: string, { stack, json }: DestinationsOptions): Promise<number> {
  return onDelivery("show", name, stack, async (target) => {
    const delivery = await readDelivery(target, name, id);
    if (!delivery) {
      if (!(await readEvent(target, id, false))) throw noSuchEvent(target, id);
      throw new NotFoundError(
        `No delivery of ${id} to ${name} is stored. It waits in the queue, or ${name} does not get such events. "destinations show ${name}" says what waits.`,
      );
    }
    if (json) return print(JSON.stringify({ destination: name, ...delivery }, undefined, 2));
    for (const line of describeDelivery(name, delivery)) printLine(line);
    if (delivery.status === DeliveryStatus.failed)
      printLine(`Deliver it again: ${ownCommandLine(["destinations", "redeliver", name, id, ...optionWords({ stack })])}`, process.stderr);
    return 0;
  });
}

function describeDelivery(name: string, delivery: Delivery): string[] {
  const { transactionId, status, trigger, attempts, since, nextAt, finishedAt, error, history = [] } = delivery;
  const rows: [label: string, value: unknown][] = [
    ["trigger", trigger],
    ["attempts", attempts],
    ["since", since],
    ["next", nextAt],
    ["finished", finishedAt],
    ["error", error],
  ];
  const lines = rows.flatMap(([label, value]) => (value === undefined ? [] : [`  ${label.padEnd(9)} ${String(value)}`]));
  return [`${transactionId} to ${name} is ${status}.`, ...lines, ...history.map((attempt) => `  ${attemptLine(attempt)}`)];
}
