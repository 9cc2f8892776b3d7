import { runCommand } from "./lib/errors";
import { parseOptions } from "./lib/options";
import { print } from "./lib/output";
import { captureStack } from "./lib/graphs";

/** `npm run --silent graph -- --stack dev`: the program's resources as JSON, with no AWS account and no Pulumi CLI. */
async function main(): Promise<void> {
  print(JSON.stringify(await captureStack(stackOption()), undefined, 2));
}

function stackOption(): string {
  return parseOptions({ options: { stack: { type: "string", default: "dev" } } }, "npm run --silent graph -- [--stack NAME]").values.stack;
}

void runCommand(main);
