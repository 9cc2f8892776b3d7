import { createInterface } from "node:readline/promises";
import { Status } from "../domain/event";
import { UserError } from "../domain/userError";
import { runCommand, UsageError } from "./lib/errors";
import { wholeNumber } from "./lib/options";
import { print, printLine, printPayload } from "./lib/output";
import { progressBar } from "./lib/progress";
import { readCommandLine, type Options } from "./events/commandLine";
import { filterOptions, readFilters } from "./events/filters";
import { findEvents, findIds, type ListedEvent } from "./events/find";
import { removeSettledDeadLetters } from "./events/dlq";
import { redriveAll } from "./events/redrive";
import { startReplay } from "./events/replay";
import { hopsOf, showEvent } from "./events/show";
import { countEvents, countDeadLetters } from "./events/stats";
import { findTarget, type Target } from "./lib/target";

const usage = `npm run events -- COMMAND [OPTIONS]   on the local run or, with --stack NAME, in AWS
  list                       events, oldest first of each status
  show ID [--payload]        one event's whole way; its payload only if asked for, byte for byte where standard output is no terminal
  redrive ID ... | --all     puts FAILED events back into the flow, and removes their dead letters
  replay --since --until     publishes again what was published, to every subscriber of the bus
  stats                      how many events of each status, and dead letters
FILTERS  --source NAME  --kind KIND  --status STATUS  --since MOMENT  --until MOMENT   (2026-01-31T12:00:00Z, or 30m, 6h, 2d ago)
OPTIONS  --json  --dry-run  --yes (asks nothing)  --limit N (list: 100)  --rate N (redrive: 50 events a second)`;

/** Above so many changes, the command asks first. */
const asksAbove = 100;

