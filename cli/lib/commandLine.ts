import { Command, CommanderError } from "commander";
import { runCommand, UsageError } from "./errors";

/**
 * Creates a program that refuses unknown options, commands and arguments. `runStrictCommand` prints the refusal.
 * @param name as a person types it, such as `npm test --`
 */
export function createStrictCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
}

/** Runs a command line and sets the exit code. With `--json`, prints a failure as `{error, code}` on standard output, too. */
export async function runStrictCommand(program: Command, args: readonly string[]): Promise<void> {
  await runCommand(() => runCommandLine(program, args), args.includes("--json"));
}

/** Parses a command line and runs its command. @throws UsageError if the program does not understand it */
export async function runCommandLine(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(program, args, error);
  }
}

/** Turns Commander's message into what is wrong, what is allowed, and where to look. */
function usageError(program: Command, args: readonly string[], error: CommanderError): UsageError {
  const command = commandOf(program, args);
  const problem = problemOf(command, error);
  const commands = command.commands.map((child) => child.name());
  const allowed = commands.length > 0 ? ` Commands: ${commands.join(", ")}.` : "";
  return new UsageError(`${problem}${allowed} See "${pathOf(command)} --help".`);
}

function problemOf(command: Command, { code, message }: CommanderError): string {
  // Commander has printed the help of the group.
  if (code === "commander.help") return `${pathOf(command)} needs a command.`;
  if (code === "commander.excessArguments") return `Unexpected argument "${command.args[command.registeredArguments.length]}".`;
  if (code === "commander.optionMissingArgument")
    return sentence(message).replace(/^Option "(?:-\w, )?([^ "]+) ?([^"]*)".*/, "$1 needs a value: $2.");
  return sentence(message)
    .replace(/^Option "([^ "]+)[^"]*" argument ("[^]*?") is invalid\. /, "$1 is $2. ")
    .replace(/^Command-argument value ("[^"]*") is invalid for argument "([^"]+)"/, "$2 is $1")
    .replace("Allowed choices are", "Allowed:");
}

/** `error: unknown option '--foo'\n(Did you mean --bar?)` becomes `Unknown option "--foo". Did you mean --bar?` */
function sentence(message: string): string {
  const [problem, suggestion] = message
    .replace(/^error: /, "")
    .replaceAll("'", '"')
    .split("\n");
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

/** Returns a command's name with those of its groups: `npx webhook-pipeline events list`. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}
