import { ChangeMessageVisibilityCommand, type Message } from "@aws-sdk/client-sqs";
import { countDeadLetters, hiddenSeconds, removeDeadLetters, type DeadLetterQueue } from "../events/dlq";
import { someAtOnce } from "../events/items";
import { sendAll } from "../events/publish";
import { progressBar } from "../lib/progress";
import type { DestinationsTarget } from "../lib/target";
import { isOver, readDeadLetter, type DeadLetter } from "./deadLetters";
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

/**
 * Removes the dead letters of the events that were sent, and those that say nothing any more. If everything is sent again, it also sends
 * the events of dead letters that no delivery tells of: EventBridge gave up, or the function crashed each time.
 * @returns how many dead letters were removed, and events sent
 */
export async function settleDeadLetters(redelivery: Redelivery, before: Before): Promise<{ removed: number; sent: number }> {
  const { target, destination, signal } = redelivery;
  const queue = { sqs: target.sqs, deadLetterQueueUrl: destination.deadLetterQueueUrl };
  const alreadySent = before.sent.size;
  const hidden = new Map<string, { letter: Message; until: number }>();
  const bar = progressBar(await countDeadLetters(queue));
  const isSettled = async (message: Message) => {
    const letter = readDeadLetter(message);
    return letter !== undefined && (await settle(redelivery, before, letter));
  };
  const onStay = (letter: Message) => void hidden.set(letter.MessageId!, { letter, until: Date.now() + hiddenSeconds * 1_000 });
  const removed = await removeDeadLetters(queue, isSettled, signal, bar.show, onStay);
  bar.end();
  await showAgain(
    queue,
    [...hidden.values()].filter(({ until }) => until > Date.now()).map(({ letter }) => letter),
  );
  return { removed, sent: before.sent.size - alreadySent };
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

/** Shows dead letters that stay at once, instead of after a minute: another command may look for them. */
async function showAgain({ sqs, deadLetterQueueUrl }: DeadLetterQueue, letters: readonly Message[]): Promise<void> {
  await someAtOnce(letters, ({ ReceiptHandle }) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle, VisibilityTimeout: 0 })),
  );
}
