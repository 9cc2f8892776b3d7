import type { DestinationsTarget } from "../lib/target";
import { isOver, readDeadLetter, sweep, type DestinationDeadLetter, type Swept } from "./deadLetters";
import { readDelivery } from "./deliveries";
import type { Operation } from "./messages";
import { deliveriesOf, type NamedDestination } from "./target";

/** What has dead letters. */
export interface Settling {
  target: DestinationsTarget;
  destination: NamedDestination;
}

/** A redelivery under way. */
export interface Redelivery extends Settling {
  operation: Operation;
  signal: AbortSignal;
}

/** Removes the dead letters of the events that were sent, and those that say nothing any more. @param sent transaction IDs */
export function settleDeadLetters({ operation, signal, ...settling }: Redelivery, sent: ReadonlySet<string>): Promise<Swept> {
  return sweepLetters(settling, signal, async (letter) => {
    if (sent.has(letter.transactionId)) return letter.generation !== operation.generation;
    return isSettled(settling, letter);
  });
}

/**
 * Finds the events of dead letters that still say something: a delivery failed, EventBridge gave up, or a consumer failed each time.
 * @param known transaction IDs that are found already
 * @returns these and the others
 */
export async function withDeadLetters(settling: Settling, known: Iterable<string>): Promise<Set<string>> {
  const found = new Set(known);
  const { stopped } = await sweepLetters(settling, new AbortController().signal, async (letter) => {
    if (!found.has(letter.transactionId) && !(await isSettled(settling, letter))) found.add(letter.transactionId);
    return false;
  });
  if (stopped) throw stopped.error;
  return found;
}

/** Sweeps the dead letters. One that names no event stays. */
function sweepLetters(
  { target, destination }: Settling,
  signal: AbortSignal,
  isRemoved: (letter: DestinationDeadLetter) => Promise<boolean>,
) {
  const queue = { sqs: target.sqs, deadLetterQueueUrl: destination.deadLetterQueueUrl };
  return sweep(
    queue,
    async (message) => {
      const letter = readDeadLetter(message);
      return letter !== undefined && (await isRemoved(letter));
    },
    signal,
  );
}

/** Reads whether a dead letter says nothing any more. Nobody knows that of a queue's. */
async function isSettled({ target, destination }: Settling, letter: DestinationDeadLetter): Promise<boolean> {
  const table = deliveriesOf(target, destination);
  const delivery = table && (await readDelivery(table, destination.name, letter.transactionId));
  return delivery !== undefined && isOver(letter, delivery);
}
