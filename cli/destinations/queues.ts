import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { countDeadLetters } from "../events/dlq";
import type { DestinationsTarget } from "../lib/target";
import type { NamedDestination } from "./target";

/** Numbers of messages, about, as SQS counts them. */
export interface QueueCounts {
  waiting: number;
  /** Messages that are being sent, or wait for their next attempt. */
  inFlight: number;
  deadLetters: number;
}

/** Counts the messages of a destination. */
export async function countMessages({ sqs }: DestinationsTarget, destination: NamedDestination): Promise<QueueCounts> {
  const { queueUrl, deadLetterQueueUrl } = destination;
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const [{ Attributes = {} }, deadLetters] = await Promise.all([
    sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] })),
    countDeadLetters({ sqs, deadLetterQueueUrl }),
  ]);
  const [waiting, inFlight] = names.map((name) => Number(Attributes[name] ?? 0));
  return { waiting, inFlight, deadLetters };
}
