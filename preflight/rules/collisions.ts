import type { GraphResource } from "../graph/resource";
import { isGeneratedName, uniqueNames } from "../graph/uniqueNames";
import { each } from "../check";
import { type Graph, isKnown, textInput, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** Returns the scope in which a name must be unique: an event bus, a log group or a schedule group; else the account and region. If the scope is
 * known only after deployment, returns the resources that the input refers to. */
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
    cause: "Two resources of a type have the same name. Some APIs refuse the second; others (queues, topics, alarms) merge the two.",
    fix: "Give each resource its own name.",
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
          return other ? [{ resource, detail: `${input} is "${name}", which ${other.name} already has` }] : [];
        });
      }),
  },
  {
    id: "retained-name",
    severity: "warning",
    awsError: "EntityAlreadyExists: Role with name … already exists.",
    cause: "A resource that is retained when the stack is destroyed keeps its name, so the next deployment cannot create it again.",
    fix: "Omit the name, so that Pulumi generates one, or import the resource before you deploy the stack again.",
    link: "https://github.com/anomalyco/sst/pull/6911",
    check: each([...uniqueNames.keys()], (resource) => {
      const { uniqueName: input, awsError } = uniqueNames.get(resource.type)!;
      const name = textInput(resource, input);
      const isFixed = name !== undefined && !isGeneratedName(name, resource.name);
      return (
        awsError !== undefined && resource.retainOnDelete && isFixed && `retainOnDelete is set and ${input} is "${name}", which is fixed`
      );
    }),
  },
];
