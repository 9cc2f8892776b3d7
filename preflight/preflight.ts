import type { GraphResource } from "./graph/resource";
import { Graph, type Account } from "./graph/graph";
import type { Rule, RuleEntry, Violation } from "./rule";
import { actionRules } from "./rules/actions";
import { alarmRules } from "./rules/alarms";
import { boundRules } from "./rules/bounds";
import { bucketRules } from "./rules/buckets";
import { collisionRules } from "./rules/collisions";
import { confidentialRules } from "./rules/confidential";
import { dashboardRules } from "./rules/dashboards";
import { definitionRules } from "./rules/definitions";
import { documentRules } from "./rules/documents";
import { eventSourceRules } from "./rules/eventSources";
import { flowRules } from "./rules/flows";
import { functionRules } from "./rules/functions";
import { firewallRules } from "./rules/firewalls";
import { gatewayRules } from "./rules/gateway";
import { importRules } from "./rules/gateway.import";
import { integrationRules } from "./rules/integrations";
import { invocationRules } from "./rules/invocations";
import { metricFilterRules } from "./rules/metricFilters";
import { nameRules } from "./rules/names";
import { networkRules } from "./rules/network";
import { permissionRules } from "./rules/permissions";
import { projectRules } from "./rules/project";
import { referenceRules } from "./rules/references";
import { settingRules } from "./rules/settings";
import { stageRules } from "./rules/stages";
import { queueRules } from "./rules/queues";
import { tableRules } from "./rules/tables";
import { taskRules } from "./rules/tasks";
import { trailRules } from "./rules/trails";
import { trustRules } from "./rules/trust";
import { valueRules } from "./rules/values";

/** Every rule, with unique IDs. No rule throws. */
export const rules: readonly Rule[] = [
  ...valueRules,
  ...boundRules,
  ...referenceRules,
  ...nameRules,
  ...collisionRules,
  ...documentRules,
  ...actionRules,
  ...trustRules,
  ...permissionRules,
  ...functionRules,
  ...networkRules,
  ...eventSourceRules,
  ...invocationRules,
  ...tableRules,
  ...queueRules,
  ...definitionRules,
  ...taskRules,
  ...settingRules,
  ...trailRules,
  ...projectRules,
  ...stageRules,
  ...gatewayRules,
  ...importRules,
  ...firewallRules,
  ...bucketRules,
  ...metricFilterRules,
  ...integrationRules,
  ...flowRules,
  ...confidentialRules,
  ...dashboardRules,
  ...alarmRules,
].map(tolerant);

/** Completes a rule. If its check throws at a document of an unexpected shape, it reports that instead and the other rules still run. */
function tolerant(rule: RuleEntry): Rule {
  return {
    severity: "error",
    ...rule,
    check: (graph) => {
      try {
        return rule.check(graph).map(asSentence);
      } catch (error) {
        return [unreadable(rule, graph, (error as Error).message)];
      }
    },
  };
}

/** Ends a violation's detail with a period. */
function asSentence({ resource, detail }: Violation): Violation {
  return { resource, detail: /[.…]$/.test(detail) ? detail : `${detail}.` };
}

/** Reports the first resource at which the rule fails: it holds the unreadable document. */
function unreadable(rule: RuleEntry, { resources }: Graph, failure: string): Violation {
  const first = resources.findIndex((_, index) => fails(rule, new Graph(resources.slice(0, index + 1))));
  return { resource: resources[first], detail: `a document has an unexpected shape and cannot be read (${failure}).` };
}

function fails(rule: RuleEntry, graph: Graph): boolean {
  try {
    rule.check(graph);
    return false;
  } catch {
    return true;
  }
}

export interface Finding extends Violation {
  rule: Rule;
}

/** Checks a graph with all rules. Returns what AWS would refuse, and what it would accept although it does not work; errors first. */
export function preflight(resources: readonly GraphResource[], account: Account = {}): Finding[] {
  const graph = new Graph(resources, account);
  const findings = rules.flatMap((rule) => distinct(rule.check(graph)).map((violation) => ({ rule, ...violation })));
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
}

/** Removes repeated violations: two metrics of an alarm can have the same problem. */
function distinct(violations: readonly Violation[]): Violation[] {
  return [...new Map(violations.map((one) => [`${one.resource.urn} ${one.detail}`, one])).values()];
}

export const isError = ({ rule }: Finding) => rule.severity === "error";
