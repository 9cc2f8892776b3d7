import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import { Metric } from "../domain/metrics";
import { dueAfter } from "../domain/processing";
import { Variable } from "../domain/variables";
import { errorCodeOf, entryOf } from "../domain/history";
import { conditionalWrite, transitions } from "../domain/lifecycle";
import { withDeadline } from "./aws/deadline";
import { sendDeadLetter } from "./events/deadLetters";
import { requiredVariable } from "./aws/environment";
import { deployedLeaseSeconds } from "./aws/lease";
import { safeDescription } from "./errors";
import { removeEndedListeners } from "./listeners";
import { writeIf } from "./events/table";
import { findStuck, shortWait, type StuckEvent } from "./events/stuckEvents";
import { beginLog, logger, logOutcome, metrics } from "./aws/telemetry";
import { traced } from "./aws/tracing";

/** Numbers of events that a run requeued, exhausted, found settled by another worker, and failed to write. */
export interface Reconciliation {
  requeued: number;
  exhausted: number;
  settled: number;
  errors: number;
}
/** What became of one stuck event. */
type Ending = keyof Reconciliation;

/** Most events per run. The next run starts a minute later. */
const mostEvents = 1_000;
/** Events written at once. */
const concurrency = 10;
/** Milliseconds that a run reserves for ending in order. */
const reserveMs = 8_000;

/**
 * Requeues stuck events: those with an expired lease (PROCESSING) and those that nothing claimed for `staleSeconds` (RECEIVED). An
 * exhausted event becomes FAILED and gets a dead letter. Every write is conditional, so a run may be late, repeated, or concurrent with
 * another. It also removes what a `listen` that died has left.
 * @throws Error if an event could not be written, after all others were
 */
export async function handler(_event: unknown, context: Context): Promise<Reconciliation> {
  beginLog(context);
  const result: Reconciliation = { requeued: 0, exhausted: 0, settled: 0, errors: 0 };
  try {
    await withDeadline(context, () =>
      traced("reconcile", async () => {
        for await (const outcome of reconcile(context)) result[outcome] += 1;
        if (context.getRemainingTimeInMillis() > reserveMs) await removeEndedListeners(new Date());
      }),
    );
  } finally {
    report(result);
  }
  if (result.errors > 0) throw new Error(`${result.errors} events could not be requeued. See the log.`);
  return result;
}

/** Logs a run, with metrics if it did something: a metric costs money in each month with data. */
function report(result: Reconciliation): void {
  const { requeued, exhausted } = result;
  if (requeued > 0) metrics.addMetric(Metric.requeued, MetricUnit.Count, requeued);
  if (exhausted > 0) metrics.addMetric(Metric.exhausted, MetricUnit.Count, exhausted);
  logOutcome("Reconciled", { ...result });
}

async function* reconcile(context: Context): AsyncGenerator<Ending> {
  const now = new Date();
  const { stuck, secondsWaiting } = await findStuck(now, staleBefore(now));
  if (secondsWaiting > shortWait) metrics.addMetric(Metric.oldestWaiting, MetricUnit.Seconds, secondsWaiting);
  let left = mostEvents;
  const isOver = () => left <= 0 || context.getRemainingTimeInMillis() < reserveMs;
  for await (const page of stuck) {
    for (let index = 0; index < page.length; index += concurrency) {
      if (isOver()) return;
      const some = page.slice(index, index + Math.min(concurrency, left));
      left -= some.length;
      yield* await Promise.all(some.map((event) => settle(event, context.awsRequestId)));
    }
    if (isOver()) return;
  }
}

/** Requeues or exhausts one event. It never throws, so an event that cannot be written does not delay others. */
async function settle(event: StuckEvent, run: string): Promise<Ending> {
  try {
    return await requeueOrExhaust(event, run);
  } catch (error) {
    logger.error("Not requeued", { transactionId: event.transactionId, cause: safeDescription(error) });
    return "errors";
  }
}

/**
 * Requeues an event, or exhausts it if it may not be requeued. The table checks each write's condition, because the index may lag behind
 * it.
 */
async function requeueOrExhaust(event: StuckEvent, run: string): Promise<Ending> {
  const { transactionId, leaseExpired, attempts } = event;
  const moment = momentOf(new Date());
  const change = leaseExpired
    ? conditionalWrite(transitions.requeueExpired, { ...moment, entry: entryOf("requeued", moment.now) })
    : conditionalWrite(transitions.requeueStale, moment);
  if (!(await writeIf(transactionId, change))) return (await exhaust(event, run)) ? "exhausted" : "settled";
  logger.warn("Requeued", { transactionId, reason: leaseExpired ? "worker died" : "not claimed", attempts });
  return "requeued";
}

/**
 * Claims the event, sends its dead letter, and then marks it FAILED, as the workflow does. So every FAILED event has a dead letter, even
 * if a call in between fails.
 */
async function exhaust({ transactionId, leaseExpired, attempts }: StuckEvent, run: string): Promise<boolean> {
  const claim = { me: { S: `reconciler#${run}` } };
  const moment = momentOf(new Date());
  const taken = await writeIf(transactionId, conditionalWrite(transitions.exhaust, { ...moment, ...claim, leaseUntil: moment.dueAt }));
  if (!taken) return false;
  const error = leaseExpired ? `Exhausted: the worker died in each of ${attempts} attempts` : "Exhausted: not claimed for a day";
  await sendDeadLetter({ transactionId, error, execution: claim.me.S });
  const { now } = momentOf(new Date());
  const entry = entryOf("failed", now, { S: errorCodeOf(error) });
  await writeIf(transactionId, conditionalWrite(transitions.fail, { ...claim, now, error: { S: error }, entry }));
  logger.error("Exhausted", { transactionId, failure: error });
  return true;
}

function momentOf(now: Date) {
  return {
    now: { S: now.toISOString() },
    nowMs: { N: String(now.getTime()) },
    staleBefore: { S: staleBefore(now).toISOString() },
    dueAt: { N: String(dueAfter(now, deployedLeaseSeconds())) },
  };
}

function staleBefore(now: Date): Date {
  return new Date(now.getTime() - Number(requiredVariable(Variable.staleSeconds)) * 1_000);
}
