import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { concurrencyOf, DeliveryStatus, queueRetentionSeconds } from "../../domain/destinations";
import { Attribute } from "../../domain/event";
import { Variable } from "../../domain/variables";
import { abortAtDeadline } from "../aws/deadline";
import { dynamodb } from "../aws/dynamodb";
import { requiredVariable } from "../aws/environment";
import { logger } from "../aws/telemetry";
import { safeDescription } from "../errors";
import type { Item } from "../events/items";
import { attempt } from "./attempt";
import { bodyOf } from "./body";
import { openingReason } from "./breaker";
import { fail } from "./fail";
import type { DestinationState, Row } from "./items";
import type { Delivery } from "./message";
import { deliveryOutcomeOf } from "./outcome";
import { intervalMs } from "./pace";
import { beginRow, isDone, readRow, writeRow } from "./row";
import { delayMs, delayWithin } from "./retryDelay";
import type { ConfiguredDestination } from "./settings";
import { webhookId } from "./signing";
import { countFailure, endFailures, pause, readState } from "./state";
import { keepSuccess, takeSuccesses } from "./successes";
import type { Surroundings } from "./surroundings";

/** What becomes of a message. `pauses`: nothing more may be sent to the destination. */
export type Verdict =
  /** It was delivered. */
  | { kind: "delivered" }
  /** Nothing is left to do: it was delivered before, or a later message takes its place. */
  | { kind: "skipped" }
  /** It is a dead letter. */
  | { kind: "failed"; pauses: boolean }
  /** It is tried again after so many milliseconds. */
  | { kind: "again"; delayMs: number; pauses: boolean }
  /** The destination is paused, so nothing was sent. */
  | { kind: "held"; pausedAt: string };

/** Milliseconds until a message that paused its destination is visible again. */
const pausedMs = 30_000;

/** Milliseconds until a message is tried again that was not sent for want of a secret. */
const unsentMs = 60_000;

/**
 * Milliseconds for which a message is hidden whose probe failed, so that others take their turn: a tenth of its age, within bounds. A
 * message that is alone in a long pause is received about 600 times, then, and SQS makes a dead letter of it at 1,000.
 */
const probedMs = { least: 5 * 60_000, most: 30 * 60_000, part: 0.1 } as const;

/** Milliseconds until a message is sent again whose success could not be recorded: long, so that an outage of the table repeats few. */
const unrecordedMs = 15 * 60_000;

/** A message that waits longer would be forgotten by SQS: it becomes a dead letter a day before. */
const oldestMs = (queueRetentionSeconds - 86_400) * 1_000;

/** Seconds for which a row is kept at least: longer than a copy of its message can wait in the queue. */
const leastKeptSeconds = queueRetentionSeconds + 86_400;

/**
 * Delivers one message: reads what it needs, sends, and records what came of it.
 * @param options.state returns the destination's state; absent: reads it
 * @param options.isProbe true if it is sent although the breaker is open
 * @throws the error of an AWS call, as long as nothing was delivered
 */
