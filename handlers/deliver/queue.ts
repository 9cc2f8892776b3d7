import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
} from "@aws-sdk/client-sqs";
import type { DeliveryDeadLetter } from "../../domain/destinations";
import { namePlaceholder } from "../../domain/names";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";
import { sqs } from "../aws/sqs";

const urlOf = (variable: string, destination: string): string => requiredVariable(variable).replace(namePlaceholder, destination);

/** Returns the URL of a destination's queue. */
export const queueUrl = (destination: string): string => urlOf(Variable.destinationQueueUrls, destination);

/** Returns the name of a destination's queue: the end of its URL and of its ARN. */
export const queueName = (destination: string): string => queueUrl(destination).split("/").at(-1)!;

/** Hides a message for so many seconds from now. */
export async function hide(destination: string, ReceiptHandle: string, seconds: number): Promise<void> {
  const VisibilityTimeout = Math.ceil(seconds);
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl(destination), ReceiptHandle, VisibilityTimeout }),
    abortAtDeadline(),
  );
}

/** Seconds for which a probe's message is hidden: longer than the function runs. */
const probeSeconds = 90;

/** Receives a message; `undefined` if none is visible. It asks all of the queue's servers. */
export async function receiveOne(destination: string): Promise<Message | undefined> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl(destination),
    MaxNumberOfMessages: 1,
    VisibilityTimeout: probeSeconds,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ["SentTimestamp"],
  });
  return (await sqs.send(command, abortAtDeadline())).Messages?.[0];
}

export async function deleteMessage(destination: string, ReceiptHandle: string): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(destination), ReceiptHandle }), abortAtDeadline());
}

/** Returns about how many messages of a destination wait and are not hidden. */
export async function visibleMessages(destination: string): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl(destination), AttributeNames: ["ApproximateNumberOfMessages"] });
  return Number((await sqs.send(command, abortAtDeadline())).Attributes?.ApproximateNumberOfMessages);
}

/** Sends a dead letter to the destination's own queue. SQS's redrive would keep the message's age, so that it expires sooner. */
export async function sendDeliveryDeadLetter(deadLetter: DeliveryDeadLetter): Promise<void> {
  const QueueUrl = urlOf(Variable.destinationDeadLetterUrls, deadLetter.destination);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(deadLetter) }), abortAtDeadline());
}
