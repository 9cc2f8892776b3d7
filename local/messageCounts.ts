import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Clients } from "./clients";

/** Numbers of messages in a queue, about, as SQS counts them. */
export interface MessageCounts {
  waiting: number;
  /** Messages that are received and not deleted, or that wait for their next attempt. */
  inFlight: number;
}

/** Counts the messages of a queue. */
export async function countInQueue({ sqs }: Pick<Clients, "sqs">, QueueUrl: string): Promise<MessageCounts> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  const [waiting, inFlight] = names.map((name) => Number(Attributes[name] ?? 0));
  return { waiting, inFlight };
}
