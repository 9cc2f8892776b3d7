import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import examples from "@octokit/webhooks-examples";
import { DeliveryAttribute } from "../../domain/destinations";
import { Attribute, eventSource } from "../../domain/event";
import { createClients, type Clients } from "../../local/clients";
import { createDestinationSecret } from "../../local/destinations";
import type { EveryProviderPipeline } from "../../local/pipeline";
import { scanTable } from "../../local/scan";
import { withForwarding } from "../../local/settings";
import { freshSample } from "../../local/samples";
import { localSources } from "../../local/sources";
import { logGroupName } from "../../domain/names";
import { brotli } from "../../domain/payload";
import { inItem } from "../../handlers/payload/payload";
import { withPipeline } from "../../testbed/localPipeline";
import { finishedEvents, sendEvents } from "../bench/pipeline";
import type { Workload } from "./workload";

type Item = Record<string, AttributeValue>;

const events = 40;
/** Bytes that CloudWatch Logs adds to each line. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const bytesBesideLine = 26;

/** Sends events through a local run and measures the bytes that they leave. */
export async function measureWorkload(): Promise<Workload> {
  const service = createServer((request, response) => void request.resume().on("end", () => response.writeHead(204).end()));
  service.listen(0, "127.0.0.1").unref();
  await new Promise((resolve) => service.once("listening", resolve));
  const localUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
  const measure = async (pipeline: EveryProviderPipeline) => {
    const clients = createClients(pipeline);
    await finishedEvents(pipeline, await sendEvents(pipeline, events, 1));
    const [item] = await scanTable(clients.dynamodb, pipeline.outputs.tableName, Object.values(Attribute));
    await sleep(1_000);
    const logOf = async (name: string) => Math.round((await logBytes(clients, logGroupName.lambda(name))) / events);
    return {
      itemBytes: itemBytes(item),
      compressedPart: compressedParts(),
      functionLogBytes: {
        receive: await logOf(pipeline.outputs.receiveFunctionName),
        process: await logOf(pipeline.outputs.processFunctionName),
      },
      publishedBytes: publishedBytes(item),
      delivery: await measureDeliveries(clients, pipeline),
    };
  };
  return withPipeline("cost", measure, (settings) => withForwarding(settings, { localUrl, secret: createDestinationSecret() })).finally(
    () => service.close(),
  );
}

/** Measures what a delivery leaves. Read units follow from the function's reads: half a unit for up to 4 KB. */
async function measureDeliveries(clients: Clients, { outputs }: EveryProviderPipeline): Promise<Workload["delivery"]> {
  const items = await scanTable(clients.dynamodb, String(outputs.deliveriesTableName), Object.values(DeliveryAttribute));
  const rows = items.filter((item) => item[DeliveryAttribute.transactionId]);
  const name = logGroupName.lambda(String(outputs.deliverFunctionName));
  const batches = (await linesOf(clients, name)).filter((line) => line.includes('"Delivered"'));
  return {
    rowBytes: mean(rows.map(bytesOf)),
    logBytes: mean(batches.map((line) => Buffer.byteLength(line) + bytesBesideLine)),
    readUnits: { delivery: 1, batch: 0.5 },
  };
}

const mean = (values: readonly number[]) => Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);

/** Returns the compressed parts of real bodies: samples of some hundred bytes, and GitHub's examples, which have all fields, of about 3 KB. */
function compressedParts(): Workload["compressedPart"] {
  const ofGithub = (examples as unknown as { examples: object[] }[])
    .flatMap(({ examples: of }) => of.map((example) => Buffer.from(JSON.stringify(example))))
    .filter(({ length }) => length > 2_000 && length < 4_500);
  const samples = localSources.map((source) => freshSample(source)).filter(({ length }) => length > 300);
  return { small: compressedPart(samples), large: compressedPart(ofGithub) };
}

function compressedPart(bodies: readonly Buffer[]): number {
  const total = (buffers: readonly Uint8Array[]) => buffers.reduce((sum, { length }) => sum + length, 0);
  return Number((total(bodies.map((body) => inItem(body)[Attribute.payload].B!)) / total(bodies)).toFixed(3));
}

/** Returns the bytes of a PROCESSED item without its body, after each write. */
export function itemBytes(item: Item): Workload["itemBytes"] {
  const ofBody: readonly string[] = [Attribute.payload, Attribute.payloadEncoding];
  const names = Object.keys(item).filter((name) => !ofBody.includes(name));
  const of = (some: readonly string[]) =>
    some.filter((name) => names.includes(name)).reduce((sum, name) => sum + name.length + valueBytes(item[name]), 0);
  const processed = [Attribute.claimedBy, Attribute.claimedAt, Attribute.normalized, Attribute.kind];
  const completed = [Attribute.finishedAt, Attribute.settledShard];
  const later: readonly string[] = [...processed, ...completed];
  const body = ofBody.join("").length + brotli.length;
  const stored = of(names.filter((name) => !later.includes(name))) + body;
  const put = stored + Attribute.dueAt.length + bytesOfMoment;
  return {
    put,
    process: put + of(processed) + Attribute.leaseUntil.length + bytesOfMoment,
    complete: stored + of(later),
  };
}

/** Bytes of epoch milliseconds. */
const bytesOfMoment = 8;

/** Returns the bytes of all attributes of an item. */
export const bytesOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/\D/g, "").length / 2) + 1;
  if (value.B !== undefined) return value.B.length;
  if (value.L) return 3 + value.L.reduce((sum, member) => sum + 1 + valueBytes(member), 0);
  return 3 + Object.entries(value.M ?? {}).reduce((sum, [name, member]) => sum + 1 + name.length + valueBytes(member), 0);
}

/** Returns the bytes of an event as EventBridge delivers and archives it. */
function publishedBytes(item: Item): number {
  const text = (name: string) => item[name].S!;
  const detail = {
    transactionId: text(Attribute.transactionId),
    source: text(Attribute.source),
    eventType: text(Attribute.eventType),
    kind: text(Attribute.kind),
    occurredAt: text(Attribute.occurredAt),
    occurredAtSource: item[Attribute.occurredAtSource]?.S,
    receivedAt: text(Attribute.receivedAt),
  };
  const envelope = { version: "0", id: "0".repeat(36), "detail-type": detail.kind, source: eventSource, account: "0".repeat(12) };
  return Buffer.byteLength(JSON.stringify({ ...envelope, time: detail.receivedAt, region: "us-east-1", resources: [], detail }));
}

/** Counts the bytes of the lines that the function writes. */
async function logBytes(clients: Clients, logGroupName: string): Promise<number> {
  return (await linesOf(clients, logGroupName)).reduce((sum, line) => sum + Buffer.byteLength(line) + bytesBesideLine, 0);
}

/** Reads the lines that a function writes. Lambda's own lines are turned off. */
async function linesOf({ logs }: Clients, logGroupName: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { events: some = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName }))
    lines.push(...some.flatMap(({ message = "" }) => (message.startsWith("{") ? [message.trimEnd()] : [])));
  return lines;
}
