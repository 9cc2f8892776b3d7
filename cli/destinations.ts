import { createRequire } from "node:module";
import { Option, type Command } from "commander";
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

/** Adds `destinations …`. */
export function addDestinations(program: Command): void {
  const destinations = addGroup(program, "destinations", "Show, pause, test and repair the deliveries to your services.");
  for (const add of [addList, addShow, addPause, addResume, addTest, addRedeliver, addBackfill]) add(destinations);
}

const destinationArgument = ["<name>", "name of a destination"] as const;

function addList(destinations: Command): void {
  const list = destinations
    .command("list")
    .description("List the destinations: their state, and what waits, fails or is late.")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./destinations/list") as typeof import("./destinations/list"), "listDestinations"));
  withExamples(
    list,
    ["destinations list", "Lists the destinations of the local run."],
    ["destinations list --stack prod --json", "Lists those of the stack prod as JSON."],
  );
  withNotes(
    list,
    "WAITING: messages in the queue. IN FLIGHT: being sent, or waiting for the next attempt.",
    "OLDEST UNDELIVERED: when the event that has been tried again for longest was first tried.",
  );
}

function addShow(destinations: Command): void {
  const show = destinations
    .command("show")
    .description("Show a destination and its undelivered events, or the delivery of one event with its attempts.")
    .argument(...destinationArgument)
    .argument("[id]", "transaction ID, such as stripe#evt_1", transactionId)
    .addOption(new Option("--limit <n>", "number of undelivered events").argParser(wholeNumber(1, 10_000)).default(20))
    .option("--cursor <cursor>", "continue after the last event of an earlier list, which prints its cursor")
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./destinations/show") as typeof import("./destinations/show"), "showDestination"));
  withExamples(
    show,
    ["destinations show orders --stack prod", "Shows its settings and state, and what is undelivered, newest first."],
    ["destinations show orders 'stripe#evt_1'", "Shows each attempt to deliver one event: time, duration, and answer or error."],
  );
}

function addPause(destinations: Command): void {
  const pause = destinations
    .command("pause")
    .description("Stop the deliveries to a destination; its events wait.")
    .argument(...destinationArgument)
    .option("--reason <text>", "why, for those who see the pause")
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./destinations/pause") as typeof import("./destinations/pause"), "pauseDestination"));
  withExamples(
    pause,
    ["destinations pause orders", "Pauses a destination of the local run."],
    ["destinations pause orders --reason 'database migration' --stack prod", "Pauses one of the stack prod, after a question."],
  );
  withNotes(pause, "SQS deletes a message after 14 days. After a longer pause, send what was missed: destinations backfill.");
}

function addResume(destinations: Command): void {
  const resume = destinations
    .command("resume")
    .description("Start the deliveries to a paused destination again, slowly at first.")
    .argument(...destinationArgument)
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./destinations/pause") as typeof import("./destinations/pause"), "resumeDestination"));
  withExamples(
    resume,
    ["destinations resume orders", "Resumes a destination of the local run."],
    ["destinations resume orders --stack prod", "Resumes one that an operator, its endpoint or its breaker has paused."],
  );
}

function addTest(destinations: Command): void {
  const test = destinations
    .command("test")
    .description("Send a signed test event to a destination, and print its answer.")
    .argument(...destinationArgument)
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./destinations/test") as typeof import("./destinations/test"), "testDestination"));
  withExamples(
    test,
    ["destinations test orders", "Tests a destination of the local run: exit code 0 if it accepts the event."],
    ["destinations test orders --stack prod", "Posts an event of the type webhook.test to the service itself."],
  );
}

function addRedeliver(destinations: Command): void {
  const redeliver = destinations
    .command("redeliver")
    .description("Send events to one destination again, and remove their dead letters.")
    .argument(...destinationArgument)
    .argument("[ids...]", "transaction IDs; or --failed", transactionIds)
    .option("--failed", "send every event whose delivery failed for good")
    .addOption(rateOption())
    .addOption(continueOption())
    .option("--dry-run", "print what would be sent, and change nothing")
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./destinations/redeliver") as typeof import("./destinations/redeliver"), "redeliverEvents"));
  withExamples(
    redeliver,
    ["destinations redeliver orders 'stripe#evt_1'", "Delivers one event again, also if it was delivered before."],
    ["destinations redeliver orders --failed --stack prod", "Delivers what failed for good, after a question."],
  );
}

function addBackfill(destinations: Command): void {
  const backfill = destinations
    .command("backfill")
    .description("Send stored events to one destination: those of a period that match its filters.")
    .argument(...destinationArgument)
    .option("--since <time>", `received at or after this time (UTC): ${timeFormats}`)
    .option("--until <time>", "received at or before this time; now if left out")
    .addOption(rateOption())
    .addOption(continueOption())
    .option("--dry-run", "count what would be sent, and change nothing; with --json, print the IDs")
    .addOption(yesOption())
    .addOption(targetOption())
    .addOption(jsonOption())
    .action(lazily(() => load("./destinations/backfill") as typeof import("./destinations/backfill"), "backfillDestination"));
  withExamples(
    backfill,
    ["destinations backfill orders --since 2d --dry-run", "Counts what the last two days would send."],
    ["destinations backfill orders --since yesterday --until today --rate 20 --stack prod", "Sends a day of events, 20 a second."],
  );
  withNotes(
    backfill,
    "It counts first, and asks. No other destination gets the events. Those that were delivered before are",
    "delivered again. Ctrl-C stops it in good order, and prints the command that continues.",
  );
}

const continueOption = () => new Option("--continue <operation>", "continue an interrupted operation, which has printed its name");
