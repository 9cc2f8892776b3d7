import { Status } from "../../domain/event";
import { UserError } from "../../domain/userError";
import { asUserError, notFoundCode, partlyDone, UsageError } from "../lib/errors";
import { print, printError, printLine } from "../lib/output";
import { counter, progressBar } from "../lib/progress";
import type { Target } from "../lib/target";
import { replayArchive } from "./archive";
import { commandLine, optionWords } from "./commandLine";
import { inEvents, isAgreed } from "./consent";
import { readFilters, type Filters } from "./filters";
import { findEvents } from "./find";
import type { EventsOptions } from "./options";
import { stoppable } from "./pace";
import { publishAll, unknown } from "./publish";
import { noSuchEvent } from "./show";
import { onTarget } from "./target";

/**
 * Publishes events again, after a question: those that are named or fit --source and --kind, or all that the archive has of a time.
 * @returns 0, 1 if none could be published, 4 if some could not be, 130 if it was stopped
 */
export async function replayEvents(given: string[], options: EventsOptions): Promise<number> {
  const { source, kind, since, until, rule } = options;
  const isChosen = given.length > 0 || source !== undefined || kind !== undefined;
  // The archive is replayed up to now, so a beginning in the future is one after the end.
  const end = until ?? (isChosen ? undefined : new Date().toISOString());
  const filters = readFilters({ source, kind, since, until: end, status: Status.processed });
  if (isChosen && rule !== undefined)
    throw new UsageError(
      "--rule cannot be combined with IDs, --source or --kind: EventBridge publishes single events to every rule. Give --since and --until instead: they replay everything published in that time to the one rule.",
    );
  const filter = (["source", "kind", "since", "until"] as const).find((name) => options[name] !== undefined);
  if (given.length > 0 && filter) throw new UsageError(`--${filter} chooses events, but their IDs are given. Leave one of them out.`);
  if (!isChosen && filters.since === undefined)
    throw new UsageError("Name transaction IDs, or give --source, --kind or --since, to say what to publish again.");
  return onTarget("replay", options, (target) =>
    isChosen
      ? replayChosen(target, given, filters, options)
      : replayArchive(target, { since: filters.since!, until: filters.until!, rule }, options),
  );
}

interface Chosen {
  transactionId: string;
  /** Left out where the event is named. */
  receivedAt?: string;
}

async function replayChosen(target: Target, given: readonly string[], filters: Filters, options: EventsOptions): Promise<number> {
  const chosen: Chosen[] = given.length > 0 ? [...new Set(given)].map((transactionId) => ({ transactionId })) : await find(target, filters);
  if (options.dryRun) {
    const ids = chosen.map(({ transactionId }) => transactionId);
    if (options.json) return print(JSON.stringify(ids));
    for (const id of ids) printLine(id);
    printLine(`${inEvents(ids.length)} would be published again on ${target.eventBusName}.`, process.stderr);
    return 0;
  }
  const question = `Publish ${inEvents(chosen.length)} again, to every rule of ${target.eventBusName}?`;
  if (!(await isAgreed(question, chosen.length, options))) throw new UserError("Nothing was published.");
  return stoppable((signal) => publishAndReport(target, chosen, filters, options, signal));
}

async function find(target: Target, filters: Filters): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  const read = counter("events read");
  for await (const page of findEvents(target, filters, { onRead: read.add }))
    chosen.push(...page.map(({ transactionId, receivedAt }) => ({ transactionId, receivedAt })));
  read.end();
  return chosen;
}

async function publishAndReport(
  target: Target,
  chosen: readonly Chosen[],
  filters: Filters,
  options: EventsOptions,
  signal: AbortSignal,
): Promise<number> {
  const bar = progressBar(chosen.length);
  const ids = chosen.map(({ transactionId }) => transactionId);
  const { published, failed, done, error } = await publishAll(target, ids, { rate: options.rate ?? 50, signal, onProgress: bar.show });
  bar.end();
  const [first] = failed;
  if (ids.length === 1 && first?.[1] === unknown) throw noSuchEvent(target, first[0]);
  for (const [id, reason] of failed) printLine(`${id}: ${reason}`, process.stderr);
  const rest = chosen.slice(done);
  if (options.json) print(JSON.stringify({ published, failed: failed.size, rest: rest.length }));
  else print(`${inEvents(published)} published again on ${target.eventBusName}, ${failed.size} not.`);
  if (error !== undefined) printError(`Stopped by an error. ${asUserError("events replay", error).message}`);
  if (rest.length > 0) printError(`Stopped with ${inEvents(rest.length)} to go. Continue with:\n  ${continuation(rest, filters, options)}`);
  if (error !== undefined) return published === 0 ? 1 : partlyDone;
  if (rest.length > 0) return 130;
  if (failed.size === 0) return 0;
  if (published > 0) return partlyDone;
  return [...failed.values()].every((reason) => reason === unknown) ? notFoundCode : 1;
}

/** Writes the command that publishes the rest. The index has events in the order of their receipt, so that a time says where they begin. */
export function continuation(rest: readonly Chosen[], filters: Filters, { stack, source, kind, rate, json, yes }: EventsOptions): string {
  const [{ receivedAt }] = rest;
  const named = receivedAt === undefined ? rest.map(({ transactionId }) => transactionId) : [];
  const since = optionWords({ source, kind, since: receivedAt, until: filters.until, stack, rate });
  return commandLine(["events", "replay", ...named, ...since, ...(yes ? ["--yes"] : []), ...(json ? ["--json"] : [])]);
}
