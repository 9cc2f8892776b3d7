import { randomBytes, randomUUID } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { DeliveryMessage, Trigger } from "../../domain/destinations";
import { eventSource, type ProcessedEvent } from "../../domain/event";
import type { Chosen } from "../events/chosen";
import type { ItemTable } from "../events/items";
import type { Pace } from "../events/pace";
import { sendAll, type Sent } from "../events/publish";
import { UsageError } from "../lib/errors";
import type { DestinationsTarget } from "../lib/target";
import type { NamedDestination } from "./target";

/** Operation that sends events again: why, and its name, within which an event is delivered once. */
export interface Operation {
  trigger: Extract<Trigger, "redelivery" | "backfill">;
  generation: string;
}

/** Names a new operation, or continues one. @throws UsageError if the name is not one of such an operation */
export function operationOf(trigger: Operation["trigger"], given: string | undefined, now = new Date()): Operation {
  if (given === undefined) return { trigger, generation: `${trigger}-${now.toISOString()}-${randomBytes(4).toString("hex")}` };
  if (new RegExp(`^${trigger}-[\\w.:-]{1,64}$`).test(given)) return { trigger, generation: given };
  throw new UsageError(`--continue is "${given}". Allowed: the name that an interrupted ${trigger} has printed.`);
}

/** Message of an operation, in the form in which EventBridge sends events. */
type Message = DeliveryMessage & { detail: ProcessedEvent };

/** Builds the message of an event, as the destination's rule would send it. */
export function deliveryMessageOf(
  event: ProcessedEvent,
  { trigger, generation }: Operation,
  queueUrl: string,
  region: string,
  now = new Date(),
) {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": event.kind,
    source: eventSource,
    account: new URL(queueUrl).pathname.split("/")[1],
    time: `${now.toISOString().slice(0, 19)}Z`,
    region,
    resources: [],
    detail: event,
    trigger,
    generation,
  } satisfies Message & Record<string, unknown>;
}

/** Sends events to a destination again. @returns the result, and the IDs of those that were sent */
export async function sendAgain(
  target: Pick<DestinationsTarget, "sqs"> & ItemTable,
  destination: Pick<NamedDestination, "queueUrl">,
  operation: Operation,
  events: Iterable<Chosen> | AsyncIterable<Chosen>,
  pace: Pace,
): Promise<{ result: Sent; sent: Set<string> }> {
  const sent = new Set<string>();
  const result = await sendAll(target, events, pace, async (some) => {
    await sendSome(target, destination, operation, some);
    for (const { transactionId } of some) sent.add(transactionId);
  });
  return { result, sent };
}

/**
 * Sends some events to the queue of a destination, at once. The local AWS has no permission for batches.
 * @throws the error of SQS, when some may have been sent
 */
export async function sendSome(
  { sqs }: Pick<DestinationsTarget, "sqs">,
  { queueUrl }: Pick<NamedDestination, "queueUrl">,
  operation: Operation,
  events: readonly ProcessedEvent[],
): Promise<void> {
  const region = await sqs.config.region();
  const bodies = events.map((event) => JSON.stringify(deliveryMessageOf(event, operation, queueUrl, region)));
  await Promise.all(bodies.map((MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }))));
}
