import { countInQueue, type MessageCounts } from "../../local/messageCounts";
import { countDeadLetters } from "../events/dlq";
import type { DestinationsTarget } from "../lib/target";
import type { NamedDestination } from "./target";

/** Numbers of messages, about, as SQS counts them. */
export interface QueueCounts extends MessageCounts {
  deadLetters: number;
}

/** Counts the messages of a destination. */
export async function countMessages({ sqs }: DestinationsTarget, destination: NamedDestination): Promise<QueueCounts> {
  const { queueUrl, deadLetterQueueUrl } = destination;
  const [counts, deadLetters] = await Promise.all([countInQueue({ sqs }, queueUrl), countDeadLetters({ sqs, deadLetterQueueUrl })]);
  return { ...counts, deadLetters };
}
