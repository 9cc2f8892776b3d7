import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { addCompletion } from "./completion";
import { addEvents } from "./events";
import { programName } from "./lib/command";
import { runCommand, UsageError } from "./lib/errors";
import { addSecrets } from "./secrets";
import { addSend } from "./send";
import { addStack } from "./stack";
import { addStart } from "./start";

/** Creates the command line of people who run the pipeline; tools/commands.ts adds that of its developers. */
export function createProgram(): Command {
  const program = new Command(programName)
    .description("Run, operate and check the webhook pipeline.")
    .version(version)
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const add of [addStart, addSend, addEvents, addSecrets, addStack, addCompletion]) add(program);
  return program;
}

/** Runs a command line and sets the exit code. With `--json`, a failure is printed as `{error, code}` on standard output, too. */
export async function runProgram(program: Command, args: string[]): Promise<void> {
  await runCommand(async () => {
    try {
      await program.parseAsync(args, { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0) throw usageError(program, args, error);
    }
  }, args.includes("--json"));
}

/** Turns what Commander says of a command line into one sentence that ends with where to look. */
function usageError(program: Command, args: readonly string[], { code, message }: CommanderError): UsageError {
  const command = commandOf(program, args);
  // Commander has printed the help of a command that needs another one.
  const problem = code === "commander.help" ? `${pathOf(command)} needs a command.` : sentence(message);
  const commands = command.commands.map((child) => child.name());
  const allowed = commands.length > 0 ? ` Commands: ${commands.join(", ")}.` : "";
  return new UsageError(`${problem}${allowed} See "${pathOf(command)} --help".`);
}

/** `error: unknown option '--foo'\n(Did you mean --bar?)` becomes `Unknown option "--foo". Did you mean --bar?` */
function sentence(message: string): string {
  const [problem, suggestion] = message.replace(/^error: /, "").replaceAll("'", '"').split("\n");
  const first = problem[0].toUpperCase() + problem.slice(1);
  return `${/[.?!]$/.test(first) ? first : `${first}.`}${suggestion ? ` ${suggestion.replace(/^\((.*)\)$/, "$1")}` : ""}`;
}

/** Finds the innermost command that a command line names. */
function commandOf(program: Command, args: readonly string[]): Command {
  let command = program;
  for (const arg of args) {
    const child = command.commands.find((one) => one.name() === arg);
    if (!child) break;
    command = child;
  }
  return command;
}

function pathOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}
