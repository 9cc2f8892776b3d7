import type { GraphResource } from "../graph/resource";
import { Graph } from "./graph";
import type { Rule, Violation } from "./rule";
import { boundRules } from "./rules/bounds";
import { collisionRules } from "./rules/collisions";
import { logRules } from "./rules/logs";
import { nameRules } from "./rules/names";
import { roleRules } from "./rules/roles";

/** Every rule; ids are unique. */
export const rules: readonly Rule[] = [...boundRules, ...nameRules, ...collisionRules, ...roleRules, ...logRules];

export interface Finding extends Violation {
  rule: Rule;
}

/** What AWS would refuse, or let pass to the stack's harm, of this graph; errors first. */
export function preflight(resources: readonly GraphResource[]): Finding[] {
  const graph = new Graph(resources);
  const findings = rules.flatMap((rule) => rule.check(graph).map((violation) => ({ rule, ...violation })));
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
}

export const isError = ({ rule }: Finding) => rule.severity === "error";
