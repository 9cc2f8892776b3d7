import { InvokeCommand } from "@aws-sdk/client-lambda";
import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { DeliveryAttribute, DeliveryStatus, type DeliverCommand } from "../../domain/destinations";
import type { Clients } from "../../local/clients";
import type { PipelineOutputs } from "../../local/pipeline";
import { scanTable } from "../../local/scan";
import type { Deliveries, Stored } from "./accounting";
import type { ChaosSettings } from "./settings";

/** Shortens the time for which the queue hides what a killed worker had, as the lease is shortened. */
export async function compressVisibility(
  { sqs }: Clients,
  { destinations = {} }: PipelineOutputs,
  { lease }: ChaosSettings,
): Promise<void> {
  for (const { queueUrl: QueueUrl } of Object.values(destinations))
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(lease) } }));
}

/** Runs the command that EventBridge Scheduler sends every minute. */
export async function tend({ lambda }: Clients, { deliverFunctionName }: PipelineOutputs): Promise<void> {
  const command: DeliverCommand = { command: "tend" };
  await lambda.send(new InvokeCommand({ FunctionName: String(deliverFunctionName), Payload: Buffer.from(JSON.stringify(command)) }));
}

/** Reads the status of each delivery. */
export async function deliveryRows({ dynamodb }: Clients, { deliveriesTableName }: PipelineOutputs): Promise<Map<string, string>> {
  const items = await scanTable(dynamodb, String(deliveriesTableName), [DeliveryAttribute.transactionId, DeliveryAttribute.status]);
  const rows = items.filter((item) => item[DeliveryAttribute.transactionId]);
  return new Map(rows.map((item) => [item[DeliveryAttribute.transactionId].S!, item[DeliveryAttribute.status].S!]));
}

/** Tells if a PROCESSED event has reached the service, and no row says that it is still under way. */
export function isDelivered(
  { transactionId }: Pick<Stored, "transactionId">,
  { accepted, rows }: Pick<Deliveries, "accepted" | "rows">,
): boolean {
  return accepted.has(transactionId) && rows.get(transactionId) !== DeliveryStatus.open;
}
