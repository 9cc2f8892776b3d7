import { ChangeMessageVisibilityCommand, type Message } from "@aws-sdk/client-sqs";
import { DeliveryStatus, generationOf, type DeliveryDeadLetter, type DeliveryMessage } from "../../domain/destinations";
import { countDeadLetters, hiddenSeconds, removeDeadLetters, type DeadLetterQueue } from "../events/dlq";
import { someAtOnce } from "../events/items";
import type { Sent } from "../events/publish";
import { progressBar } from "../lib/progress";
import type { Delivery } from "./deliveries";

/** What a dead letter of a destination says. */
export interface DestinationDeadLetter {
  transactionId: string;
  /** Absent if the letter does not say. */
  generation?: string;
}

/**
 * Reads a dead letter: of the function, of EventBridge, or a message that SQS has moved after crashes.
 * @returns `undefined` if it names no event
 */
export function readDeadLetter({ Body }: Message): DestinationDeadLetter | undefined {
  try {
    const letter = JSON.parse(Body ?? "") as Partial<DeliveryDeadLetter & DeliveryMessage>;
    if (typeof letter.transactionId === "string") return { transactionId: letter.transactionId, generation: letter.generation };
    const transactionId = letter.detail?.transactionId;
    if (typeof transactionId !== "string") return undefined;
    return { transactionId, generation: generationOf(letter as DeliveryMessage) };
  } catch {
    return undefined;
  }
}

/** Tells whether a dead letter says nothing any more: its event was delivered since, or belongs to a later operation. */
export function isOver({ generation }: DestinationDeadLetter, delivery: Pick<Delivery, "status" | "generation">): boolean {
  return delivery.status === DeliveryStatus.delivered || (generation !== undefined && (delivery.generation ?? "") !== generation);
}

/** How far a search through dead letters came. */
export interface Swept {
  removed: number;
  /** Why it has not seen all: an error, or the signal. */
  stopped?: Pick<NonNullable<Sent["stopped"]>, "error">;
}

/** Removes the dead letters that a test chooses, and shows the others again at once: another command may look for them. Never rejects. */
export async function sweep(queue: DeadLetterQueue, isChosen: (letter: Message) => Promise<boolean>, signal: AbortSignal): Promise<Swept> {
  const hidden = new Map<string, { letter: Message; until: number }>();
  const onStay = (letter: Message) => void hidden.set(letter.MessageId!, { letter, until: Date.now() + hiddenSeconds * 1_000 });
  let removed = 0;
  const onRemove = () => void removed++;
  try {
    const bar = progressBar(await countDeadLetters(queue));
    await removeDeadLetters(queue, isChosen, signal, { onProgress: bar.show, onRemove, onStay }).finally(bar.end);
    return signal.aborted ? { removed, stopped: {} } : { removed };
  } catch (error) {
    return { removed, stopped: { error } };
  } finally {
    await showAgain(
      queue,
      [...hidden.values()].filter(({ until }) => until > Date.now()).map(({ letter }) => letter),
    );
  }
}

/** Shows dead letters instead of after a minute. That is a courtesy: one that somebody else has received meanwhile is not shown. */
async function showAgain({ sqs, deadLetterQueueUrl }: DeadLetterQueue, letters: readonly Message[]): Promise<void> {
  await someAtOnce(letters, ({ ReceiptHandle }) =>
    sqs
      .send(new ChangeMessageVisibilityCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
      .catch(() => undefined),
  );
}
