import { setTimeout as sleep } from "node:timers/promises";
import { GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../../contract";
import { createClients, type Clients } from "../../local/clients";
import { startMiniStack, type RunningAws } from "../../local/ministack";
import { deployPipeline, type LocalPipeline } from "../../local/pipeline";

/** The pipeline on a local AWS of its own, for one suite. */
export interface PipelineUnderTest extends LocalPipeline {
  clients: Clients;
  stop(): Promise<void>;
}

export async function startPipeline(): Promise<PipelineUnderTest> {
  const running: RunningAws = await startMiniStack({ region: "us-east-1" });
  process.once("exit", running.stop);
  const pipeline = await deployPipeline(running.aws, "test");
  return { ...pipeline, clients: createClients(pipeline), stop: running.stop };
}

export async function readItem(
  { clients, outputs }: PipelineUnderTest,
  transactionId: string,
): Promise<Record<string, AttributeValue> | undefined> {
  const key = { [Attribute.transactionId]: { S: transactionId } };
  const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName: outputs.tableName, Key: key, ConsistentRead: true }));
  return Item;
}

/** Waits until something is there. @throws Error that says what was awaited. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, timeoutMs = 30_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
}

/** The item as soon as it has this status. */
export function itemWithStatus(
  pipeline: PipelineUnderTest,
  transactionId: string,
  status: Status,
): Promise<Record<string, AttributeValue>> {
  return eventually(`${transactionId} to be ${status}`, async () => {
    const item = await readItem(pipeline, transactionId);
    return item?.[Attribute.status].S === status ? item : undefined;
  });
}
