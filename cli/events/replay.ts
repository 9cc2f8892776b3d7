import { Status } from "../../domain/event";
import { UserError } from "../../domain/userError";
import { asUserError, UsageError } from "../lib/errors";
import { print, printError, printLine, printList } from "../lib/output";
import { progressBar } from "../lib/progress";
import type { Target } from "../lib/target";
import { replayArchive } from "./archive";
import { chooseBy, idsOf, named, type Choice, type Chosen } from "./chosen";
import { ownCommandLine, optionWords } from "../lib/shell";
import { inEvents, isAgreed } from "./consent";
import { readFilters, type Filters } from "./filters";
import type { EventsOptions } from "./options";
import { stoppable } from "./pace";
import { exitCodeOf, publishAll, restOf, unknown } from "./publish";
import { noSuchEvent } from "./show";
import { onTarget } from "./target";

/**
 * Publishes events again, after a question: those that are named or fit --source and --kind, or all that the archive has of a period.
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

async function replayChosen(target: Target, given: readonly string[], filters: Filters, options: EventsOptions): Promise<number> {
  const choice = given.length > 0 ? named(given) : await chooseBy(target, filters);
  if (options.dryRun) {
    const count = await printList(idsOf(choice.events()), options.json ?? false);
    if (!options.json) printLine(`${inEvents(count)} would be published again on ${target.eventBusName}.`, process.stderr);
    return 0;
  }
  const question = `Publish ${inEvents(choice.count)} again, to every rule of ${target.eventBusName}?`;
  if (!(await isAgreed(question, choice.count, options))) throw new UserError("Nothing was published.");
  return stoppable((signal) => publishAndReport(target, choice, given, filters, options, signal));
}

async function publishAndReport(
  target: Target,
  { count, events }: Choice,
  given: readonly string[],
  filters: Filters,
  options: EventsOptions,
  signal: AbortSignal,
): Promise<number> {
  const bar = progressBar(count);
  const result = await publishAll(target, events(), { rate: options.rate ?? 50, signal, onProgress: bar.show });
  bar.end();
  const { sent: published, failed, done, last, stopped } = result;
  const [first] = failed;
  if (count === 1 && first?.[1] === unknown) throw noSuchEvent(target, first[0]);
  for (const [id, reason] of failed) printLine(`${id}: ${reason}`, process.stderr);
  const rest = restOf(result, count);
  if (options.json) print(JSON.stringify({ published, failed: failed.size, rest }));
  else print(`${inEvents(published)} published again on ${target.eventBusName}${failed.size === 0 ? "" : `, ${failed.size} not`}.`);
  if (published > 0) for (const line of notRedelivered(target, options.stack)) printError(line);
  const error = stopped?.error;
  if (error !== undefined) printError(`Stopped by an error. ${asUserError("events replay", error).message}`);
  if (rest > 0) {
    // What cannot be read is unknown: then the last one that was worked on is the first of the rest.
    const next = stopped?.next ?? last ?? { receivedAt: filters.since };
    const command = continuation([...new Set(given)].slice(done), next, filters, options);
    printError(`Stopped with ${inEvents(rest)} to go. Continue with:\n  ${command}`);
  }
  return exitCodeOf(result);
}

/**
 * Says what a replay of single events does not do: a destination takes it for a duplicate of the first delivery. Returns no line if the stack
 * posts to no destination.
 */
export function notRedelivered({ destinations }: Pick<Target, "destinations">, stack: string | undefined): string[] {
  const names = Object.entries(destinations).flatMap(([name, { type }]) => (type === "https" ? [name] : []));
  if (names.length === 0) return [];
  const command = ownCommandLine(["destinations", "redeliver", names[0], "--failed", ...optionWords({ stack })]);
  return [
    `A delivery that is DELIVERED or FAILED stays so, also after this replay (${names.join(", ")}). To deliver events again, name them, or run:`,
    `  ${command}`,
  ];
}

/**
 * Writes the command that publishes the rest. Events are found in the order of their receipt, so that a time says where the rest begins.
 * @param ids of events that are named
 */
export function continuation(
  ids: readonly string[],
  { receivedAt }: Pick<Chosen, "receivedAt">,
  filters: Filters,
  { stack, source, kind, rate, json, yes }: EventsOptions,
): string {
  const since = optionWords({ source, kind, since: receivedAt, until: filters.until, stack, rate });
  return ownCommandLine(["events", "replay", ...ids, ...since, ...(yes ? ["--yes"] : []), ...(json ? ["--json"] : [])]);
}
