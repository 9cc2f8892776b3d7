import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./errors";

/** @throws UsageError that names the option, what it is, and what is allowed. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const bounds = [least, most].map((bound) => bound.toLocaleString("en"));
  throw new UsageError(`${option} is "${text}", but must be a whole number from ${bounds.join(" to ")}.`);
}

/** A command's options and arguments. @throws UsageError of one sentence that ends with the usage, if the command has no such option. */
export function parseOptions<Config extends ParseArgsConfig>(config: Config, usage: string): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's next sentence is about arguments that begin with a hyphen, which no command here takes.
    throw new UsageError(`${(error as Error).message.split(/\.\s/)[0]}: ${usage}`);
  }
}

/** For a command without any: what is given would be ignored. @throws UsageError if there is something */
export function refuseArguments(command: string): void {
  parseOptions({ options: {} }, `${command} takes no arguments`);
}
