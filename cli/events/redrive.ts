import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { Attribute, Status } from "../../domain/event";
import { conditionalWrite, transitions } from "../../domain/lifecycle";
import { UserError } from "../../domain/userError";
import { UsageError } from "../lib/errors";
import { print, printLine } from "../lib/output";
import { progressBar } from "../lib/progress";
import { confirm } from "../lib/prompt";
import { findTarget, type Target } from "../lib/target";
import type { EventsOptions } from "./options";
import { countDeadLetters, removeSettledDeadLetters } from "./dlq";
import { filterOptions, readFilters } from "./filters";
import { findIds } from "./find";

/** Above so many changes, the command asks first. */
const asksAbove = 100;

/** Redrives events, once it is confirmed, and removes their dead letters. @returns 1 if some could not be, 130 if it was stopped */
export async function redriveEvents(given: string[], options: EventsOptions): Promise<number> {
  const target = await findTarget(options.stack);
  const ids = await idsToRedrive(target, options, given);
  const rate = options.rate ?? 50;
  if (options.dryRun) {
    if (options.json) return print(JSON.stringify(ids));
    for (const id of ids) printLine(id);
    return print(`${ids.length} events would be put back.`);
  }
  const isAgreed = options.yes || ids.length <= asksAbove || (await confirm(`Put ${ids.length} events back into the flow?`));
  if (!isAgreed) return print("Nothing is changed.", 1);
  const interruption = new AbortController();
  const { signal } = interruption;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interruption.abort());
  const bar = progressBar(ids.length);
  const { redriven, left, failed } = await redriveAll(target, ids, { rate, signal, onProgress: bar.show });
  bar.end();
  for (const [id, reason] of failed) printLine(`${id}: ${reason}`, process.stderr);
  const rest = ids.length - redriven - left - failed.size;
  const inWords = `${redriven} put back, ${left} left as they are (not there, being processed, or PROCESSED), ${failed.size} failed`;
  const stopped = rest > 0;
  if (!options.json) print(stopped ? `${inWords}. Stopped with ${rest} to go: the same command goes on.` : `${inWords}.`);
  const deadLetters = stopped ? 0 : await removeDeadLetters(target, signal);
  if (options.json) print(JSON.stringify({ redriven, left, failed: failed.size, rest, deadLetters }));
  else if (!stopped) print(`${deadLetters} dead letters removed.`);
  return stopped ? 130 : failed.size > 0 || (given.length > 0 && left > 0) ? 1 : 0;
}

/** Those that are named, or all that fit the filters, which are FAILED unless told otherwise. */
async function idsToRedrive(target: Target, options: EventsOptions, given: string[]): Promise<string[]> {
  if ((options.all ?? false) === given.length > 0) throw new UsageError("redrive takes transaction ids, or --all with filters.");
  // A filter that is not heeded would promise less than what happens.
  const filter = filterOptions.find((name) => options[name] !== undefined);
  if (!options.all && filter) throw new UsageError(`redrive with ids takes no --${filter}.`);
  if (!options.all) return given;
  const filters = readFilters({ ...options, status: options.status ?? Status.failed });
  if (filters.statuses.includes(Status.processed))
    throw new UserError("--status is PROCESSED, but such an event is never put back: replay publishes it again.");
  return findIds(target, filters);
}

async function removeDeadLetters(target: Target, signal: AbortSignal): Promise<number> {
  const bar = progressBar(await countDeadLetters(target));
  const removed = await removeSettledDeadLetters(target, signal, bar.show);
  bar.end();
  return removed;
}

type Table = Pick<Target, "dynamodb" | "tableName">;

/**
 * Makes an event RECEIVED again, with all its attempts before it, so that the pipe picks it up: one that is FAILED, one whose
 * worker died (PROCESSING with its lease over), or one that is RECEIVED and was never picked up. No other is touched.
 * @returns whether the event was redriven
 */
export async function redriveOne({ dynamodb, tableName }: Table, transactionId: string, now = new Date()): Promise<boolean> {
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { [Attribute.transactionId]: { S: transactionId } },
        ...conditionalWrite(transitions.redrive, { now: { S: now.toISOString() }, nowMs: { N: String(now.getTime()) } }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** What came of many. */
export interface Redriven {
  /** Are RECEIVED again. */
  redriven: number;
  /** Were left as they are: not there, being processed, or PROCESSED. */
  left: number;
  /** Could not be written: AWS's words by the event's id. */
  failed: Map<string, string>;
}

export interface Pace {
  /** Events a second, at most. */
  rate: number;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

const atOnce = 10;

/** Redrives many events, no faster than asked, until all are or the signal says stop. What was redriven is FAILED no more, so that the
 * same command goes on where this one ended. */
export async function redriveAll(target: Table, ids: readonly string[], { rate, signal, onProgress }: Pace): Promise<Redriven> {
  const outcomes: [id: string, outcome: boolean | Error][] = [];
  const started = Date.now();
  for (let done = 0; done < ids.length && !signal.aborted;) {
    const some = ids.slice(done, done + Math.min(atOnce, rate));
    outcomes.push(...(await Promise.all(some.map((id) => tryToRedrive(target, id)))));
    done += some.length;
    onProgress(done);
    const ahead = (done / rate) * 1_000 - (Date.now() - started);
    if (ahead > 0 && done < ids.length) await sleep(ahead, undefined, { signal }).catch(() => undefined);
  }
  return {
    redriven: outcomes.filter(([, outcome]) => outcome === true).length,
    left: outcomes.filter(([, outcome]) => outcome === false).length,
    failed: new Map(outcomes.flatMap(([id, outcome]) => (outcome instanceof Error ? [[id, outcome.message]] : []))),
  };
}

/** Never rejects: one event that cannot be written holds up no other. */
async function tryToRedrive(target: Table, id: string): Promise<[id: string, outcome: boolean | Error]> {
  return [id, await redriveOne(target, id).catch((error: Error) => error)];
}
