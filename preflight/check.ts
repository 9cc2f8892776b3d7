import type { GraphResource } from "./graph/resource";
import type { Graph } from "./graph/graph";
import type { Rule, Violation } from "./rule";

/** Problems as sentences: one, several, nested, or none. */
export type Problems = string | false | undefined | readonly Problems[];

/** Lists the sentences of problems, however they are nested. */
export function sentences(problems: Problems): string[] {
  if (typeof problems === "object") return problems.flatMap(sentences);
  return problems ? [problems] : [];
}

/** Names the parts that are missing or differ from what the program sets; returns false if there are none. */
export function changedParts(parts: Problems): string | false {
  const wrong = sentences(parts);
  const verbs = wrong.length > 1 ? ["are", "differ"] : ["is", "differs"];
  return wrong.length > 0 && `${wrong.join(", ")} ${verbs[0]} missing or ${verbs[1]} from what the program sets`;
}

/** Prefixes each sentence with a label. */
export const labeled = (label: string, problems: Problems): string[] => sentences(problems).map((sentence) => `${label} ${sentence}`);

/** Lists each repeated member of a list. */
export const duplicates = <T>(members: readonly T[]): T[] => members.filter((one, index) => members.indexOf(one) !== index);

type Check = Rule["check"];

/** Checks each resource of a type, or of several. */
export const each =
  (types: string | readonly string[], problems: (resource: GraphResource, graph: Graph) => Problems): Check =>
  (graph) =>
    [types].flat().flatMap((type) => graph.all(type).flatMap((resource) => violations(resource, problems(resource, graph))));

/** Checks every resource. */
export const eachResource =
  (problems: (resource: GraphResource, graph: Graph) => Problems): Check =>
  (graph) =>
    graph.resources.flatMap((resource) => violations(resource, problems(resource, graph)));

/** Turns the problems of a resource into violations. */
export const violations = (resource: GraphResource, problems: Problems): Violation[] =>
  sentences(problems).map((detail) => ({ resource, detail }));

/** Combines several checks. */
export const together =
  (...checks: Check[]): Check =>
  (graph) =>
    checks.flatMap((check) => check(graph));

/** Returns whether a value is in a range; true for a value that is not a number. */
export const isInRange = (value: unknown, min: number, max: number): boolean => typeof value !== "number" || (value >= min && value <= max);

/** Rounding error of a rate: rates have two decimals, so one may exceed the configured value by half a hundredth. */
export const rateRounding = 0.005;
