import type { TestResult } from "../../domain/destinations";
import { listUndelivered } from "../destinations/deliveries";
import { statusOf, type DestinationStatus } from "../destinations/list";
import { command, writePause, writeResume } from "../destinations/state";
import { deliveriesOf, requireDeliveries, requireDestination, type DeliveringTarget, type NamedDestination } from "../destinations/target";
import { cursorOf, readCursor } from "../events/cursor";
import type { DestinationsTarget } from "../lib/target";
import type { DestinationPage, DestinationView, Steered } from "./api";

/** Undelivered events of a page. */
const pageSize = 100;

/** Reads how each destination is. */
export function readDestinations(target: DestinationsTarget): Promise<(DestinationStatus & { name: string })[]> {
  const all = Object.entries(target.destinations).map(([name, settings]) => ({ name, ...settings }));
  return Promise.all(all.map(async (one) => ({ name: one.name, ...(await statusOf(target, one)) })));
}

/** Reads how each destination is, with its settings. */
export function readDestinationViews(target: DestinationsTarget): Promise<DestinationView[]> {
  return Promise.all(Object.keys(target.destinations).map((name) => viewOf(target, requireDestination(target, name))));
}

/** Reads a destination and its undelivered events, newest first. @throws UsageError if there is no such destination */
export async function readDestination(target: DestinationsTarget, name: string, cursor: string | undefined): Promise<DestinationPage> {
  const destination = requireDestination(target, name);
  const table = deliveriesOf(target, destination);
  const after = cursor === undefined ? undefined : readCursor(cursor, "destinations show");
  const [view, { deliveries, next }] = await Promise.all([
    viewOf(target, destination),
    table ? listUndelivered(table, name, pageSize, after) : { deliveries: [], next: undefined },
  ]);
  return { destination: view, undelivered: deliveries, cursor: next ? cursorOf(next) : null };
}

async function viewOf(target: DestinationsTarget, { name, ...settings }: NamedDestination): Promise<DestinationView> {
  const shown = Object.fromEntries(Object.entries(settings).filter(([key]) => key !== "secretArn"));
  return { name, settings: shown, ...(await statusOf(target, { name, ...settings })) };
}

/** Stops the deliveries to a destination in the name of an operator. */
export function pause(target: DestinationsTarget, name: string, reason: string | undefined): Promise<Steered> {
  return steer(target, name, (table) => writePause(table, name, reason));
}

/** Starts the deliveries to a destination again, slowly at first. */
export function resume(target: DestinationsTarget, name: string): Promise<Steered> {
  return steer(target, name, (table) => writeResume(table, name));
}

/** Changes the state of a destination, and makes the function follow it at once. If it does not, its next run does within a minute. */
async function steer(target: DestinationsTarget, name: string, write: (table: DeliveringTarget) => Promise<boolean>): Promise<Steered> {
  const destination = requireDestination(target, name);
  const table = requireDeliveries(target, destination);
  const changed = await write(table);
  if (changed) await command(table, { command: "follow", destination: name }).catch(() => undefined);
  return { changed, destination: await viewOf(target, destination) };
}

/** Posts a test event to a destination, also to a paused one. */
export async function test(target: DestinationsTarget, name: string): Promise<TestResult> {
  const table = requireDeliveries(target, requireDestination(target, name));
  return command<TestResult>(table, { command: "test", destination: name });
}
