import type { GraphResource } from "../graph/resource";
import type { Graph } from "./graph";
import type { Rule, Violation } from "./rule";

/** What is wrong, in sentences: one, several, or nothing. */
export type Problems = string | false | undefined | readonly Problems[];

/** Lists the sentences of problems, however they are nested. */
export function sentences(problems: Problems): string[] {
  if (typeof problems === "object") return problems.flatMap(sentences);
  return problems ? [problems] : [];
}

/** Says which parts of a resource are not what they should be; nothing, if all are. */
export function notAsMade(parts: Problems): string | false {
  const wrong = sentences(parts);
  return wrong.length > 0 && `${wrong.join(", ")} is missing or differs from what the program sets`;
}

/** Puts the same beginning before each sentence. */
export const labeled = (label: string, problems: Problems): string[] => sentences(problems).map((sentence) => `${label} ${sentence}`);

/** Lists what a list has for the second time. */
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

/** Says of one resource what is wrong with it. */
export const violations = (resource: GraphResource, problems: Problems): Violation[] =>
  sentences(problems).map((detail) => ({ resource, detail }));

/** Checks all of these. */
export const together =
  (...checks: Check[]): Check =>
  (graph) =>
    checks.flatMap((check) => check(graph));

/** Tells whether a number is in a range; what is no number is not judged. */
export const isInRange = (value: unknown, min: number, max: number): boolean => typeof value !== "number" || (value >= min && value <= max);

/** Half a hundredth: rates are requests a second in hundredths, so that a rate may be above what was meant by so much. */
export const rateRounding = 0.005;
