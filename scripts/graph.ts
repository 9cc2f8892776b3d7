import { parseArgs } from "node:util";
import { ConfigurationError } from "../config";
import { captureProgram } from "../graph/capture";
import type { GraphResource, Registration } from "../graph/resource";
import { runCommand, UserError } from "../local/errors";
import { projectName, readStackConfig } from "./stackConfig";

/** `npm run --silent graph -- --stack dev`: the program's resources as JSON, with no AWS account and no Pulumi CLI. */
async function main(): Promise<void> {
  const stack = parseStack();
  const config = readStackConfig(stack) as { "aws:region": string };
  const { resources } = await captureProgram({ project: projectName(), stack, config }).catch((error: unknown) => {
    throw isConfigurationError(error) ? new UserError((error as Error).message) : error;
  });
  process.stdout.write(`${JSON.stringify(resources.map(graphFields), undefined, 2)}\n`);
}

/** The program loads its own copy of the class, so the class itself does not tell. */
function isConfigurationError(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === ConfigurationError.name;
}

function parseStack(): string {
  try {
    return parseArgs({ options: { stack: { type: "string", default: "dev" } } }).values.stack;
  } catch (error) {
    throw new UserError(`npm run --silent graph -- [--stack NAME]: ${(error as Error).message}`);
  }
}

/** The graph's own fields, in their documented order. */
function graphFields(registration: Registration): GraphResource {
  const { urn, type, name, custom, inputs, parent, dependencies, propertyDependencies, protect, retainOnDelete } = registration;
  return { urn, type, name, custom, inputs, parent, dependencies, propertyDependencies, protect, retainOnDelete };
}

// A reader that closes early (head, less) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void runCommand(main);
