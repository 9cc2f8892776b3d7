import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context, SQSBatchResponse, SQSRecord } from "aws-lambda";
import { Metric, MetricDimension } from "../../domain/metrics";
import { logger, logOutcome, metrics } from "../aws/telemetry";
import { safeDescription } from "../errors";
import { deliverOne, type Verdict } from "./deliverOne";
import type { DestinationState } from "./items";
import { setMapping } from "./mapping";
import { readMessage } from "./message";
import { hide, queueName, sendDeliveryDeadLetter } from "./queue";
import { configuredDestinations, type ConfiguredDestination } from "./settings";
import { RecentState } from "./state";
import type { Surroundings } from "./surroundings";

/** Milliseconds that must remain, beside a send's own, before it begins. */
const reserveMs = 5_000;

/**
 * Milliseconds that messages of a paused destination are held before they are given back. Until its mapping is disabled, the queue would
 * deliver them again and again.
 */
const holdMs = 5_000;

/** Milliseconds that must remain after the messages were held: for the calls that give them back, and the end of the invocation. */
const endMs = 3_000;

/**
 * Milliseconds until a message of a paused destination is visible again whose mapping can't be disabled: long, because SQS makes a dead
 * letter of what is received too often; short enough that fewer messages than SQS allows are in flight.
 */
const undisabledMs = 5 * 60_000;

/** Milliseconds in which a mapping is disabled, after a pause begins. */
const disablingMs = 2 * 60_000;

/** Milliseconds until a message for which a call to AWS failed is visible again. */
const errorMs = 60_000;

/** Calls for messages in a row that fail before the rest is held: not one message is to blame, but the store. */
const mostErrors = 2;

/** What becomes of a message; `error`: a call to AWS failed for it. */
type Result = Verdict | { kind: "error"; delayMs: number };

/** Numbers of a batch's messages by what became of them. `held`: given back without an attempt. */
type Tally = Record<Result["kind"], number>;

/**
 * Delivers a batch, one message after the other, so that a destination gets no more requests at once than it has executions.
 * @returns the messages that stay in the queue
 */
export async function deliverBatch(records: readonly SQSRecord[], context: Context, surroundings: Surroundings): Promise<SQSBatchResponse> {
  const destination = destinationOf(records[0].eventSourceARN);
  const { name, settings } = destination;
  const tally: Tally = { delivered: 0, skipped: 0, failed: 0, again: 0, error: 0, held: 0 };
  const state = new RecentState(name, surroundings.now);
  const staying: SQSRecord[] = [];
  let isPaused = false;
  /** Milliseconds until messages that were not sent are visible again. */
  let restMs = 0;
  let errorsInRow = 0;
  let done = 0;
  for (const record of records) {
    if (isPaused || context.getRemainingTimeInMillis() < settings.timeoutSeconds * 1_000 + reserveMs) break;
    const result = await deliverRecord(destination, record, surroundings, state.read);
    if (result.kind !== "delivered" && result.kind !== "skipped") state.forget();
    if (result.kind === "held") {
      isPaused = true;
      // The mapping should have been disabled long ago.
      if (surroundings.now() - Date.parse(result.pausedAt) > disablingMs) restMs = undisabledMs;
      break;
    }
    done += 1;
    tally[result.kind] += 1;
    if ("pauses" in result && result.pauses) {
      isPaused = true;
      if (!(await setMapping(name, false, context))) restMs = undisabledMs;
    }
    if ("delayMs" in result) await stay(record, Math.max(result.delayMs, restMs));
    errorsInRow = result.kind === "error" ? errorsInRow + 1 : 0;
    if (errorsInRow === mostErrors) {
      isPaused = true;
      restMs = errorMs;
    }
  }
  await giveBack(records.slice(done));
  report(name, tally);
  return { batchItemFailures: staying.map(({ messageId }) => ({ itemIdentifier: messageId })) };

  /** Keeps a message in the queue. If SQS does not answer, it becomes visible when the queue's own timeout ends. */
  async function stay(record: SQSRecord, delayMs: number): Promise<void> {
    staying.push(record);
    try {
      await hide(name, record.receiptHandle, delayMs / 1_000);
    } catch (error) {
      logger.error("The message stays hidden", { destination: name, messageId: record.messageId, cause: safeDescription(error) });
    }
  }

  /** Gives messages back that were not sent: visible at once, unless the destination is paused. */
  async function giveBack(rest: readonly SQSRecord[]): Promise<void> {
    tally.held += rest.length;
    if (isPaused && rest.length > 0) await surroundings.sleep(Math.max(0, Math.min(holdMs, context.getRemainingTimeInMillis() - endMs)));
    await Promise.all(rest.map((record) => stay(record, restMs)));
  }
}

async function deliverRecord(
  destination: ConfiguredDestination,
  record: SQSRecord,
  surroundings: Surroundings,
  state: () => Promise<DestinationState>,
): Promise<Result> {
  const { name } = destination;
  try {
    const message = readMessage(name, record.body, Number(record.attributes.SentTimestamp));
    if (message) return await deliverOne(destination, message, surroundings, { state });
    await sendDeliveryDeadLetter({ destination: name, transactionId: "", error: "The message is no event.", generation: "" });
    logger.error("The message is no event", { destination: name, messageId: record.messageId });
    return { kind: "failed", pauses: false };
  } catch (error) {
    logger.error("Not delivered", { destination: name, messageId: record.messageId, cause: safeDescription(error) });
    return { kind: "error", delayMs: errorMs };
  }
}

/** Returns the destination of a queue. @throws Error if the configuration lacks it: SQS delivers its messages again */
function destinationOf(queueArn: string): ConfiguredDestination {
  const name = queueArn.split(":").at(-1);
  const destination = [...configuredDestinations().values()].find((one) => queueName(one.name) === name);
  if (!destination) throw new Error(`No destination has the queue ${name}.`);
  return destination;
}

/** Logs a batch, with its metrics. */
function report(destination: string, tally: Tally): void {
  const { delivered, failed, again } = tally;
  metrics.addDimension(MetricDimension.destination, destination);
  if (delivered > 0) metrics.addMetric(Metric.delivered, MetricUnit.Count, delivered);
  if (failed + again > 0) metrics.addMetric(Metric.deliveryFailures, MetricUnit.Count, failed + again);
  logOutcome("Delivered", { destination, ...Object.fromEntries(Object.entries(tally).filter(([, count]) => count > 0)) });
  metrics.clearDimensions();
}