export async function deliverOne(
  destination: ConfiguredDestination,
  message: Delivery,
  surroundings: Surroundings,
  {
    state: stateOf = () => readState(destination.name),
    isProbe = false,
  }: { state?: () => Promise<DestinationState>; isProbe?: boolean } = {},
): Promise<Verdict> {
  const { name, settings } = destination;
  const { now, random, sleep } = surroundings;
  const [state, before, event] = await Promise.all([stateOf(), readRow(message), readEvent(message.transactionId)]);
  if (state.paused && !isProbe) return { kind: "held", pausedAt: state.pausedAt };
  if (before && isDone(before, message)) return { kind: "skipped" };
  const row = { ...beginRow(before, message, now()), expiresAt: expiryOf(event, now()) };
  if (!event) return bury(row, "The event has expired, or never was.");

  const body = bodyOf(message.transactionId, event, settings.payload);
  const startedAt = now();
  const request = { id: webhookId(message.transactionId), attempt: row.attempts + 1, trigger: row.trigger, body };
  const { answer, stored } = await attempt(destination, request, surroundings);
  const outcome = deliveryOutcomeOf(answer, now());
  const tried = { ...row, attempts: row.attempts + 1, history: [...row.history, stored] };
  const verdict = await settle();
  if (!isProbe) await sleep(Math.max(0, startedAt + intervalMs(settings, state.resumedAt, startedAt) - now()));
  return verdict;

  function settle(): Promise<Verdict> {
    switch (outcome.kind) {
      case "delivered":
        return recordSuccess();
      case "pause":
        return pauseDestination(outcome.error);
      case "permanent":
        return isProbe ? endProbe(outcome.error) : giveUp(outcome.error);
      case "again":
        return isProbe ? endProbe(outcome.error) : retry(outcome.error, outcome.retryAfterMs);
      case "unsent":
        return isProbe ? endProbe(outcome.error) : waitForSecret(outcome.error);
    }
  }

  /**
   * Records a success. If it can't be recorded, the message is done nevertheless: otherwise, it would be sent again. A row that tells of a
   * failure is the exception, since nobody would ever correct it.
   */
  async function recordSuccess(): Promise<Verdict> {
    keepSuccess(name, now());
    const settled = { nextAt: undefined, error: undefined, finishedAt: new Date(now()).toISOString() };
    const delivered = { ...tried, ...settled, status: DeliveryStatus.delivered };
    try {
      await Promise.all([writeRow(delivered), !isProbe && state.failuresInRow > 0 && endFailures(name)]);
    } catch (error) {
      logger.error("Delivered, but not recorded", { destination: name, transactionId: row.transactionId, cause: safeDescription(error) });
      if (before && before.status !== DeliveryStatus.delivered) return { kind: "again", delayMs: unrecordedMs, pauses: false };
    }
    return { kind: "delivered" };
  }

  /** Pauses the destination. The attempt does not count: it says nothing about the event, whose next one has no time until the pause ends. */
  async function pauseDestination(error: string): Promise<Verdict> {
    if (!(await writeRow({ ...tried, attempts: row.attempts, nextAt: undefined, error }))) return { kind: "skipped" };
    if (await pause(name, "endpoint", error, now())) logger.error("Paused", { destination: name, reason: error });
    return { kind: "again", delayMs: pausedMs, pauses: true };
  }

  /**
   * Puts a probe's message off and leaves its row as it is: the endpoint is to blame, so the message keeps its attempts. Only if SQS would
   * forget it soon does it become a dead letter.
   */
  async function endProbe(error: string): Promise<Verdict> {
    const age = now() - message.sentAt;
    const delay = Math.min(Math.max(probedMs.least, age * probedMs.part), probedMs.most);
    if (outcome.kind !== "unsent" && age + delay > oldestMs) return bury(tried, error);
    logger.warn("Probe failed", { destination: name, transactionId: row.transactionId, cause: error });
    return { kind: "again", delayMs: delay, pauses: true };
  }

  /** Puts a message off for which there is no secret. It counts for the breaker, which stops the flow, and never as an attempt. */
  async function waitForSecret(error: string): Promise<Verdict> {
    if (!(await writeRow({ ...tried, attempts: row.attempts, nextAt: now() + unsentMs, error }))) return { kind: "skipped" };
    logger.warn("Not sent", { destination: name, transactionId: row.transactionId, cause: error });
    return { kind: "again", delayMs: unsentMs, pauses: await openBreaker() };
  }

  async function retry(error: string, retryAfter: number): Promise<Verdict> {
    const { scheduledMs = 0 } = row;
    const delay = delayWithin(settings.retryHours, scheduledMs, delayMs(tried.attempts, retryAfter, random()));
    if (delay === undefined || now() + delay > message.sentAt + oldestMs) return giveUp(error);
    const nextAt = Math.round(now() + delay);
    if (!(await writeRow({ ...tried, scheduledMs: scheduledMs + delay, nextAt, error }))) return { kind: "skipped" };
    logger.warn("Not delivered", { destination: name, transactionId: row.transactionId, attempt: tried.attempts, cause: error });
    return { kind: "again", delayMs: delay, pauses: await openBreaker() };
  }

  async function giveUp(error: string): Promise<Verdict> {
    const verdict = await bury(tried, error);
    return verdict.kind === "failed" ? { ...verdict, pauses: await openBreaker() } : verdict;
  }

  /** Counts a failure. @returns whether the destination is paused now */
  async function openBreaker(): Promise<boolean> {
    const reason = openingReason(await countFailure(name, state, takeSuccesses(name, now()), now()), concurrencyOf(settings));
    if (reason === undefined) return false;
    const why = outcome.kind === "unsent" ? outcome.error : reason;
    if (await pause(name, "breaker", why, now())) logger.error("Paused", { destination: name, reason: why });
    return true;
  }

  async function bury(failed: Row, error: string): Promise<Verdict> {
    return (await fail(failed, error, now())) ? { kind: "failed", pauses: false } : { kind: "skipped" };
  }
}

/** Reads an event: at half the price first, and consistently if that shows it as it was before it was processed, or not at all. */
async function readEvent(transactionId: string): Promise<Item | undefined> {
  const TableName = requiredVariable(Variable.tableName);
  const Key = { [Attribute.transactionId]: { S: transactionId } };
  const read = async (ConsistentRead: boolean) =>
    (await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead }), abortAtDeadline())).Item;
  const event = await read(false);
  return event?.[Attribute.kind] ? event : read(true);
}

/** Returns when a row expires, epoch seconds: with its event, but not before the last copy of its message. */
function expiryOf(event: Item | undefined, now: number): number {
  const least = Math.ceil(now / 1_000) + leastKeptSeconds;
  return Math.max(least, Number(event?.[Attribute.expiresAt]?.N ?? 0));
}
