import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { GraphResource } from "../graph/resource";
import { DestinationTag } from "../../domain/destinations";
import { secretOwner, namePlaceholder } from "../../domain/names";
import { Type } from "../graph/types";
import { fields, type Graph, isKnown, textInput, valueAt } from "../graph/graph";
import { matches } from "../iam/document";
import { tagsOf } from "../tags";

/** Environment variables and AWS calls that a handler declares. */
export interface Declaration {
  /** Environment variables that the code reads. */
  variables: string[];
  /** Calls to AWS. `resource` is the variable with the resource's name, URL or ARN, or with the pattern of names; `*` for a call that AWS limits
   * to no resource; `own mappings`, the event source mappings that call the function; or `listeners`, the temporary rules and queues of `listen`.
   * `index` is the table's index that the call reads. `if` is a variable without whose value the call is not made. */
  calls: Call[];
}

export interface Call {
  action: string;
  resource: string;
  index?: string;
  if?: string;
}

/** Stands for the event source mappings that call the function. */
export const ownMappings = "own mappings";
/** Stands for the temporary rules and queues of `listen`. */
export const listeners = "listeners";

const folder = path.resolve(__dirname, "..", "..", "handlers");

/**
 * Reads the declaration of one of this program's own functions, from the file beside its handler. Loads no handler.
 * @returns with the calls that it makes in this environment
 */
export function declarationOf(resource: GraphResource): Declaration | undefined {
  const own = variablesOf(resource);
  const handler = own.POWERTOOLS_SERVICE_NAME;
  const file = path.join(folder, `${String(handler)}.permissions.json`);
  const isOwn = resource.parent.includes("webhook:index:LambdaFunction") && /^\w+$/.test(String(handler)) && existsSync(file);
  if (!isOwn) return undefined;
  const { variables, calls } = JSON.parse(readFileSync(file, "utf8")) as Declaration;
  return { variables, calls: calls.filter((call) => call.if === undefined || own[call.if] !== "") };
}

/** Returns a function's environment variables. */
export function variablesOf(resource: GraphResource): Record<string, unknown> {
  return fields(valueAt(resource, "environment.variables"));
}

/**
 * Finds the table, queue, bucket or secrets that a variable names; `undefined` for a name that is not in the graph. A name with a placeholder
 * stands for one resource of each source, or of each destination to which the function posts.
 */
export function namedBy(graph: Graph, value: unknown): (GraphResource | undefined)[] {
  if (typeof value !== "string" || !isKnown(value)) return [];
  if (!value.includes(namePlaceholder)) return [graph.find(value, Type.table, Type.queue, Type.bucket, Type.secret)];
  const ofDestinations = value.includes(secretOwner(namePlaceholder));
  const pattern = value.replace(namePlaceholder, "*");
  const named = [...graph.all(Type.secret), ...graph.all(Type.queue)].filter(
    (one) => (tagsOf(one)[DestinationTag.type] === "https") === ofDestinations && matches(pattern, addressOf(one)),
  );
  return named.length > 0 ? named : [undefined];
}

/** Returns what a variable holds of a resource: a secret's name, or a queue's URL. */
function addressOf(resource: GraphResource): string {
  return resource.type === Type.secret ? (textInput(resource, "name") ?? "") : String(resource.outputs.url);
}
