import { parseArgs } from "node:util";
import { runCommand, UserError } from "../local/errors";
import { captureStack } from "./graphs";

/** `npm run --silent graph -- --stack dev`: the program's resources as JSON, with no AWS account and no Pulumi CLI. */
async function main(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await captureStack(parseStack()), undefined, 2)}\n`);
}

function parseStack(): string {
  try {
    return parseArgs({ options: { stack: { type: "string", default: "dev" } } }).values.stack;
  } catch (error) {
    throw new UserError(`npm run --silent graph -- [--stack NAME]: ${(error as Error).message}`);
  }
}

// A reader that closes early (head, less) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void runCommand(main);
