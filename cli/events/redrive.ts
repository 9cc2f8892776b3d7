import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../../domain/event";
import { entryOf } from "../../domain/history";
import { conditionalWrite, transitions } from "../../domain/lifecycle";
import { dueAfter } from "../../domain/processing";
import { UserError } from "../../domain/userError";
import { asUserError, notFoundCode, partlyDone, UsageError } from "../lib/errors";
import { print, printError, printLine, printList } from "../lib/output";
import { progressBar } from "../lib/progress";
import type { Target } from "../lib/target";
import { chooseBy, idsOf, named, type Choice } from "./chosen";
import { inEvents, isAgreed } from "./consent";
import { countDeadLetters, removeSettledDeadLetters } from "./dlq";
import { filterNames, readFilters, type Filters } from "./filters";
import type { ItemTable } from "./items";
import type { EventsOptions } from "./options";
import { inPace, stoppable, type Pace, type Worked } from "./pace";
import { noSuchEvent, readEvent } from "./show";
import { onTarget } from "./target";

/**
 * Redrives events, after a question, and removes their dead letters.
 * @returns 0, 1 if none was redriven, 4 if some were not, 130 if it was stopped
 */
export async function redriveEvents(given: string[], options: EventsOptions): Promise<number> {
  const filters = filtersOf(given, options);
  return onTarget("redrive", options, async (target) => {
    const choice = filters ? await chooseBy(target, filters) : named(given);
    if (options.dryRun) {
      const count = await printList(idsOf(choice.events()), options.json ?? false);
      if (!options.json) printLine(`${inEvents(count)} would be redriven.`, process.stderr);
      return 0;
    }
    const where = options.stack === undefined ? "" : ` of the stack ${options.stack}`;
    if (!(await isAgreed(`Redrive ${inEvents(choice.count)}${where}?`, choice.count, options))) throw new UserError("Nothing was changed.");
    return stoppable((signal) => redriveAndReport(target, choice, options, signal));
  });
}

/** Reads the filters of `--all`. @returns the filters of `--all`, where FAILED is the usual status; `undefined` if events are named */
function filtersOf(given: readonly string[], options: EventsOptions): Filters | undefined {
  if ((options.all ?? false) === given.length > 0) throw new UsageError("Name transaction IDs, or give --all with filters; not both.");
  // A filter that is ignored would promise less than what happens.
  const filter = filterNames.find((name) => options[name] !== undefined);
  if (!options.all && filter) throw new UsageError(`--${filter} chooses events, but their IDs are given. Leave one of them out.`);
  if (!options.all) return undefined;
  const filters = readFilters({ ...options, status: options.status ?? Status.failed });
  if (filters.statuses.includes(Status.processed))
    throw new UsageError('--status is PROCESSED, but such an event is never redriven. "events replay" publishes it again.');
  return filters;
}

async function redriveAndReport(target: Target, { count, events }: Choice, options: EventsOptions, signal: AbortSignal): Promise<number> {
  const bar = progressBar(count);
  const pace = { rate: options.rate ?? 50, signal, onProgress: bar.show };
  const { redriven, left, failed, stopped: end } = await redriveAll(target, idsOf(events()), pace);
  bar.end();
  const stopped = end !== undefined;
  const rest = stopped ? Math.max(0, count - redriven - left.length - failed.size) : 0;
  const isUnknown = !options.all && (await explainLeft(target, left));
  for (const [id, reason] of failed) printLine(`${id}: ${reason}`, process.stderr);
  if (end?.error !== undefined) printError(`Stopped by an error. ${asUserError("events redrive", end.error).message}`);
  const inWords = `${inEvents(redriven)} redriven, ${left.length} left as they are (PROCESSED, being processed, or unknown), ${failed.size} failed.`;
  if (!options.json) print(rest > 0 ? `${inWords} Stopped with ${inEvents(rest)} to go. Give the same command to continue.` : inWords);
  // Whoever did not answer the redrive does not answer this either.
  const deadLetters = stopped ? 0 : await removeDeadLetters(target, signal);
  if (options.json) print(JSON.stringify({ redriven, left: left.length, failed: failed.size, rest, deadLetters }));
  else if (!stopped) print(`${deadLetters} dead ${deadLetters === 1 ? "letter" : "letters"} removed.`);
  if (signal.aborted) return 130;
  if (failed.size + left.length + rest === 0 && end?.error === undefined) return 0;
  return redriven > 0 ? partlyDone : isUnknown ? notFoundCode : 1;
}

