import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, type Message } from "@aws-sdk/client-sqs";
import { Attribute, Status } from "../../domain/event";
import type { DeadLetter } from "../../domain/processing";
import type { Target } from "../lib/target";

/** Seconds for which a dead letter that stays is not shown again; in a long queue it comes back before the end of the search. */
export const hiddenSeconds = 60;

/** So often in a row nothing but known ones is received until the search ends: a queue shows them in no order. */
const patience = 3;

/** A queue with dead letters. */
export type DeadLetterQueue = Pick<Target, "sqs" | "deadLetterQueueUrl">;

/** Receives what happens while dead letters are removed. */
export interface Watch {
  /** Receives how many were seen. */
  onProgress?: (seen: number) => void;
  onRemove?: (deadLetter: Message) => void;
  /** Receives one that stays, also because of an error. It is hidden for `hiddenSeconds` from now. */
  onStay?: (deadLetter: Message) => void;
}

/**
 * Removes the dead letters that say nothing any more: of events that are PROCESSED, or were requeued or redriven after it was sent.
 * One that was sent since stays: its event is about to be FAILED again.
 * @returns how many were removed
 */
export function removeSettledDeadLetters(target: Target, signal: AbortSignal, onProgress?: (seen: number) => void): Promise<number> {
  return removeDeadLetters(target, (deadLetter) => isSettled(target, deadLetter), signal, { onProgress });
}

/**
 * Removes the dead letters of a queue that a test chooses. It sees each once.
 * @returns how many were removed
 * @throws the first error, when nothing is under way any more
 */
export async function removeDeadLetters(
  queue: DeadLetterQueue,
  isOver: (deadLetter: Message) => Promise<boolean>,
  signal: AbortSignal,
  { onProgress, onRemove, onStay }: Watch = {},
): Promise<number> {
  let removed = 0;
  const seen = new Set<string>();
  for (let known = 0; known < patience && !signal.aborted;) {
    const deadLetters = await receiveDeadLetters(queue);
    if (deadLetters.length === 0) break;
    const unseen = deadLetters.filter(({ MessageId }) => !seen.has(MessageId!));
    for (const { MessageId } of unseen) seen.add(MessageId!);
    known = unseen.length === 0 ? known + 1 : 0;
    const gone = new Set<Message>();
    const outcomes = await Promise.allSettled(
      unseen.map(async (deadLetter) => {
        if (!(await isOver(deadLetter))) return;
        await remove(queue, deadLetter);
        gone.add(deadLetter);
      }),
    );
    removed += gone.size;
    for (const deadLetter of deadLetters) (gone.has(deadLetter) ? onRemove : onStay)?.(deadLetter);
    const failure = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
    if (failure) throw failure.reason;
    onProgress?.(seen.size);
  }
  return removed;
}

async function receiveDeadLetters({ sqs, deadLetterQueueUrl }: DeadLetterQueue): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: deadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ["SentTimestamp"],
    }),
  );
  return Messages;
}

async function remove({ sqs, deadLetterQueueUrl }: DeadLetterQueue, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle }));
}

async function isSettled({ dynamodb, tableName }: Target, { Body, Attributes }: Message): Promise<boolean> {
  const id = transactionIdIn(Body);
  if (id === undefined) return false;
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { [Attribute.transactionId]: { S: id } },
      ConsistentRead: true,
      ProjectionExpression: "#status, #requeuedAt",
      ExpressionAttributeNames: { "#status": Attribute.status, "#requeuedAt": Attribute.requeuedAt },
    }),
  );
  if (Item?.[Attribute.status]?.S === Status.processed) return true;
  const requeued = Date.parse(Item?.[Attribute.requeuedAt]?.S ?? "");
  return requeued > Number(Attributes?.SentTimestamp);
}

/** `undefined` for what is no dead letter of an event: the pipe and Lambda have others. */
function transactionIdIn(body: string | undefined): string | undefined {
  try {
    const { transactionId } = JSON.parse(body ?? "") as Partial<DeadLetter>;
    return typeof transactionId === "string" ? transactionId : undefined;
  } catch {
    return undefined;
  }
}

/** Counts the dead letters, about. */
export async function countDeadLetters({ sqs, deadLetterQueueUrl }: DeadLetterQueue): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}
