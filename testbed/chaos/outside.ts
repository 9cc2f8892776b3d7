import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message } from "@aws-sdk/client-sqs";
import { Attribute, type ProcessedEvent } from "../../domain/event";
import type { DeadLetter } from "../../domain/processing";
import type { Clients } from "../../local/clients";
import type { PipelineOutputs } from "../../local/pipeline";
import { scanTable } from "../../local/scan";
import { payloadOf } from "../../domain/payload";
import type { Letter, Stored } from "./accounting";

const read = [Attribute.transactionId, Attribute.status, Attribute.payload, Attribute.payloadEncoding, Attribute.error, Attribute.requeues];

/** Every item of the table. */
export async function storedEvents({ dynamodb }: Clients, { tableName }: PipelineOutputs): Promise<Stored[]> {
  const items = await scanTable(dynamodb, tableName, read);
  return items.map((item) => ({
    transactionId: item[Attribute.transactionId].S!,
    status: item[Attribute.status].S!,
    payload: Buffer.from(payloadOf(item)!).toString("utf8"),
    error: item[Attribute.error]?.S,
    requeues: Number(item[Attribute.requeues]?.N ?? 0),
  }));
}

/** Takes what a subscriber has got by now out of its queue. */
export async function takePublished(clients: Clients, queueUrl: string, published: Set<string>): Promise<void> {
  await takeAll(clients, queueUrl, ({ Body }) => {
    published.add((JSON.parse(Body!) as { detail: ProcessedEvent }).detail.transactionId);
  });
}

/** Takes the letters of events out of the dead-letter queue; the others there are not of events. */
export async function takeDeadLetters(clients: Clients, { deadLetterQueueUrl }: PipelineOutputs): Promise<Letter[]> {
  const letters: Letter[] = [];
  await takeAll(clients, deadLetterQueueUrl, ({ Body }) => {
    const { transactionId, error } = JSON.parse(Body!) as Partial<DeadLetter>;
    if (transactionId !== undefined) letters.push({ transactionId, error: error ?? "" });
  });
  return letters;
}

/** A message is deleted once it is noted: one whose deletion was not answered comes again. */
async function takeAll({ sqs }: Clients, QueueUrl: string, note: (message: Message) => void): Promise<void> {
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return;
    Messages.forEach(note);
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