/**
 * Says why each named event is left as it is. @returns true if none of them exists
 * @throws NotFoundError if it is one event, which does not exist
 */
async function explainLeft(target: Target, ids: readonly string[]): Promise<boolean> {
  let unknown = 0;
  for (const id of ids) {
    const found = await readEvent(target, id, false);
    if (found)
      printLine(
        `${id} is ${found.event.status}. Only a FAILED or stuck event is redriven.${afterwards(found.event.status)}`,
        process.stderr,
      );
    else unknown++;
    if (!found && ids.length === 1) throw noSuchEvent(target, id);
    if (!found) printLine(noSuchEvent(target, id).message, process.stderr);
  }
  return ids.length > 0 && unknown === ids.length;
}

const afterwards = (status: unknown) => (status === Status.processed ? ' "events replay" publishes it again.' : "");

async function removeDeadLetters(target: Target, signal: AbortSignal): Promise<number> {
  const bar = progressBar(await countDeadLetters(target));
  const removed = await removeSettledDeadLetters(target, signal, bar.show);
  bar.end();
  return removed;
}

/**
 * Makes an event RECEIVED again, with all its attempts before it, so that the pipe picks it up: one that is FAILED, one whose
 * worker died (PROCESSING with an expired lease), or one that is RECEIVED and was never picked up. No other is touched.
 * @returns whether the event was redriven
 */
export async function redriveOne({ dynamodb, tableName }: ItemTable, transactionId: string, now = new Date()): Promise<boolean> {
  const at = { S: now.toISOString() };
  const given = { now: at, nowMs: { N: String(now.getTime()) }, dueAt: { N: String(dueAfter(now)) }, entry: entryOf("redriven", at) };
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { [Attribute.transactionId]: { S: transactionId } },
        ...conditionalWrite(transitions.redrive, given),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Counts what came of many events. */
export interface Redriven {
  /** Events that are RECEIVED again. */
  redriven: number;
  /** IDs of events that were left as they are: unknown, being processed, or PROCESSED. */
  left: string[];
  /** Events that could not be written: AWS's words by transaction ID. */
  failed: Map<string, string>;
  /** Why it did not redrive all of them. */
  stopped?: Worked<string>["stopped"];
}

const atOnce = 10;

/** Redrives many events, no faster than asked, until all are, the signal says stop, or nobody answers. A redriven event is no
 * longer FAILED, so that the same command continues where this one stopped. */
export async function redriveAll(table: ItemTable, ids: Iterable<string> | AsyncIterable<string>, pace: Pace): Promise<Redriven> {
  const result: Redriven = { redriven: 0, left: [], failed: new Map() };
  const { stopped } = await inPace(ids, atOnce, pace, async (some) => {
    const outcomes = await Promise.all(some.map((id) => tryToRedrive(table, id)));
    for (const [id, outcome] of outcomes) {
      if (outcome === true) result.redriven++;
      else if (outcome === false) result.left.push(id);
      else result.failed.set(id, outcome.message);
    }
    return !outcomes.every(([, outcome]) => outcome instanceof Error && isSilence(outcome));
  });
  return { ...result, stopped };
}

/** Tells whether an error is no answer of AWS: the next call would wait as long. */
const isSilence = (error: Error) => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === undefined;

/** Never rejects: one event that cannot be written holds up no other. */
async function tryToRedrive(table: ItemTable, id: string): Promise<[id: string, outcome: boolean | Error]> {
  return [id, await redriveOne(table, id).catch((error: Error) => error)];
}
