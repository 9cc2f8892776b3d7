import { runCommand } from "../local/errors";
import { parseOptions } from "../local/options";
import { captureStack } from "./graphs";

/** `npm run --silent graph -- --stack dev`: the program's resources as JSON, with no AWS account and no Pulumi CLI. */
async function main(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await captureStack(stackOption()), undefined, 2)}\n`);
}

function stackOption(): string {
  return parseOptions({ options: { stack: { type: "string", default: "dev" } } }, "npm run --silent graph -- [--stack NAME]").values.stack;
}

// A reader that closes early (head, less) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void runCommand(main);
