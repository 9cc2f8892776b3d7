import { InvalidArgumentError, Option, type Argument, type Command } from "commander";
import { didYouMean } from "../../config/problems";
import { catalogProviders } from "../../domain/catalog";
import { longestKeyBytes } from "../../domain/event";
import { codedProviders } from "../../domain/sources";
import { programName } from "./programName";

/** A command's action. `find` loads the module and returns its function without running it. */
export type LazyAction = ((...given: unknown[]) => Promise<void>) & { find(): unknown };

/**
 * Makes a command's action. It loads the module that does the work when the command runs, so that help stays fast.
 * @param load imports the module
 * @param name of its function, which takes the command's arguments and options and returns the exit code; 0 if it returns nothing
 */
export function lazily<Name extends string, Run extends (...args: never[]) => Promise<number | void>>(
  load: () => Record<Name, Run>,
  name: Name,
): LazyAction {
  const find = () => load()[name] as unknown as (...args: unknown[]) => Promise<number | void>;
  const action = async (...given: unknown[]) => {
    // Commander's last argument is the command itself.
    process.exitCode = (await find()(...given.slice(0, -1))) ?? 0;
  };
  return Object.assign(action, { find });
}

/** Tells whether an argument is a file, by its name. */
export const isFileArgument = (argument: Argument) => /^(file|graph|base|head)$/.test(argument.name());

/** Adds a command that groups others. */
export function addGroup(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).helpCommand(false);
}

/** Adds examples to a command's help: each a command line without the program's name, and a sentence that says what it does. */
export function withExamples(command: Command, ...examples: readonly (readonly [line: string, meaning: string])[]): Command {
  const lines = examples.map(([line, meaning]) => `  $ npx ${programName} ${line}\n      ${meaning}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** Reads a whole number with these bounds. @throws InvalidArgumentError that says what is allowed */
export function wholeNumber(least: number, most: number): (given: string) => number {
  return (given) => {
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= least && value <= most) return value;
    const bounds = [least, most].map((bound) => bound.toLocaleString("en"));
    throw new InvalidArgumentError(`Allowed: a whole number from ${bounds.join(" to ")}.`);
  };
}

/** Reads a transaction ID. @throws InvalidArgumentError if it cannot be one */
export function transactionId(given: string): string {
  if (given !== "" && Buffer.byteLength(given) <= longestKeyBytes) return given;
  throw new InvalidArgumentError(`Allowed: a transaction ID of 1 to ${longestKeyBytes.toLocaleString("en")} bytes, such as stripe#evt_1.`);
}

/** Reads one more transaction ID. @throws InvalidArgumentError if it cannot be one */
export const transactionIds = (given: string, before: string[] = []) => [...before, transactionId(given)];

/** Reads the URL of an endpoint, and drops a slash at its end. @throws InvalidArgumentError if it is not http or https */
export function endpointUrl(given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given.replace(/\/$/, "");
  throw new InvalidArgumentError("Allowed: an http or https URL, such as http://127.0.0.1:4566.");
}

/** Reads the URL of a service. @throws InvalidArgumentError if it is not http or https */
export function serviceUrl(given: string): string {
  const { protocol, username, hash } = URL.canParse(given) ? new URL(given) : new URL("none:");
  if (/^https?:$/.test(protocol) && username === "" && hash === "") return given;
  throw new InvalidArgumentError("Allowed: an http or https URL, such as http://127.0.0.1:3000/hooks.");
}

/** Reads the URL of a service on this machine. @throws InvalidArgumentError if it is of another machine, or not http */
export function loopbackUrl(given: string): string {
  const { protocol, hostname, username, hash } = URL.canParse(given) ? new URL(given) : new URL("none:");
  if (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) && username === "" && hash === "") return given;
  throw new InvalidArgumentError(
    "Allowed: an http URL of this machine, such as http://127.0.0.1:3000/hooks. To post to another one, configure a destination (docs/destinations.md).",
  );
}

/** Reads a whole number with these bounds, also with an exponent, such as 1e6. @throws InvalidArgumentError that says what is allowed */
export function largeNumber(least: number, most: number): (given: string) => number {
  return (given) => {
    const value = Number(given);
    if (/^\d+(e\d+)?$/.test(given) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most.toLocaleString("en")}, such as 1e6.`);
  };
}

/** Returns the option of a command that prints data. */
export const jsonOption = () => new Option("--json", "print JSON, and nothing else, on standard output");

/** Returns the option of a command that works on the local run or a deployed stack. */
export const targetOption = () => new Option("--stack <name>", "use this deployed stack instead of the local run");

/** Returns the option of a command that asks before it changes something. */
export const yesOption = () => new Option("--yes", "do not ask for confirmation");

/** Returns the option of a command that works on many events. */
export const rateOption = () => new Option("--rate <n>", "events a second, at most").argParser(wholeNumber(1, 1_000)).default(50);

/** Times that `--since` and `--until` take. */
export const timeFormats = "2026-01-31T12:00:00Z, today, yesterday, or 30m, 6h, 2d ago";

/** Adds what the options alone do not say to the end of a command's help. */
export function withNotes(command: Command, ...lines: readonly string[]): void {
  command.addHelpText("after", `\n${lines.join("\n")}`);
}

/** Parses the value of `--sources`: names of providers, separated by commas, or `all`. @throws InvalidArgumentError if there is no such provider */
export function providerNames(text: string): string[] {
  const known = [...codedProviders, ...catalogProviders, "example", "all"];
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`Unknown provider "${unknown}".${didYouMean(unknown, known)} docs/catalog.md lists them.`);
  return names;
}
