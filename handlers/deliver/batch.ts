import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context, SQSBatchResponse, SQSRecord } from "aws-lambda";
import { Metric, MetricDimension } from "../../domain/metrics";
import { logger, logOutcome, metrics } from "../aws/telemetry";
import { safeDescription } from "../errors";
import { deliverOne, type Verdict } from "./deliverOne";
import { setMapping } from "./mapping";
import { readMessage } from "./message";
import { hide, queueName, sendDeadLetter, showAll } from "./queue";
import { configuredDestinations, type ConfiguredDestination } from "./settings";
import type { Surroundings } from "./surroundings";

/** Milliseconds that must remain, beside a send's own, before it begins. */
const reserveMs = 5_000;

/**
 * Milliseconds that messages of a paused destination are held before they are given back. Until its mapping is disabled, the queue would
 * deliver them again and again.
 */
const holdMs = 5_000;

/** Numbers of a batch's messages by what became of them. `back`: given back without an attempt. */
type Tally = Record<Verdict["kind"] | "back", number>;

/**
 * Delivers a batch, one message after the other, so that a destination gets no more requests at once than it has executions.
 * @returns the messages that stay in the queue
 */
export async function deliverBatch(records: readonly SQSRecord[], context: Context, surroundings: Surroundings): Promise<SQSBatchResponse> {
  const destination = destinationOf(records[0].eventSourceARN);
  const { name, settings } = destination;
  const tally: Tally = { delivered: 0, skipped: 0, failed: 0, again: 0, held: 0, back: 0 };
  const staying: SQSRecord[] = [];
  let isPaused = false;
  for (const [index, record] of records.entries()) {
    if (isPaused || context.getRemainingTimeInMillis() < settings.timeoutSeconds * 1_000 + reserveMs) {
      await giveBack(records.slice(index));
      break;
    }
    const verdict = await deliverRecord(destination, record, surroundings);
    tally[verdict.kind] += 1;
    if ("pauses" in verdict && verdict.pauses) {
      isPaused = true;
      await setMapping(name, false, context);
    }
    if (verdict.kind === "again") {
      staying.push(record);
      await tryTo("hide a message", () => hide(name, record.receiptHandle, verdict.delayMs / 1_000));
    }
    if (verdict.kind === "held") {
      isPaused = true;
      tally.held -= 1;
      await giveBack(records.slice(index));
      break;
    }
  }
  report(name, tally);
  return { batchItemFailures: staying.map(({ messageId }) => ({ itemIdentifier: messageId })) };

  /** Gives messages back that were not sent: visible at once, or soon if the destination is paused. */
  async function giveBack(rest: readonly SQSRecord[]): Promise<void> {
    tally.back += rest.length;
    staying.push(...rest);
    if (isPaused) await surroundings.sleep(holdMs);
    await tryTo("show messages", () =>
      showAll(
        name,
        rest.map(({ receiptHandle }) => receiptHandle),
      ),
    );
  }
}

/** Delivers a record. If an AWS call fails, the record is held: others would fail, too. */
async function deliverRecord(destination: ConfiguredDestination, record: SQSRecord, surroundings: Surroundings): Promise<Verdict> {
  const { name } = destination;
  try {
    const message = readMessage(name, record.body, Number(record.attributes.SentTimestamp));
    if (message) return await deliverOne(destination, message, surroundings);
    await sendDeadLetter({ destination: name, transactionId: "", error: "The message is no event.", generation: "" });
    logger.error("The message is no event", { destination: name, messageId: record.messageId });
    return { kind: "failed", pauses: false };
  } catch (error) {
    logger.error("Not delivered", { destination: name, messageId: record.messageId, cause: safeDescription(error) });
    return { kind: "held" };
  }
}

/** Calls SQS. If it fails, the message becomes visible when the queue's own timeout ends. */
async function tryTo(what: string, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    logger.error(`It failed to ${what}`, { cause: safeDescription(error) });
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
  logOutcome("Delivered", { destination, ...tally });
  metrics.clearDimensions();
}
