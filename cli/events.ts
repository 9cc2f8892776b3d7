import { createRequire } from "node:module";
import { Option, type Command } from "commander";
import { addGroup, jsonOption, lazily, targetOption, wholeNumber, withExamples, yesOption } from "./lib/command";

const load = createRequire(__filename);

/** Adds `events …`. */
export function addEvents(program: Command): void {
  const events = addGroup(program, "events", "Find, follow and repair events, on the local run or in a deployed stack.");
  for (const add of [addList, addShow, addTail, addRedrive, addReplay, addStats]) add(events);
}

/** Adds the options that choose events. */
function withFilters(command: Command): Command {
  return command
    .option("--source <name>", "events of this source")
    .option("--kind <kind>", "events of this kind, such as refund")
    .option("--status <status>", "events of this status: RECEIVED, PROCESSING, PROCESSED or FAILED")
    .option("--since <time>", "received at or after this time: 2026-01-31T12:00:00Z, or 30m, 6h, 2d ago")
    .option("--until <time>", "received at or before this time");
}

function addList(events: Command): void {
  const list = withFilters(events.command("list").description("List events, newest first."))
    .addOption(new Option("--limit <n>", "number of events").argParser(wholeNumber(1, 1_000_000)).default(50))
    .option("--cursor <cursor>", "continue after the last event of an earlier list")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/find") as typeof import("./events/find"), "listEvents"));
  withExamples(
    list,
    ["events list --status FAILED", "Lists what failed, with each event's error."],
    ["events list --kind refund --since 1d --stack prod", "Lists the refunds that arrived in the last 24 hours."],
  );
}

function addShow(events: Command): void {
  const show = events
    .command("show")
    .description("Show one event: its timeline, what it means, its attempts, and its error.")
    .argument("<id>", "transaction ID, such as stripe#evt_1")
    .option("--payload", "print the body as well; into a file or a pipe, its exact bytes and nothing else")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/show") as typeof import("./events/show"), "showEvent"));
  withExamples(
    show,
    ["events show 'stripe#evt_1'", "Shows when the event was received, claimed, published and finished."],
    ["events show 'stripe#evt_1' --payload > body.json", "Writes the body, byte for byte as it was received."],
  );
}

function addTail(events: Command): void {
  const tail = withTailFilters(events.command("tail").description("Print events as they arrive and as their status changes, until Ctrl-C."))
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/tail") as typeof import("./events/tail"), "tailEvents"));
  withExamples(
    tail,
    ["events tail", "Follows the events of the local run."],
    ["events tail --status FAILED --stack prod", "Prints each event of the stack prod that fails."],
  );
}

function withTailFilters(command: Command): Command {
  return command
    .option("--source <name>", "events of this source")
    .option("--kind <kind>", "events of this kind, such as refund")
    .option("--status <status>", "events of this status");
}

function addRedrive(events: Command): void {
  const redrive = withFilters(
    events.command("redrive").description("Put failed events back into the pipeline, and remove their dead letters."),
  )
    .argument("[ids...]", "transaction IDs; or --all with filters")
    .option("--all", "redrive every event that fits the filters; FAILED ones unless --status says otherwise")
    .addOption(new Option("--rate <n>", "events a second, at most").argParser(wholeNumber(1, 1_000)).default(50))
    .option("--dry-run", "print what would be redriven, and change nothing")
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/redrive") as typeof import("./events/redrive"), "redriveEvents"));
  withExamples(
    redrive,
    ["events redrive 'stripe#evt_1'", "Puts one failed event back."],
    ["events redrive --all --since 6h --stack prod", "Puts back what failed in the last six hours, after a question."],
  );
}

function addReplay(events: Command): void {
  const replay = events
    .command("replay")
    .description("Publish events again, to every subscriber or to one rule.")
    .argument("[ids...]", "transaction IDs; or --since with filters")
    .option("--source <name>", "events of this source")
    .option("--kind <kind>", "events of this kind, such as refund")
    .option("--since <time>", "received at or after this time: 2026-01-31T12:00:00Z, or 30m, 6h, 2d ago")
    .option("--until <time>", "received at or before this time; now if left out")
    .option("--rule <name>", "publish to this rule of the event bus only")
    .option("--dry-run", "print what would be published, and change nothing")
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./events/replay") as typeof import("./events/replay"), "replayEvents"));
  withExamples(
    replay,
    ["events replay 'stripe#evt_1'", "Publishes one event again."],
    ["events replay --since 2d --kind refund --rule accounting --stack prod", "Publishes two days of refunds again, to one rule."],
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
