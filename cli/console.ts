import { createRequire } from "node:module";
import { Option, type Command } from "commander";
import { lazily, targetOption, wholeNumber, withExamples, withNotes } from "./lib/command";

const load = createRequire(__filename);

/** Adds `console`. */
export function addConsole(program: Command): void {
  const command = program
    .command("console")
    .description("Serve a page on this machine that shows every event, and lets you act on it.")
    .addOption(targetOption())
    .option("--write", "let the page redrive, replay, redeliver, pause and resume in a deployed stack; it always may in the local run")
    .addOption(new Option("--port <n>", "port of the page; a free one if left out").argParser(wholeNumber(1, 65_535)))
    .option("--open", "open the page in the browser")
    .action(lazily(() => load("./console/serveConsole") as typeof import("./console/serveConsole"), "serveConsole"));
  withExamples(
    command,
    ["console --open", "Shows the local run, and opens the page."],
    ["console --stack prod", "Shows the stack prod, read-only."],
    ["console --stack prod --write", "Lets the page redrive failed events of the stack prod, too."],
  );
  withNotes(
    command,
    "It uses your own AWS credentials: the stack's output consolePolicy has what it needs, and operatorPolicy",
    "what --write needs. Only this machine reaches the page, by the address that is printed: keep its token secret.",
    "While a page is open and visible, it polls every three seconds in AWS: about two US cents a day.",
  );
}
