import { runCommand } from "./lib/errors";
import { parseOptions, text } from "./lib/options";
import { print } from "./lib/output";
import { captureStack } from "./lib/graphs";

/** `npm run --silent graph -- --stack dev`: the program's resources as JSON, with no AWS account and no Pulumi CLI. */
async function main(): Promise<void> {
  const options = { stack: { ...text, default: "dev" } };
  const { stack } = parseOptions({ options }, "npm run --silent graph -- [--stack NAME]").values;
  print(JSON.stringify(await captureStack(stack), undefined, 2));
}

void runCommand(main);