async function main(): Promise<number> {
  const { command, values, ids } = readCommandLine(process.argv.slice(2));
  if (values.help || command === undefined) return print(usage, values.help ? 0 : 2);
  try {
    return await commands[command](await findTarget(values.stack), values, ids);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${command}: ${messageOf(error as Error)}`);
  }
}

/** What AWS or the network says; a connection to several addresses that fails has its reasons within. */
function messageOf(error: Error): string {
  const reasons = error instanceof AggregateError ? error.errors.map((one: Error) => one.message).join(", ") : error.message;
  return `${error.name}: ${reasons}`;
}

const commands: Record<string, (target: Target, options: Options, ids: string[]) => Promise<number>> = {
  list,
  show,
  redrive,
  replay,
  stats,
};

async function list(target: Target, options: Options): Promise<number> {
  const limit = wholeNumber("--limit", options.limit ?? "100", 1, 1_000_000);
  const events: ListedEvent[] = [];
  for await (const page of findEvents(target, readFilters(options))) {
    events.push(...page.slice(0, limit - events.length));
    if (events.length >= limit) break;
  }
  if (options.json) return print(JSON.stringify(events, undefined, 2));
  for (const { status, receivedAt, transactionId, eventType, kind, attempts, error } of events)
    printLine(
      `${status.padEnd(10)} ${receivedAt}  ${transactionId}  ${eventType}${kind ? ` (${kind})` : ""}, ${attempts} attempts${error ? `  ${error}` : ""}`,
    );
  return print(`${events.length} events${events.length === limit ? `, the first ${limit}: --limit shows more` : ""}`);
}

async function show(target: Target, { payload, json }: Options, [id]: string[]): Promise<number> {
  const shown = await showEvent(target, id, payload ?? false);
  if (!shown) throw new UserError(`There is no event ${id} in ${target.tableName}.`);
  const { event, body } = shown;
  if (json) return print(JSON.stringify({ ...event, payload: body?.toString() }, undefined, 2));
  // Where a program takes the payload, standard output is that alone.
  const piped = body !== undefined && !process.stdout.isTTY;
  const way = piped ? process.stderr : process.stdout;
  printLine(`${id} is ${event.status}: ${event.event_type}${event.kind === undefined ? "" : ` (${event.kind})`}`, way);
  for (const hop of hopsOf(event)) printLine(`  ${hop}`, way);
  printLine(`  attempts  ${event.attempts ?? 0}, put back by the reconciler ${event.requeues ?? 0} times`, way);
  if (event.claimed_by !== undefined) printLine(`  execution ${event.claimed_by}`, way);
  if (event.error !== undefined) printLine(`  error     ${event.error}`, way);
  if (body !== undefined) printPayload(body);
  return 0;
}

async function redrive(target: Target, options: Options, given: string[]): Promise<number> {
  const all = options.all ?? false;
  const named = given.length > 0;
  if (all === named) throw new UsageError("redrive takes transaction ids, or --all with filters.");
  if (named) refuseFilters(options);
  const rate = wholeNumber("--rate", options.rate ?? "50", 1, 1_000);
  const ids = all ? await findIds(target, { ...readFilters(options), statuses: statusesToRedrive(options) }) : given;
  if (options["dry-run"]) {
    if (options.json) return print(JSON.stringify(ids));
    for (const id of ids) printLine(id);
    return print(`${ids.length} events would be put back.`);
  }
  if (!(await agreed(`Put ${ids.length} events back into the flow?`, ids.length, options))) return print("Nothing is changed.", 1);
  const interruption = new AbortController();
  const stop = () => interruption.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const bar = progressBar(ids.length);
  const { redriven, left, failed } = await redriveAll(target, ids, { rate, signal: interruption.signal, onProgress: bar.show });
  bar.end();
  for (const [id, reason] of failed) printLine(`${id}: ${reason}`, process.stderr);
  const rest = ids.length - redriven - left - failed.size;
  const inWords = `${redriven} put back, ${left} left as they are (not there, being processed, or PROCESSED), ${failed.size} failed`;
  const stopped = rest > 0;
  if (!options.json) print(stopped ? `${inWords}. Stopped with ${rest} to go: the same command goes on.` : `${inWords}.`);
  const letters = stopped ? 0 : await removeDeadLetters(target, interruption.signal);
  if (options.json) print(JSON.stringify({ redriven, left, failed: failed.size, rest, letters }));
  else if (!stopped) print(`${letters} dead letters removed.`);
  return stopped ? 130 : failed.size > 0 || (named && left > 0) ? 1 : 0;
}

async function removeDeadLetters(target: Target, signal: AbortSignal): Promise<number> {
  const bar = progressBar(await countDeadLetters(target));
  const removed = await removeSettledDeadLetters(target, signal, bar.show);
  bar.end();
  return removed;
}

/** An event that is PROCESSED is never put back. */
function statusesToRedrive({ status }: Options): Status[] {
  const [only] = readFilters({ status: status ?? Status.failed }).statuses;
  if (only === Status.processed)
    throw new UserError("--status is PROCESSED, but such an event is never put back: replay publishes it again.");
  return [only];
}

/** A filter that is not heeded would promise less than what happens. */
function refuseFilters(options: Options): void {
  const given = Object.keys(filterOptions).find((name) => options[name as keyof typeof filterOptions] !== undefined);
  if (given) throw new UsageError(`redrive with ids takes no --${given}.`);
}

async function replay(target: Target, options: Options): Promise<number> {
  const { since, until } = readFilters({ since: options.since, until: options.until });
  if (since === undefined) throw new UsageError("replay needs --since, and takes --until.");
  const { eventBusName } = target;
  const end = until ?? new Date().toISOString();
  if (options["dry-run"])
    return print(
      options.json
        ? JSON.stringify({ since, until: end, eventBusName })
        : `What was published from ${since} to ${end} would be published again on ${eventBusName}.`,
    );
  if (!(await agreed(`Publish again, to every subscriber, what was published from ${since} to ${end}?`, Infinity, options)))
    return print("Nothing is changed.", 1);
  const { ReplayArn, State } = await startReplay(target, since, end);
  return print(options.json ? JSON.stringify({ ReplayArn, State }) : `${ReplayArn} is ${State}.`);
}

async function stats(target: Target, options: Options): Promise<number> {
  const counts = await countEvents(target, readFilters(options));
  const deadLetters = await countDeadLetters(target);
  if (options.json) return print(JSON.stringify({ ...counts, deadLetters }));
  for (const [status, count] of Object.entries(counts)) printLine(`${status.padEnd(12)} ${String(count).padStart(8)}`);
  return print(`${"dead letters".padEnd(12)} ${String(deadLetters).padStart(8)}`);
}

async function agreed(question: string, changes: number, { yes }: Options): Promise<boolean> {
  if (yes || changes <= asksAbove) return true;
  if (!process.stdin.isTTY) throw new UserError(`${question} Nobody can be asked here: give --yes.`);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await reader.question(`${question} (yes/no) `);
  reader.close();
  return answer.trim().toLowerCase() === "yes";
}

void runCommand(main);
