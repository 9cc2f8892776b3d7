import { Command, CommanderError } from "commander";
import { runCommand, UsageError } from "./errors";

/** Makes a program that leaves its errors to `runProgram`. @param name as a person types it */
export function programOf(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
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

/** Runs a program of the repository's own with this process's arguments. @param main takes its options, and returns the exit code */
export function runScript<Options>(program: Command, main: (options: Options) => Promise<number>): Promise<void> {
  return runProgram(
    program.action(async (options: Options) => void (process.exitCode = await main(options))),
    process.argv.slice(2),
  );
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

/** `error: unknown option '--foo'\n(Did you mean --bar?)` becomes `Unknown option "--foo". Did you mean "--bar"?` */
function sentence(message: string): string {
  const [problem, suggestion] = message
    .replace(/^error: /, "")
    .replaceAll("'", '"')
    .split("\n");
  const first = problem[0].toUpperCase() + problem.slice(1);
  const hint = suggestion?.replace(
    /^\(Did you mean (?:one of )?(.+)\?\)$/,
    (_, names: string) => ` Did you mean "${names.replaceAll(", ", '" or "')}"?`,
  );
  return `${/[.?!]$/.test(first) ? first : `${first}.`}${hint ?? ""}`;
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
