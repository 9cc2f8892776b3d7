import type { GraphResource } from "../../preflight/graph/resource";
import { json, parseEmbedded, type MutationKind, type Mutation, type PathStep } from "./mutation";

/** Keys of texts that only people read. Changing them breaks nothing. */
const texts = ["Sid", "description", "summary", "Comment", "title", "label", "info"];

/** Lists every change of a graph, generated from the graph itself. */
export function mutationsOf(resources: readonly GraphResource[]): Mutation[] {
  return resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .flatMap((resource) => [...inputMutations(resource), ...orderMutations(resource), ...optionMutations(resource)]);
}

function inputMutations(resource: GraphResource): Mutation[] {
  const { type, name, inputs, propertyDependencies } = resource;
  return Object.entries(inputs).flatMap(([input, value]) => {
    const kind: MutationKind = propertyDependencies[input] ? "reference" : "property";
    return placesIn(value, ["inputs", input], kind).map((place) => ({ type, name, ...place }));
  });
}

/** Removes each dependency that is not also a reference. */
function orderMutations({ type, name, dependencies, propertyDependencies }: GraphResource): Mutation[] {
  const referred = new Set(Object.values(propertyDependencies).flat());
  return dependencies.flatMap((urn, index) =>
    referred.has(urn) ? [] : [{ kind: "dependency", type, name, path: ["dependencies", index], change: "removed" }],
  );
}

/** Switches off the options that guard a resource from deletion. */
function optionMutations({ type, name, protect, retainOnDelete }: GraphResource): Mutation[] {
  const set = Object.entries({ protect, retainOnDelete }).filter(([, on]) => on);
  return set.map(([option]) => ({ kind: "property", type, name, path: [option], change: "altered" }));
}

type Place = Pick<Mutation, "kind" | "path" | "change">;

/** Lists a value's removal and the changes of everything inside it. */
function placesIn(value: unknown, path: PathStep[], outer: MutationKind): Place[] {
  const last = path.at(-1)!;
  if (value === undefined || value === null || texts.includes(String(last))) return [];
  const kind = kindOf(path, outer);
  const removal: Place = { kind, path, change: "removed" };
  const parsed = parseEmbedded(value);
  if (parsed !== undefined) return [removal, ...membersOf(parsed, [...path, json], kind)];
  if (typeof value === "object") return [removal, ...membersOf(value, path, kind)];
  return [removal, { kind, path, change: "altered" }];
}

function membersOf(value: unknown, path: PathStep[], kind: MutationKind): Place[] {
  const members = Array.isArray(value) ? value.map((member, index) => [index, member] as const) : Object.entries(value as object);
  return members.flatMap(([step, member]) => placesIn(member, [...path, step], kind));
}

/** Kinds of changes by key of policies and definitions. */
const kinds: Record<string, MutationKind> = {
  Statement: "statement",
  Action: "action",
  Principal: "principal",
  Condition: "condition",
  Resource: "resource",
  States: "state",
};

function kindOf(path: PathStep[], outer: MutationKind): MutationKind {
  const last = path.at(-1)!;
  return (typeof last === "string" && path.includes(json) && Object.hasOwn(kinds, last) ? kinds[last] : undefined) ?? outer;
}
