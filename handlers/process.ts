import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Context } from "aws-lambda";
import { Attribute, Metric, ProcessingError, Variable, type ProcessedEvent, type ProcessRequest } from "../contract";
import { conditionalWrite, transitions } from "../lifecycle";
import { dynamodb } from "./clients";
import { requiredVariable } from "./environment";
import { safeDescription } from "./errors";
import { normalizedEvent, type NormalizedEvent } from "./normalized";
import { findProvider } from "./providers";
import { isObject } from "./providers/json";
import type { Json } from "./providers/types";
import { count, identifyEverywhere, logger, metrics, traced } from "./telemetry";

/** The state machine tells failures apart by their name. Their messages are fixed: they end up in its history. */
class Failure extends Error {
  constructor(name: (typeof ProcessingError)[keyof typeof ProcessingError], message: string) {
    super(message);
    this.name = name;
  }
}

type Item = Record<string, AttributeValue>;

/** Normalises one stored event: read the item, bring it into the one shape, write that beside the payload. */
export async function handler(request: ProcessRequest, context: Context): Promise<ProcessedEvent> {
  logger.resetKeys();
  logger.addContext(context);
  try {
    return await traced("process", async () => processEvent(request));
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure(ProcessingError.transient, safeDescription(error));
    logger.error("Not processed", { failure: failure.name, cause: failure.message });
    throw failure;
  } finally {
    metrics.publishStoredMetrics();
  }
}

async function processEvent({ transactionId, claim }: ProcessRequest): Promise<ProcessedEvent> {
  identifyEverywhere(transactionId.split("#", 1)[0], transactionId);
  const item = await readItem(transactionId);
  const normalized = normalise(transactionId, item);
  await writeNormalized(transactionId, claim, normalized);

  const receivedAt = text(item, Attribute.receivedAt);
  count(Metric.processed);
  metrics.addMetric(Metric.processingDelay, MetricUnit.Milliseconds, Math.max(0, Date.now() - Date.parse(receivedAt)));
  logger.info("Normalised", { kind: normalized.kind, eventType: normalized.eventType });
  const { provider, eventType, kind, occurredAt } = normalized;
  return { transactionId, provider, eventType, kind, occurredAt, receivedAt };
}

async function readItem(transactionId: string): Promise<Item> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: requiredVariable(Variable.tableName),
      Key: { [Attribute.transactionId]: { S: transactionId } },
      ConsistentRead: true,
    }),
  );
  if (!Item) throw new Failure(ProcessingError.unprocessable, "There is no such item.");
  return Item;
}

function normalise(transactionId: string, item: Item): NormalizedEvent {
  const name = text(item, Attribute.provider);
  const provider = findProvider(name);
  if (!provider) throw new Failure(ProcessingError.unprocessable, "The item's provider is unknown.");
  const event = parsePayload(item);
  const meaning = provider.normalise(event);
  const result = normalizedEvent.safeParse({
    transactionId,
    provider: name,
    eventId: transactionId.slice(name.length + 1),
    eventType: text(item, Attribute.eventType),
    occurredAt: text(item, Attribute.occurredAt),
    ...meaning,
  });
  if (!result.success)
    throw new Failure(ProcessingError.unprocessable, `The event does not fit the normalised shape: ${placesOf(result.error)}.`);
  return result.data;
}

/** Where a value does not fit; never the value itself. */
function placesOf(error: { issues: readonly { path: readonly PropertyKey[] }[] }): string {
  return error.issues.map(({ path }) => path.join(".")).join(", ");
}

function parsePayload(item: Item): Json {
  const payload = item[Attribute.payload]?.B;
  try {
    const value: unknown = JSON.parse(Buffer.from(payload ?? []).toString("utf8"));
    if (isObject(value)) return value as Json;
  } catch {
    // The parser's message quotes the payload, so it must go no further.
  }
  throw new Failure(ProcessingError.unprocessable, "The payload is not a JSON object.");
}

/** Only the claim that owns the item may write: a slow one must not overwrite its successor's work. */
async function writeNormalized(transactionId: string, claim: string, normalized: NormalizedEvent): Promise<void> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: requiredVariable(Variable.tableName),
        Key: { [Attribute.transactionId]: { S: transactionId } },
        ...conditionalWrite<"me" | "normalized" | "kind", AttributeValue>(transitions.normalise, {
          me: { S: claim },
          normalized: { M: marshall(normalized, { removeUndefinedValues: true }) },
          kind: { S: normalized.kind },
        }),
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      throw new Failure(ProcessingError.leaseLost, "Another execution owns this event now.");
    throw error;
  }
}

function text(item: Item, attribute: string): string {
  return item[attribute]?.S ?? "";
}
