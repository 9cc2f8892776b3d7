import type { Message } from "@aws-sdk/client-sqs";
import { sendAll } from "../events/publish";
import type { DestinationsTarget } from "../lib/target";
import { isOver, readDeadLetter, sweep, type DeadLetter, type Swept } from "./deadLetters";
import { readDelivery } from "./deliveries";
import { sendSome, type Operation } from "./messages";
import { deliveriesOf, type NamedDestination } from "./target";

/** A redelivery under way. */
export interface Redelivery {
  target: DestinationsTarget;
  destination: NamedDestination;
  operation: Operation;
  signal: AbortSignal;
  /** True if everything that failed is sent again. */
  isAll: boolean;
}

/** What a redelivery has done before it looks at the dead letters. */
interface Before {
  /** Events that were sent. Those that are sent now are added. */
  sent: Set<string>;
  /** Events that were not sent: why, by transaction ID. */
  failed: Map<string, string>;
}

/** What came of the dead letters. */
export interface Settled extends Swept {
  /** Number of events that were sent because of them. */
  sent: number;
}

/**
 * Removes the dead letters of the events that were sent, and those that say nothing any more. If everything is sent again, it also sends
 * the events of dead letters that no delivery tells of: EventBridge gave up, or the function crashed each time.
 */
export async function settleDeadLetters(redelivery: Redelivery, before: Before): Promise<Settled> {
  const { target, destination, signal } = redelivery;
  const queue = { sqs: target.sqs, deadLetterQueueUrl: destination.deadLetterQueueUrl };
  const alreadySent = before.sent.size;
  const isSettled = async (message: Message) => {
    const letter = readDeadLetter(message);
    return letter !== undefined && (await settle(redelivery, before, letter));
  };
  const swept = await sweep(queue, isSettled, signal);
  return { ...swept, sent: before.sent.size - alreadySent };
}

/** Decides on one dead letter. @returns whether it is removed */
async function settle({ target, destination, operation, signal, isAll }: Redelivery, before: Before, letter: DeadLetter): Promise<boolean> {
  const { transactionId, generation } = letter;
  if (before.sent.has(transactionId)) return generation !== operation.generation;
  const table = deliveriesOf(target, destination);
  const delivery = table && (await readDelivery(table, destination.name, transactionId));
  if (delivery && isOver(letter, delivery)) return true;
  if (!isAll || before.failed.has(transactionId)) return false;
  const pace = { rate: 1, signal, onProgress: () => undefined };
  const { sent, failed, stopped } = await sendAll(target, [{ transactionId }], pace, (some) =>
    sendSome(target, destination, operation, some),
  );
  for (const [id, reason] of failed) before.failed.set(id, reason);
  if (stopped?.error !== undefined) throw stopped.error;
  if (sent > 0) before.sent.add(transactionId);
  return sent > 0;
}
