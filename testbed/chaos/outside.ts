import { paginateQuery } from "@aws-sdk/client-dynamodb";
import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
} from "@aws-sdk/client-sqs";
import { Attribute, eventSource, indexes, type ProcessedEvent } from "../../domain/event";
import type { DeadLetter } from "../../domain/processing";
import { allShards } from "../../domain/shards";
import type { Clients } from "../../local/clients";
import type { PipelineOutputs } from "../../local/pipeline";
import { scanTable } from "../../local/scan";
import type { DeadLetterSeen, Indexed, IndexName, Stored } from "./accounting";
import { payloadInItem } from "../../domain/payload";

const read = [Attribute.transactionId, Attribute.status, Attribute.payload, Attribute.payloadEncoding, Attribute.error, Attribute.requeues];

/** Reads every item of the table. */
export async function storedEvents({ dynamodb }: Clients, { tableName }: PipelineOutputs): Promise<Stored[]> {
  const items = await scanTable(dynamodb, tableName, read);
  return items.map((item) => ({
    transactionId: item[Attribute.transactionId].S!,
    status: item[Attribute.status].S!,
    payload: Buffer.from(payloadInItem(item)!).toString("utf8"),
    error: item[Attribute.error]?.S,
    requeues: Number(item[Attribute.requeues]?.N ?? 0),
  }));
}

/** Reads the transaction IDs in each index of the table, shard by shard. */
export async function indexedEvents(clients: Clients, outputs: PipelineOutputs): Promise<Indexed> {
  const read = async (name: IndexName) => [name, await idsIn(name, clients, outputs)] as const;
  return Object.fromEntries(await Promise.all((Object.keys(indexes) as IndexName[]).map(read))) as unknown as Indexed;
}

/** Reads the transaction IDs in one index. */
export async function idsIn(
  name: IndexName,
  { dynamodb: client }: Clients,
  { tableName, indexShards }: PipelineOutputs,
): Promise<string[]> {
  const ids: string[] = [];
  for (const shard of allShards(Number(indexShards))) {
    const query = {
      TableName: tableName,
      IndexName: indexes[name].name,
      KeyConditionExpression: "#shard = :shard",
      ExpressionAttributeNames: { "#shard": indexes[name].hashKey },
      ExpressionAttributeValues: { ":shard": { N: String(shard) } },
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) ids.push(...Items.map((item) => item[Attribute.transactionId].S!));
  }
  return ids;
}

/** Subscribes a queue to the bus's events, as a team's own service would. @param pattern matches every event by default @returns the queue's URL */
export async function subscribe(
  { sqs, eventBridge }: Pick<Clients, "sqs" | "eventBridge">,
  EventBusName: string,
  name: string,
  pattern: object = { source: [eventSource] },
): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await eventBridge.send(new PutRuleCommand({ Name: name, EventBusName, EventPattern: JSON.stringify(pattern) }));
  const Targets = [{ Id: "queue", Arn: Attributes!.QueueArn }];
  await eventBridge.send(new PutTargetsCommand({ Rule: name, EventBusName, Targets }));
  return QueueUrl!;
}

/** Invokes the reconciler, as EventBridge Scheduler does every minute. */
export async function invokeReconciler({ lambda }: Clients, { reconcileFunctionName }: PipelineOutputs): Promise<void> {
  await lambda.send(new InvokeCommand({ FunctionName: reconcileFunctionName, Payload: Buffer.from("{}") }));
}

/** Receives a subscriber's events and deletes them from its queue. Yields transaction IDs one by one, because earlier ones are already deleted
 * if a later call fails. */
export async function* takePublished(clients: Clients, queueUrl: string): AsyncGenerator<string> {
  for await (const { Body } of takeAll(clients, queueUrl)) yield (JSON.parse(Body!) as { detail: ProcessedEvent }).detail.transactionId;
}

/** Receives and deletes the dead letters of events. It discards other dead letters. */
export async function takeDeadLetters(clients: Clients, { deadLetterQueueUrl }: PipelineOutputs): Promise<DeadLetterSeen[]> {
  const deadLetters: DeadLetterSeen[] = [];
  for await (const { Body } of takeAll(clients, deadLetterQueueUrl)) {
    const { transactionId, error } = JSON.parse(Body!) as Partial<DeadLetter>;
    if (transactionId !== undefined) deadLetters.push({ transactionId, error: error ?? "" });
  }
  return deadLetters;
}

/** Deletes messages after it yields them. If a deletion is not answered, the message comes again. */
async function* takeAll({ sqs }: Clients, QueueUrl: string): AsyncGenerator<Message> {
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return;
    yield* Messages;
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
