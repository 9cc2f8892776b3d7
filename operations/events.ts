import { createInterface } from "node:readline/promises";
import { Status } from "../contract";
import { runCommand, UserError } from "../local/errors";
import { parseOptions, wholeNumber } from "../local/options";
import { progressBar } from "../local/progress";
import { filterOptions, readFilters } from "./filters";
import { findEvents, findIds, type ListedEvent } from "./find";
import { removeSettledLetters } from "./letters";
import { redriveAll } from "./redrive";
import { startReplay } from "./replay";
import { hopsOf, showEvent } from "./show";
import { countEvents, countLetters } from "./stats";
import { findTarget, type Target } from "./target";

const usage = `npm run events -- COMMAND [OPTIONS]   on the local run or, with --stack NAME, in AWS
  list                       events, oldest first of each status
  show ID [--payload]        one event's whole way; its payload only if asked for
  redrive ID ... | --all     puts FAILED events back into the flow, and removes their dead letters
  replay --since --until     publishes again what was published, to every subscriber of the bus
  stats                      how many events of each status, and dead letters
FILTERS  --provider NAME  --kind KIND  --status STATUS  --since MOMENT  --until MOMENT   (2026-01-31T12:00:00Z, or 30m, 6h, 2d ago)
OPTIONS  --json  --dry-run  --yes (asks nothing)  --limit N (list: 100)  --rate N (redrive: 50 events a second)`;

/** Above so many changes, the command asks first. */
const asksAbove = 100;

type Options = ReturnType<typeof readOptions>["values"];

async function main(): Promise<number> {
  const { values, positionals } = readOptions();
  const [command, ...ids] = positionals;
  if (values.help || command === undefined) return print(usage, command === undefined && !values.help ? 1 : 0);
  const run = commands[command];
  if (!run) throw new UserError(`There is no command "${command}", but ${Object.keys(commands).join(", ")}.`);
  try {
    return await run(findTarget(values.stack), values, ids);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${command}: ${messageOf(error as Error)}`);
  }
}

/** What AWS or the network says; a connection to several addresses that fails has its reasons within. */
function messageOf(error: Error): string {
  const reasons = error instanceof AggregateError ? error.errors.map((one: Error) => one.message).join(", ") : error.message;
  return `${error.name}: ${reasons}`;
}

function readOptions() {
  const flag = { type: "boolean" } as const;
  const text = { type: "string" } as const;
  const options = {
    ...filterOptions,
    stack: text,
    limit: text,
    rate: text,
    all: flag,
    json: flag,
    "dry-run": flag,
    yes: flag,
    payload: flag,
    help: flag,
  } as const;
  return parseOptions({ allowPositionals: true, options }, "npm run events -- --help lists what there is");
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
    print(
      `${status.padEnd(10)} ${receivedAt}  ${transactionId}  ${eventType}${kind ? ` (${kind})` : ""}, ${attempts} attempts${error ? `  ${error}` : ""}`,
    );
  return print(`${events.length} events${events.length === limit ? `, the first ${limit}: --limit shows more` : ""}`);
}

async function show(target: Target, { payload, json }: Options, [id, ...more]: string[]): Promise<number> {
  if (id === undefined || more.length > 0) throw new UserError("show takes one transaction id, such as stripe#evt_1.");
  const event = await showEvent(target, id, payload ?? false);
  if (!event) throw new UserError(`There is no event ${id} in ${target.tableName}.`);
  if (json) return print(JSON.stringify(event, undefined, 2));
  print(`${id} is ${event.status}: ${event.event_type}${event.kind === undefined ? "" : ` (${event.kind})`}`);
  for (const hop of hopsOf(event)) print(`  ${hop}`);
  print(`  attempts  ${event.attempts ?? 0}, put back by the reconciler ${event.recoveries ?? 0} times`);
  if (event.claimed_by !== undefined) print(`  execution ${event.claimed_by}`);
  if (event.error !== undefined) print(`  error     ${event.error}`);
  return event.payload === undefined ? 0 : print(String(event.payload));
}

async function redrive(target: Target, options: Options, given: string[]): Promise<number> {
  const all = options.all ?? false;
  const named = given.length > 0;
  if (all === named) throw new UserError("redrive takes transaction ids, or --all with filters.");
  if (named) refuseFilters("redrive with ids", options, Object.keys(filterOptions));
  const rate = wholeNumber("--rate", options.rate ?? "50", 1, 1_000);
  const ids = all ? await findIds(target, { ...readFilters(options), statuses: statusesToRedrive(options) }) : given;
  if (options["dry-run"]) {
    if (options.json) return print(JSON.stringify(ids));
    for (const id of ids) print(id);
    return print(`${ids.length} events would be put back.`);
  }
  if (!(await agreed(`Put ${ids.length} events back into the flow?`, ids.length, options))) return print("Nothing is changed.", 1);
  const interruption = new AbortController();
  const stop = () => interruption.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const bar = progressBar(ids.length);
  const { redriven, left, failed } = await redriveAll(target, ids, { rate, signal: interruption.signal, onProgress: bar.show });
  bar.end();
  for (const [id, reason] of failed) console.error(`${id}: ${reason}`);
  const rest = ids.length - redriven - left - failed.size;
  const inWords = `${redriven} put back, ${left} left as they are (not there, being processed, or PROCESSED), ${failed.size} failed`;
  const stopped = rest > 0;
  if (!options.json) print(stopped ? `${inWords}. Stopped with ${rest} to go: the same command goes on.` : `${inWords}.`);
  const letters = stopped ? 0 : await removeLetters(target, interruption.signal);
  if (options.json) print(JSON.stringify({ redriven, left, failed: failed.size, rest, letters }));
  else if (!stopped) print(`${letters} dead letters removed.`);
  return stopped ? 130 : failed.size > 0 || (named && left > 0) ? 1 : 0;
}

async function removeLetters(target: Target, signal: AbortSignal): Promise<number> {
  const bar = progressBar(await countLetters(target));
  const removed = await removeSettledLetters(target, signal, bar.show);
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
function refuseFilters(command: string, options: Options, names: string[]): void {
  const given = names.find((name) => options[name as keyof typeof filterOptions] !== undefined);
  if (given) throw new UserError(`${command} takes no --${given}.`);
}

async function replay(target: Target, options: Options): Promise<number> {
  refuseFilters("replay", options, ["provider", "kind", "status"]);
  const { since, until } = readFilters({ since: options.since, until: options.until });
  if (since === undefined) throw new UserError("replay needs --since, and takes --until.");
  const { eventBusName } = target;
  const end = until ?? new Date().toISOString();
  if (options["dry-run"]) return print(`What was published from ${since} to ${end} would be published again on ${eventBusName}.`);
  if (!(await agreed(`Publish again, to every subscriber, what was published from ${since} to ${end}?`, Infinity, options)))
    return print("Nothing is changed.", 1);
  const { ReplayArn, State } = await startReplay(target, since, end);
  return print(options.json ? JSON.stringify({ ReplayArn, State }) : `${ReplayArn} is ${State}.`);
}

async function stats(target: Target, options: Options): Promise<number> {
  const counts = await countEvents(target, readFilters(options));
  const deadLetters = await countLetters(target);
  if (options.json) return print(JSON.stringify({ ...counts, deadLetters }));
  for (const [status, count] of Object.entries(counts)) print(`${status.padEnd(12)} ${String(count).padStart(8)}`);
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

function print(line: string, code = 0): number {
  console.log(line);
  return code;
}

void runCommand(main);
