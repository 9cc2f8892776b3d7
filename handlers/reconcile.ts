import { ConditionalCheckFailedException, UpdateItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import { Attribute, leaseSeconds, Metric, Variable } from "../domain/event";
import { conditionalWrite, transitions, type ConditionalWrite } from "../domain/lifecycle";
import { dynamodb } from "./aws/clients";
import { inTime, withDeadline } from "./aws/deadline";
import { sendDeadLetter } from "./deadLetters";
import { requiredVariable } from "./aws/environment";
import { safeDescription } from "./errors";
import { leftOvers, secondsWaiting, type LeftOver } from "./stuckEvents";
import { logger, metrics } from "./aws/telemetry";
import { traced } from "./aws/tracing";

/** What a run did: how many events it put back, gave up, found settled by others meanwhile, and could not write. */
export interface Reconciliation {
  returned: number;
  givenUp: number;
  settled: number;
  errors: number;
}

/** Events of one run; the next one comes a minute later. */
const mostEvents = 1_000;
/** Events at once. */
const concurrency = 10;
/** Seconds that an event may wait without a word: as long as it may take to the next run. */
const shortWait = 60;
/** Milliseconds that a run keeps for ending in good order. */
const reserveMs = 8_000;

/**
 * Puts back into the flow what has come to a halt: events whose worker died (PROCESSING, lease over) and events that nobody
 * took (RECEIVED for `staleSeconds`). What has been tried too often ends FAILED with a dead letter. Every write is
 * conditional, so that a run may come late, twice, or beside another.
 * @throws Error if an event could not be written, after all others were.
 */
export async function handler(_event: unknown, context: Context): Promise<Reconciliation> {
  logger.resetKeys();
  logger.addContext(context);
  const result: Reconciliation = { returned: 0, givenUp: 0, settled: 0, errors: 0 };
  try {
    await withDeadline(context, () => traced("reconcile", async () => reconcile(context, result)));
  } finally {
    publish(result);
    logger.info("Reconciled", { ...result });
  }
  if (result.errors > 0) throw new Error(`${result.errors} events could not be put back; the log has each.`);
  return result;
}

/** Nothing where nothing was done: a metric costs in each month in which it has data. */
function publish({ returned, givenUp }: Reconciliation): void {
  if (returned > 0) metrics.addMetric(Metric.returned, MetricUnit.Count, returned);
  if (givenUp > 0) metrics.addMetric(Metric.givenUp, MetricUnit.Count, givenUp);
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

async function reconcile(context: Context, result: Reconciliation): Promise<void> {
  const now = new Date();
  const waiting = await secondsWaiting(now);
  if (waiting > shortWait) metrics.addMetric(Metric.oldestWaiting, MetricUnit.Seconds, waiting);
  let left = mostEvents;
  const isOver = () => left <= 0 || context.getRemainingTimeInMillis() < reserveMs;
  for await (const page of leftOvers(now, staleBefore(now))) {
    for (let index = 0; index < page.length; index += concurrency) {
      if (isOver()) return;
      const some = page.slice(index, index + Math.min(concurrency, left));
      left -= some.length;
      await Promise.all(some.map(async (event) => settle(event, context.awsRequestId, result)));
    }
    if (isOver()) return;
  }
}

async function settle(event: LeftOver, run: string, result: Reconciliation): Promise<void> {
  try {
    result[await recover(event, run)]++;
  } catch (error) {
    result.errors++;
    logger.error("Not put back", { transactionId: event.transactionId, cause: safeDescription(error) });
  }
}

/** An index may be behind its table: what counts is the write's condition, which the table itself checks. */
async function recover(event: LeftOver, run: string): Promise<"returned" | "givenUp" | "settled"> {
  const { transactionId, abandoned, attempts } = event;
  const moment = momentOf(new Date());
  const change = abandoned ? conditionalWrite(transitions.returnAbandoned, moment) : conditionalWrite(transitions.returnStale, moment);
  if (!(await write(transactionId, change))) return (await giveUp(event, run)) ? "givenUp" : "settled";
  logger.warn("Put back", { transactionId, reason: abandoned ? "its worker died" : "nobody took it", attempts });
  return "returned";
}

/** As the workflow does: claimed, then the dead letter, then FAILED; whatever breaks between, no FAILED event lacks its letter. */
async function giveUp({ transactionId, abandoned, attempts }: LeftOver, run: string): Promise<boolean> {
  const claim = { me: { S: `reconciler#${run}` } };
  const leaseUntil = { N: String(Date.now() + leaseSeconds * 1_000) };
  const taken = await write(transactionId, conditionalWrite(transitions.giveUp, { ...momentOf(new Date()), ...claim, leaseUntil }));
  if (!taken) return false;
  const error = abandoned ? `GivenUp: its worker died in each of ${attempts} attempts` : "GivenUp: nobody took it for a day";
  await sendDeadLetter({ transactionId, error, execution: claim.me.S });
  await write(transactionId, conditionalWrite(transitions.fail, { ...claim, now: momentOf(new Date()).now, error: { S: error } }));
  logger.error("Given up", { transactionId, failure: error });
  return true;
}

/** @returns whether the condition held */
async function write(transactionId: string, change: ConditionalWrite<AttributeValue>): Promise<boolean> {
  try {
    const Key = { [Attribute.transactionId]: { S: transactionId } };
    await dynamodb.send(new UpdateItemCommand({ TableName: requiredVariable(Variable.tableName), Key, ...change }), inTime());
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function momentOf(now: Date) {
  return { now: { S: now.toISOString() }, nowMs: { N: String(now.getTime()) }, staleBefore: { S: staleBefore(now) } };
}

function staleBefore(now: Date): string {
  return new Date(now.getTime() - Number(requiredVariable(Variable.staleSeconds)) * 1_000).toISOString();
}
