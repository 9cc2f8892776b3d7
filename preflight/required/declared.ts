import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { GraphResource } from "../../graph/resource";
import { sourcePlaceholder } from "../../domain/names";
import { Type } from "../../graph/types";
import { fields, type Graph, isKnown, textInput, valueAt } from "../graph";
import { matches } from "../iam/document";

/** Environment variables and AWS calls that a handler declares. */
export interface Declaration {
  /** Environment variables that the code reads. */
  variables: string[];
  /** Calls to AWS. `resource` is the variable with the resource's name, URL or ARN, or with the pattern of the secrets' names; `index` is the
   * table's index that the call reads. */
  calls: { action: string; resource: string; index?: string }[];
}

const folder = path.resolve(__dirname, "..", "..", "handlers");

/** Reads the declaration of one of this program's own functions, from the file beside its handler. Loads no handler. */
export function declarationOf(resource: GraphResource): Declaration | undefined {
  const handler = variablesOf(resource).POWERTOOLS_SERVICE_NAME;
  const file = path.join(folder, `${String(handler)}.permissions.json`);
  const isOwn = resource.parent.includes("webhook:index:LambdaFunction") && /^\w+$/.test(String(handler)) && existsSync(file);
  return isOwn ? (JSON.parse(readFileSync(file, "utf8")) as Declaration) : undefined;
}

/** Returns a function's environment variables. */
export function variablesOf(resource: GraphResource): Record<string, unknown> {
  return fields(valueAt(resource, "environment.variables"));
}

/** Finds the table, queue, bucket or secrets that a variable names; `undefined` for a name that is not in the graph. */
export function namedBy(graph: Graph, value: unknown): (GraphResource | undefined)[] {
  if (typeof value !== "string" || !isKnown(value)) return [];
  if (!value.includes(sourcePlaceholder)) return [graph.find(value, Type.table, Type.queue, Type.bucket, Type.secret)];
  const secrets = graph.all(Type.secret).filter((one) => matches(value.replace(sourcePlaceholder, "*"), textInput(one, "name") ?? ""));
  return secrets.length > 0 ? secrets : [undefined];
}
