import type { GraphResource } from "../graph/resource";
import type { Graph } from "./graph";
import type { Violation } from "./rule";

/** What is wrong with each resource of a type, in sentences: how most rules ask. */
export function each(graph: Graph, type: string, problems: (resource: GraphResource) => readonly string[]): Violation[] {
  return graph.all(type).flatMap((resource) => problems(resource).map((detail) => ({ resource, detail })));
}

/** A sentence, if something is wrong. */
export const when = (wrong: boolean, detail: string): string[] => (wrong ? [detail] : []);

/** Whether a number is in a range; what is no number is not judged. */
export const within = (value: unknown, min: number, max: number): boolean => typeof value !== "number" || (value >= min && value <= max);

/** Half a hundredth: rates are requests a second in hundredths, so that a rate may be above what was meant by so much. */
export const rateRounding = 0.005;
