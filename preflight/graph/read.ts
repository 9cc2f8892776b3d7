import * as zod from "zod";
import type { GraphResource } from "./resource";

/** Error for text that is not a resource graph. The message says where and what to do. */
export class GraphError extends Error {}

const resource = zod.object({
  urn: zod.string().startsWith("urn:pulumi:"),
  type: zod.string(),
  name: zod.string(),
  custom: zod.boolean(),
  inputs: zod.record(zod.string(), zod.unknown()),
  /** Missing in graphs of older versions. */
  outputs: zod.record(zod.string(), zod.unknown()).default({}),
  parent: zod.string(),
  dependencies: zod.array(zod.string()),
  propertyDependencies: zod.record(zod.string(), zod.array(zod.string())),
  protect: zod.boolean(),
  retainOnDelete: zod.boolean(),
}) satisfies zod.ZodType<GraphResource>;

/**
 * Reads what `npx webhook-pipeline stack graph` wrote.
 * @param name name of the text in error messages: its file
 * @throws GraphError that says where the text has the wrong form
 */
export function readGraph(text: string, name: string): GraphResource[] {
  const { success, data, error } = zod.array(resource).safeParse(parse(text, name));
  if (success) return data;
  const [{ path, message }] = error.issues;
  throw new GraphError(`${name} is not a resource graph: ${message}${path.length > 0 ? ` at ${path.join(".")}` : ""}. ${howTo}`);
}

const howTo = "Create one with npx webhook-pipeline stack graph.";

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphError(`${name} is not a resource graph: it is not JSON. ${howTo}`);
  }
}
