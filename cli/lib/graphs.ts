import { readFileSync } from "node:fs";
import * as path from "node:path";
import { ConfigurationError, parseConfig } from "../../config/load";
import { captureProgram } from "../../preflight/graph/capture";
import { GraphError, readGraph } from "../../preflight/graph/read";
import type { GraphResource, Registration } from "../../preflight/graph/resource";
import { uniqueNames } from "../../preflight/graph/uniqueNames";
import { NotFoundError, UserError } from "../../domain/userError";
import type { Account } from "../../preflight/graph/graph";
import { projectName, readStackConfig, readStackFile } from "../../config/stackFile";

/**
 * Captures the graph of a stack.
 * @param changes values of keys that differ from the stack's file, in their form there
 * @throws NotFoundError if the stack has no file
 * @throws UserError if its configuration is refused
 */
export async function captureStack(stack: string, changes: Record<string, string> = {}): Promise<GraphResource[]> {
  const changed = Object.entries(changes).map(([key, value]) => [`${projectName()}:${key}`, value] as const);
  return captureConfig({ ...readStackConfig(stack), ...Object.fromEntries(changed) }, stack);
}

/** Captures the graph of a stack's file in any folder. @throws NotFoundError if there is none @throws UserError if it is refused */
export async function captureFile(file: string): Promise<GraphResource[]> {
  const [stack] = path.basename(file, ".yaml").split(".").slice(-1);
  const values = readStackFile(file, projectName());
  if (!values) throw new NotFoundError(`There is no file ${file}. Give the path of a stack's file, such as Pulumi.dev.yaml.`);
  return captureConfig(values, stack);
}

async function captureConfig(values: Record<string, string>, stack: string): Promise<GraphResource[]> {
  const config = values as { "aws:region": string };
  const { resources } = await captureProgram({ project: projectName(), stack, config }).catch((error: unknown) => {
    throw error instanceof ConfigurationError ? new UserError(error.message) : error;
  });
  return resources.map(graphFields);
}

/** Returns the limits of the account in a stack's file. @throws ConfigurationError if the file is refused */
export function accountOf(stack: string): Required<Account> {
  const config = parseConfig({ project: projectName(), stack, values: readStackConfig(stack) });
  return { concurrency: config.accountConcurrency, requestsPerSecond: config.accountRequestsPerSecond };
}

/** Returns the fields of a graph, in their documented order. Adds a name that Pulumi generates to the inputs, because AWS gets it. */
function graphFields(registration: Registration): GraphResource {
  const { urn, type, name, custom, outputs, parent, dependencies, propertyDependencies, protect, retainOnDelete } = registration;
  const isNamedByPulumi = uniqueNames.get(type)?.uniqueName === "name" && registration.inputs.name === undefined;
  const inputs = isNamedByPulumi ? { ...registration.inputs, name: outputs.name } : registration.inputs;
  return { urn, type, name, custom, inputs, outputs, parent, dependencies, propertyDependencies, protect, retainOnDelete };
}

/** Reads a graph. @throws NotFoundError if there is no such file @throws UserError if it cannot be read, or is not a graph */
export function readGraphFile(file: string): GraphResource[] {
  try {
    return readGraph(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof GraphError) throw new UserError(error.message);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new NotFoundError(`There is no file ${file}. Write a graph with "npx webhook-pipeline stack graph".`);
    if (code === "EISDIR") throw new UserError(`${file} is a folder. Allowed: a file that "npx webhook-pipeline stack graph" has written.`);
    throw new UserError(`${file} cannot be read: ${message}`);
  }
}
