import { createRequire } from "node:module";
import { InvalidArgumentError, Option, type Command } from "commander";
import { payloadChoices } from "../domain/destinations";
import { kinds, type Kind } from "../domain/event";
import { lazily, serviceUrl, targetOption, withExamples, withNotes } from "./lib/command";

const load = createRequire(__filename);

/** Adds `listen`. */
export function addListen(program: Command): void {
  const listen = program
    .command("listen")
    .description("Forward the events of a deployed stack, signed, to a service that you work on, until Ctrl-C.")
    .addOption(
      new Option("--forward-to <url>", "URL of the service, such as http://127.0.0.1:3000/hooks")
        .argParser(serviceUrl)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--sources <names>", "events of these sources, separated by commas; of all if left out").argParser(listOf))
    .option("--kinds <names>", `events of these kinds, separated by commas; of all if left out: ${kinds.join(", ")}`, kindsOf)
    .addOption(
      new Option("--payload <choice>", "what each request contains, like the key payload of a destination")
        .choices(payloadChoices)
        .default("none"),
    )
    .addOption(targetOption())
    .addOption(new Option("--json", "print one JSON object a line, and nothing else, on standard output"))
    .action(lazily(() => load("./listen/listen") as typeof import("./listen/listen"), "listen"));
  withExamples(
    listen,
    ["listen --stack dev --forward-to http://127.0.0.1:3000/hooks", "Posts each new event of the stack dev to a service on this machine."],
    ["listen --stack dev --forward-to http://127.0.0.1:3000 --sources stripe --kinds refund", "Posts Stripe's refunds only."],
  );
  withNotes(
    listen,
    "It makes a temporary queue and a rule on the event bus, named webhook-listen-…, and removes them at the",
    "end. If the process dies, they stay. After a day, the next listen removes them, or the reconciler if it",
    "reaches EventBridge. In AWS, the first events can take a minute. An event is posted once, whatever the",
    "service answers. Destinations get it as always.",
  );
}

/** Reads words that commas separate. @throws InvalidArgumentError if there is none */
function listOf(given: string): string[] {
  const words = given.split(",").map((word) => word.trim());
  if (words.some((word) => word === "")) throw new InvalidArgumentError("Allowed: names, separated by commas.");
  return words;
}

/** Reads kinds that commas separate. @throws InvalidArgumentError that lists the kinds */
function kindsOf(given: string): Kind[] {
  const words = listOf(given);
  const unknown = words.find((word) => !kinds.some((kind) => kind === word));
  if (unknown !== undefined) throw new InvalidArgumentError(`Unknown kind "${unknown}". Kinds: ${kinds.join(", ")}.`);
  return words as Kind[];
}
