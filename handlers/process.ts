import { GetItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Context } from "aws-lambda";
import { Attribute, processedEvent, Status } from "../domain/event";
import { Metric } from "../domain/metrics";
import { dueAfter, Outcome, ProcessingError, type ProcessRequest, type ProcessResult } from "../domain/processing";
import { hasExpiredLease } from "../domain/stuck";
import { Variable } from "../domain/variables";
import { conditionalWrite, transitions, type ConditionalWrite } from "../domain/lifecycle";
import { dynamodb } from "./aws/dynamodb";
import { abortAtDeadline, withDeadline } from "./aws/deadline";
import { requiredVariable } from "./aws/environment";
import { deployedLeaseSeconds } from "./aws/lease";
import { Failure, safeDescription } from "./errors";
import { loadPayload } from "./payload/payload";
import { text, waiting, type Item } from "./events/items";
import { normalize, storedMeaning, type NormalizedEvent } from "./events/normalize";
import { writeIf } from "./events/table";
import { beginLog, count, identifyEverywhere, logger, logOutcome, metrics, publishMetrics } from "./aws/telemetry";
import { traced } from "./aws/tracing";

/**
 * Processes one stored event: reads it, converts it to the common shape, and claims it in the write of the result. So an event takes one
 * write less than with a claim of its own, and a record of an event that needs no work takes none.
 * @returns the event to publish; or that there is nothing to do, because another claim owns the event or it is settled
 */
export async function handler(request: ProcessRequest, context: Context): Promise<ProcessResult> {
  beginLog(context);
  try {
    return await withDeadline(context, () => traced("process", async () => processEvent(request)));
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure(ProcessingError.transient, safeDescription(error));
    logger.error("Not processed", { failure: failure.name, cause: failure.message });
    throw failure;
  } finally {
    publishMetrics();
  }
}

async function processEvent({ transactionId, claim }: ProcessRequest): Promise<ProcessResult> {
  identifyEverywhere(transactionId.split("#", 1)[0], transactionId);
  const item = await readItem(transactionId);
  if (!item || !isClaimable(item, claim)) return nothingToDo;
  const payload = () => loadPayload(item);
  // Before any claim: in an outage of the bucket no attempt counts.
  const fetched = Attribute.payloadKey in item ? await fromStore(payload) : undefined;
  let isOwned = isOwnedBy(item, claim);
  // Otherwise, an event whose workers die would be requeued all day: they leave no trace.
  if (!isOwned && Attribute.requeues in item) {
    isOwned = await fromStore(() => writeIf(transactionId, conditionalWrite(transitions.claim, leaseFrom(claim))));
    if (!isOwned) return nothingToDo;
  }
  const normalized = normalize(transactionId, item, fetched ?? (await payload()));
  if (!(await fromStore(() => writeIf(transactionId, resultOf(normalized, claim, isOwned))))) return nothingToDo;

  const receivedAt = text(item, Attribute.receivedAt);
  count(Metric.processed);
  metrics.addMetric(Metric.processingDelay, MetricUnit.Milliseconds, Math.max(0, Date.now() - Date.parse(receivedAt)));
  logOutcome("Normalized", { kind: normalized.kind, eventType: normalized.eventType });
  return { outcome: Outcome.owned, event: processedEvent(receivedAt, normalized) };
}

const nothingToDo = { outcome: Outcome.nothingToDo } as const;

/** Runs a call to the table or the bucket. @throws Failure StoreUnavailable, if it fails */
async function fromStore<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new Failure(ProcessingError.storeUnavailable, safeDescription(error));
  }
}

async function readItem(transactionId: string): Promise<Item | undefined> {
  const TableName = requiredVariable(Variable.tableName);
  const Key = { [Attribute.transactionId]: { S: transactionId } };
  const { Item } = await fromStore(() => dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), abortAtDeadline()));
  return Item;
}

/** Returns the write of the result, which is also the claim unless the branch owns the item. */
function resultOf(normalized: NormalizedEvent, claim: string, isOwned: boolean): ConditionalWrite<AttributeValue> {
  const result = { kind: { S: normalized.kind }, normalized: { M: marshall(storedMeaning(normalized), { removeUndefinedValues: true }) } };
  if (isOwned) return conditionalWrite(transitions.normalize, { me: { S: claim }, ...result });
  return conditionalWrite(transitions.process, { ...leaseFrom(claim), ...result });
}

/** Tells whether a claim would hold: a refused write costs as much as one that holds. The write's condition decides. */
function isClaimable(item: Item, claim: string): boolean {
  return text(item, Attribute.status) === Status.received || hasExpiredLease(waiting(item), Date.now()) || isOwnedBy(item, claim);
}

/** Tells whether the branch owns the item already: an earlier try of it claimed. */
function isOwnedBy(item: Item, claim: string): boolean {
  return text(item, Attribute.status) === Status.processing && text(item, Attribute.claimedBy) === claim;
}

/** Returns the values of a claim that begins now. */
function leaseFrom(claim: string): Record<"me" | "now" | "nowMs" | "leaseUntil", AttributeValue> {
  const now = new Date();
  return {
    me: { S: claim },
    now: { S: now.toISOString() },
    nowMs: { N: String(now.getTime()) },
    leaseUntil: { N: String(dueAfter(now, deployedLeaseSeconds())) },
  };
}
