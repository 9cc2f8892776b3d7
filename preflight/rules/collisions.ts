import type { GraphResource } from "../../graph/resource";
import { isGeneratedName, uniqueNames } from "../../graph/uniqueNames";
import { each } from "../check";
import { type Graph, isKnown, textInput, valueAt } from "../graph";
import type { RuleEntry } from "../rule";

/** Says within what a name is taken: an event bus, a log group, a group of schedules; else all of the account and region. Where only the
 * deployment knows the scope, it is what the resource refers to. */
function scopeOf(graph: Graph, resource: GraphResource): string {
  const [input, byDefault] = uniqueNames.get(resource.type)?.nameScope ?? ["", ""];
  const named = valueAt(resource, input) ?? byDefault;
  const found = graph.findAny(String(named)).at(0)?.urn;
  return found ?? (isKnown(named) ? String(named) : (resource.propertyDependencies[input] ?? [resource.urn]).join());
}

export const collisionRules: RuleEntry[] = [
  {
    id: "name-taken",
    awsError: "ResourceAlreadyExistsException: The specified log group already exists",
    cause:
      "Two resources of a type have one name; some APIs refuse the second, others (queues, topics, alarms) make one resource of the two.",
    fix: "Give each a name of its own.",
    link: "https://github.com/hashicorp/terraform/issues/20175",
    check: (graph) =>
      [...uniqueNames].flatMap(([type, { uniqueName: input }]) => {
        const first = new Map<string, GraphResource>();
        return graph.all(type).flatMap((resource) => {
          const name = valueAt(resource, input);
          if (typeof name !== "string" || name.startsWith("[")) return [];
          const scoped = `${scopeOf(graph, resource)} ${name}`;
          const other = first.get(scoped);
          if (!other) first.set(scoped, resource);
          return other ? [{ resource, detail: `${input} "${name}" is ${other.name}'s already` }] : [];
        });
      }),
  },
  {
    id: "retained-name",
    severity: "warning",
    awsError: "EntityAlreadyExists: Role with name … already exists.",
    cause: "What is retained when the stack goes keeps its name: the next deployment cannot make it again.",
    fix: "Leave the name to Pulumi, which gives it a random ending, or import the resource before the stack comes back.",
    link: "https://github.com/anomalyco/sst/pull/6911",
    check: each([...uniqueNames.keys()], (resource) => {
      const { uniqueName: input, awsError } = uniqueNames.get(resource.type)!;
      const name = textInput(resource, input);
      const isFixed = name !== undefined && !isGeneratedName(name, resource.name);
      return awsError !== undefined && resource.retainOnDelete && isFixed && `it is retained under the name "${name}"`;
    }),
  },
];
