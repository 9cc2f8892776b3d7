import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "./errors";

/** A command's options and arguments. @throws UserError of one sentence that ends with the usage, if the command has no such option. */
export function parseOptions<Config extends ParseArgsConfig>(config: Config, usage: string): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's next sentence is about arguments that begin with a hyphen, which no command here takes.
    throw new UserError(`${(error as Error).message.split(/\.\s/)[0]}: ${usage}`);
  }
}
