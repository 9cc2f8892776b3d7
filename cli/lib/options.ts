import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./errors";

export const flag = { type: "boolean" } as const;
export const text = { type: "string" } as const;

/** Reads a number. @throws UsageError that names the option, what it is, and what is allowed. */
export function wholeNumber(option: string, given: string, least: number, most: number): number {
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= least && value <= most) return value;
  const bounds = [least, most].map((bound) => bound.toLocaleString("en"));
  throw new UsageError(`${option} is "${given}", but must be a whole number from ${bounds.join(" to ")}.`);
}

/** Reads a command's options and arguments. @throws UsageError of one sentence that ends with the usage, if the command has no such option. */
export function parseOptions<Config extends ParseArgsConfig>(config: Config, usage: string): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's next sentence is about arguments that begin with a hyphen, which no command here takes.
    throw new UsageError(`${(error as Error).message.split(/\.\s/)[0]}: ${usage}`);
  }
}

/** Refuses arguments of a command that would ignore them. @throws UsageError if there are some */
export function refuseArguments(command: string): void {
  parseOptions({ options: {} }, `${command} takes no arguments`);
}
