import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Context } from "aws-lambda";
import { Attribute, processedEvent, receivedSource, type ProcessedEvent } from "../domain/event";
import { Metric } from "../domain/metrics";
import { ProcessingError, type ProcessRequest } from "../domain/processing";
import { Variable } from "../domain/variables";
import { conditionalWrite, transitions } from "../domain/lifecycle";
import { mediaTypes, type MediaType } from "../domain/payload";
import { parseBody } from "./request/body";
import { dynamodb } from "./aws/clients";
import { abortAtDeadline, withDeadline } from "./aws/deadline";
import { requiredVariable } from "./aws/environment";
import { safeDescription } from "./errors";
import { loadPayload } from "./payload/payload";
import { normalizedEvent, type NormalizedEvent } from "./events/normalizedEvent";
import { meaningOf } from "./sources/lib/meaning";
import { meaningsOf } from "./sources/meanings";
import { unknownOrigin } from "./sources/lib/types";
import { providerOf } from "./configuredSources";
import type { Json } from "./request/json";
import { count, identifyEverywhere, logger, metrics } from "./aws/telemetry";
import { longestAccount, longestReference, usable } from "./events/texts";
import { traced } from "./aws/tracing";

/** Reports a failure by a name that the state machine knows. Messages are fixed, because they appear in its history. */
class Failure extends Error {
  constructor(name: (typeof ProcessingError)[keyof typeof ProcessingError], message: string) {
    super(message);
    this.name = name;
  }
}

type Item = Record<string, AttributeValue>;

/** Normalizes one stored event: reads the item, converts it to the common shape, and writes that beside the payload. */
export async function handler(request: ProcessRequest, context: Context): Promise<ProcessedEvent> {
  logger.resetKeys();
  logger.addContext(context);
  try {
    return await withDeadline(context, () => traced("process", async () => processEvent(request)));
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
  const normalized = normalize(transactionId, item, await loadPayload(item));
  await writeNormalized(transactionId, claim, normalized);

  const receivedAt = text(item, Attribute.receivedAt);
  count(Metric.processed);
  metrics.addMetric(Metric.processingDelay, MetricUnit.Milliseconds, Math.max(0, Date.now() - Date.parse(receivedAt)));
  logger.info("Normalized", { kind: normalized.kind, eventType: normalized.eventType });
  return processedEvent(receivedAt, normalized);
}

async function readItem(transactionId: string): Promise<Item> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: requiredVariable(Variable.tableName),
      Key: { [Attribute.transactionId]: { S: transactionId } },
      ConsistentRead: true,
    }),
    abortAtDeadline(),
  );
  if (!Item) throw new Failure(ProcessingError.unprocessable, "The item does not exist.");
  return Item;
}

function normalize(transactionId: string, item: Item, payload: Uint8Array): NormalizedEvent {
  const name = text(item, Attribute.source);
  const eventType = text(item, Attribute.eventType);
  const provider = text(item, Attribute.provider) || name;
  const headers = headersOf(item);
  const mediaType = mediaTypes.find((one) => one === text(item, Attribute.mediaType));
  if (!mediaType) throw new Failure(ProcessingError.unprocessable, "The item's media type is unknown.");
  const usedProvider = providerOf(name, provider);
  const event = parsePayload(payload, mediaType, usedProvider?.jsonField);
  const meaning = meaningOf(usedProvider?.meanings ?? meaningsOf(provider), usedProvider?.itemIn?.(event) ?? event, eventType);
  const { test, account } = usedProvider?.originOf?.(event, { headers, mediaType }) ?? unknownOrigin;
  const result = normalizedEvent.safeParse({
    transactionId,
    source: name,
    eventId: transactionId.slice(name.length + 1),
    eventType,
    ...occurrenceOf(item),
    ...meaning,
    test,
    account: usable(account, longestAccount),
    paymentReference: usable(meaning.paymentReference, longestReference),
    customerReference: usable(meaning.customerReference, longestReference),
  });
  if (!result.success)
    throw new Failure(ProcessingError.unprocessable, `The event does not fit the normalized shape: ${placesOf(result.error)}.`);
  return result.data;
}

/** Returns the stored headers. */
function headersOf(item: Item): Record<string, string> {
  return Object.fromEntries(Object.entries(item[Attribute.headers]?.M ?? {}).map(([name, { S = "" }]) => [name, S]));
}

/** Returns when the event happened: as it says, or the time of receipt. */
function occurrenceOf(item: Item): Pick<NormalizedEvent, "occurredAt" | "occurredAtSource"> {
  const occurredAt = text(item, Attribute.occurredAt);
  const said = text(item, Attribute.occurredAtSource) !== receivedSource;
  return said ? { occurredAt } : { occurredAt: text(item, Attribute.receivedAt), occurredAtSource: receivedSource };
}

/** Returns the paths of values that do not fit, never the values. */
function placesOf(error: { issues: readonly { path: readonly PropertyKey[] }[] }): string {
  return error.issues.map(({ path }) => path.join(".")).join(", ");
}

/** Parses the payload as the receiver did. */
function parsePayload(payload: Uint8Array, mediaType: MediaType, jsonField: string | undefined): Json {
  const event = parseBody(payload, mediaType, jsonField);
  if (!event) throw new Failure(ProcessingError.unprocessable, "The payload is not a JSON object.");
  return event;
}

/** Writes the normalized event. Only the claim that owns the item may: a slow worker must not overwrite its successor's work. */
async function writeNormalized(transactionId: string, claim: string, normalized: NormalizedEvent): Promise<void> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: requiredVariable(Variable.tableName),
        Key: { [Attribute.transactionId]: { S: transactionId } },
        ...conditionalWrite<"me" | "normalized" | "kind", AttributeValue>(transitions.normalize, {
          me: { S: claim },
          normalized: { M: marshall(normalized, { removeUndefinedValues: true }) },
          kind: { S: normalized.kind },
        }),
      }),
      abortAtDeadline(),
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
