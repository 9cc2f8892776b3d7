import type { DestinationOutput } from "../../domain/destinations";
import { UserError } from "../../domain/userError";
import { withSentences } from "../events/target";
import { UsageError } from "../lib/errors";
import { findDestinations, type DestinationsTarget } from "../lib/target";

/** Destination that a command works on. */
export interface NamedDestination extends DestinationOutput {
  name: string;
}

/** Pipeline with what is there once it posts to a destination. */
export interface DeliveringTarget extends DestinationsTarget {
  deliveriesTableName: string;
  deliverFunctionName: string;
}

/** Runs a command of `destinations` on its target. An error of AWS or of the network becomes one sentence. */
export async function onDestinations(
  command: string,
  stack: string | undefined,
  run: (target: DestinationsTarget) => Promise<number>,
): Promise<number> {
  const target = await findDestinations(stack);
  return withSentences(`destinations ${command}`, stack, () => run(target));
}

/** Runs a command on one destination. @throws UsageError that lists the destinations if there is none of that name */
export async function onDestination(
  command: string,
  name: string,
  stack: string | undefined,
  run: (target: DestinationsTarget, destination: NamedDestination) => Promise<number>,
): Promise<number> {
  return onDestinations(command, stack, (target) => run(target, requireDestination(target, name)));
}

/**
 * Runs a command on one destination to which the pipeline posts.
 * @throws UsageError if there is none of that name @throws UserError if it is a queue, from which consumers poll
 */
export async function onDelivery(
  command: string,
  name: string,
  stack: string | undefined,
  run: (target: DeliveringTarget, destination: NamedDestination) => Promise<number>,
): Promise<number> {
  return onDestination(command, name, stack, (target, destination) => run(requireDeliveries(target, destination), destination));
}

export function requireDestination({ destinations }: Pick<DestinationsTarget, "destinations">, name: string): NamedDestination {
  const names = Object.keys(destinations);
  if (names.length === 0) throw new UsageError(`Unknown destination "${name}". None is configured: see docs/destinations.md.`);
  if (!Object.hasOwn(destinations, name)) throw new UsageError(`Unknown destination "${name}". Destinations: ${names.join(", ")}.`);
  return { name, ...destinations[name] };
}

/** Returns the target with what is there of deliveries; `undefined` of a queue, from which consumers poll. */
export function deliveriesOf(target: DestinationsTarget, { type }: NamedDestination): DeliveringTarget | undefined {
  const { deliveriesTableName, deliverFunctionName } = target;
  if (type === "queue" || deliveriesTableName === undefined || deliverFunctionName === undefined) return undefined;
  return { ...target, deliveriesTableName, deliverFunctionName };
}

/** @throws UserError if the destination is a queue */
export function requireDeliveries(target: DestinationsTarget, destination: NamedDestination): DeliveringTarget {
  const deliveries = deliveriesOf(target, destination);
  if (deliveries) return deliveries;
  throw new UserError(
    `${destination.name} is a queue that its consumers poll. The pipeline makes no deliveries to it, so there are none to see or steer.`,
  );
}
