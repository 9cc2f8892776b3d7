import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { fields, type Graph, isKnown, valueAt } from "../graph";
import { parseJson } from "../json";

/** What the code of a handler needs of its surroundings. */
export interface Declaration {
  /** Environment variables that it reads. */
  variables: string[];
  /** Calls to AWS: `resource` is the variable that names what one is about, a resource's name, URL or ARN, or an object of them; `index` the
   * table's index that it reads. */
  calls: { action: string; resource: string; index?: string }[];
}

const folder = path.resolve(__dirname, "..", "..", "handlers");

/** Returns what one of this program's own functions declares beside its code, as data, so that no handler is loaded here. */
export function declarationOf(resource: GraphResource): Declaration | undefined {
  const handler = variablesOf(resource).POWERTOOLS_SERVICE_NAME;
  const file = path.join(folder, `${String(handler)}.permissions.json`);
  const isOwn = resource.parent.includes("webhook:index:LambdaFunction") && /^\w+$/.test(String(handler)) && existsSync(file);
  return isOwn ? (JSON.parse(readFileSync(file, "utf8")) as Declaration) : undefined;
}

export function variablesOf(resource: GraphResource): Record<string, unknown> {
  return fields(valueAt(resource, "environment.variables"));
}

/** Returns the table, the queue, the bucket or the secrets that a variable names; `undefined` for a name of nothing in the graph. */
export function namedBy(graph: Graph, value: unknown): (GraphResource | undefined)[] {
  if (typeof value !== "string" || !isKnown(value)) return [];
  const names = value.startsWith("{") ? Object.values(fields(parseJson(value))) : [value];
  return names.map((name) => graph.find(name, Type.table, Type.queue, Type.bucket, Type.secret));
}
