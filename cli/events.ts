import { createRequire } from "node:module";
import { Option, type Command } from "commander";
import { kinds } from "../domain/event";
import {
  addGroup,
  jsonOption,
  lazily,
  rateOption,
  targetOption,
  timeFormats,
  transactionId,
  transactionIds,
  wholeNumber,
  withExamples,
  withNotes,
  yesOption,
} from "./lib/command";

const load = createRequire(__filename);

/** Adds `events …`. */
export function addEvents(program: Command): void {
  const events = addGroup(program, "events", "Find, follow and repair events, on the local run or in a deployed stack.");
  for (const add of [addList, addShow, addTail, addRedrive, addReplay, addStats]) add(events);
}

/** Adds the options that choose events by what they are. */
function withProperties(command: Command): Command {
  return command.option("--source <name>", "events of this source").option("--kind <kind>", `events of this kind: ${kinds.join(", ")}`);
}

/** Adds the options that choose events. */
function withFilters(command: Command): Command {
  return withProperties(command)
    .option("--status <status>", "events of this status: RECEIVED, PROCESSING, PROCESSED or FAILED")
    .option("--since <time>", `received at or after this time (UTC): ${timeFormats}`)
    .option("--until <time>", "received at or before this time");
}

function addList(events: Command): void {
  const list = withFilters(events.command("list").description("List events, newest first."))
    .option("--min-amount <amount>", "events of at least this amount, such as 100 or 99.50, in major units of any currency")
    .option("--currency <code>", "events with an amount in this currency, such as EUR")
    .addOption(new Option("--limit <n>", "number of events").argParser(wholeNumber(1, 1_000_000)).default(50))
    .option("--cursor <cursor>", "continue after the last event of an earlier list, which prints its cursor")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/list") as typeof import("./events/list"), "listEvents"));
  withExamples(
    list,
    ["events list --status FAILED", "Lists what failed, with each event's error."],
    ["events list --kind refund --min-amount 100 --since yesterday --until today", "Lists yesterday's refunds of 100 or more."],
    ["events list --source stripe --since 6h --stack prod", "Lists what Stripe sent to the stack prod in the last six hours."],
    ["events list --limit 10 --json | jq .events", "Prints the last ten events as a JSON array."],
  );
}

function addShow(events: Command): void {
  const show = events
    .command("show")
    .description("Show one event: its meaning, its timeline, its attempts and its error.")
    .argument("<id>", "transaction ID, such as stripe#evt_1", transactionId)
    .option("--payload", "print the body, too; to a file or a pipe, print the exact bytes of the body alone")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/show") as typeof import("./events/show"), "showEvent"));
  withExamples(
    show,
    ["events show 'stripe#evt_1'", "Shows its amount, and when it was received, claimed and finished."],
    ["events show 'stripe#evt_1' --payload > body.json", "Writes the body, byte for byte as it was received."],
  );
}

function addTail(events: Command): void {
  const tail = withProperties(events.command("tail").description("Print events as they arrive and as their status changes, until Ctrl-C."))
    .option("--status <status>", "events that reach this status: RECEIVED, PROCESSING, PROCESSED or FAILED")
    .addOption(targetOption())
    .addOption(new Option("--json", "print one JSON object a line, and nothing else, on standard output"))
    .action(lazily(() => load("./events/tail") as typeof import("./events/tail"), "tailEvents"));
  withExamples(
    tail,
    ["events tail", "Follows the events of the local run."],
    ["events tail --status FAILED --stack prod", "Prints each event of the stack prod that fails."],
  );
  withNotes(
    tail,
    "Polls every second on the local run, and every three seconds in AWS. A poll is four queries:",
    "about one US cent a day, and more while many events arrive.",
    "It misses an event that was received more than 30 seconds ago, if its redrive begins and ends between polls.",
  );
}

function addRedrive(events: Command): void {
  const redrive = withFilters(events.command("redrive").description("Redrive failed events, and remove their dead letters."))
    .argument("[ids...]", "transaction IDs; or --all with filters", transactionIds)
    .option("--all", "redrive every event that fits the filters; FAILED ones unless --status says otherwise")
    .addOption(rateOption())
    .option("--dry-run", "print what would be redriven, and change nothing")
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/redrive") as typeof import("./events/redrive"), "redriveEvents"));
  withExamples(
    redrive,
    ["events redrive 'stripe#evt_1'", "Redrives one failed event."],
    ["events redrive --all --since 6h --stack prod", "Redrives what failed in the last six hours, after a question."],
  );
}

function addReplay(events: Command): void {
  const replay = withProperties(events.command("replay").description("Publish events again, to every rule of the event bus or to one."))
    .argument("[ids...]", "transaction IDs; or filters", transactionIds)
    .option("--since <time>", `from this time (UTC): ${timeFormats}`)
    .option("--until <time>", "up to this time; now if left out")
    .option("--rule <name>", "publish to this rule of the event bus only; with --since and --until alone")
    .addOption(rateOption())
    .option("--dry-run", "print what would be published, and change nothing")
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/replay") as typeof import("./events/replay"), "replayEvents"));
  withExamples(
    replay,
    ["events replay 'stripe#evt_1'", "Publishes one event again, to every rule."],
    ["events replay --kind refund --since 2d --stack prod", "Publishes two days of refunds again, to every rule."],
    ["events replay --since yesterday --until today --rule accounting --stack prod", "Publishes a day again, to the rule accounting only."],
  );
  withNotes(
    replay,
    "With IDs, --source or --kind, it publishes PROCESSED events again; --since and --until are times of",
    "receipt. Every rule gets them: EventBridge has no way to publish one event to one rule. Destinations that",
    "have delivered an event, or failed to, do not deliver it again: use destinations redeliver.",
    "With --since and --until alone, EventBridge replays its archive: everything that was published in that",
    "time, by whole minutes, with the field replay-name. Only such a replay can address one rule.",
  );
}

function addStats(events: Command): void {
  const stats = withFilters(events.command("stats").description("Count events by status, and dead letters."))
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/stats") as typeof import("./events/stats"), "countEvents"));
  withExamples(
    stats,
    ["events stats", "Counts the events of the local run."],
    ["events stats --source stripe --since 1d --stack prod", "Counts a day of Stripe's events."],
  );
}
