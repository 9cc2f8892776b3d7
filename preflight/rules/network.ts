import { Type } from "../graph/types";
import type { GraphResource } from "../graph/resource";
import { each } from "../check";
import { fields, list, textInput, valueAt, type Graph } from "../graph/graph";
import { matches, parseStatements } from "../iam/document";
import { declarationOf } from "../required/declared";
import type { RuleEntry } from "../rule";

export const networkRules: RuleEntry[] = [
  {
    id: "network-call",
    awsError: "silent: the function's calls end in timeouts, or with «no VPC endpoint policy allows the action»",
    cause:
      "A function in a private subnet reaches a service through a VPC endpoint, whose policy must allow the call, or through a NAT gateway.",
    fix: "Allow the action in the policy of the service's endpoint. For a service without an endpoint, add one, or a NAT gateway.",
    link: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    check: each(Type.function, (resource, graph) => {
      const [vpc] = graph.all(Type.vpc);
      if (!vpc || valueAt(resource, "vpcConfig") === undefined) return [];
      const actions = new Set(declarationOf(resource)?.calls.map(({ action }) => action));
      return [...actions].map((action) => unreachable(graph, vpc, action));
    }),
  },
];

/** Says why a call does not reach its service from the private subnets of a network; false if it does. */
function unreachable(graph: Graph, vpc: GraphResource, action: string): string | false {
  const [service] = action.split(":");
  const endpoint = list(vpc.inputs.vpcEndpointSpecs).findIndex((spec) => String(fields(spec).serviceName).endsWith(`.${service}`));
  if (endpoint < 0)
    return (
      textInput(vpc, "natGateways.strategy") === "None" && `calls ${action}, but its network has neither an endpoint nor a NAT gateway`
    );
  const policy = graph.document(vpc, `vpcEndpointSpecs.${endpoint}.policy`);
  const isAllowed =
    policy === undefined || parseStatements(policy).some(({ effect, actions = [] }) => effect === "Allow" && covers(actions, action));
  return !isAllowed && `calls ${action}, which the policy of its network's endpoint does not allow`;
}

const covers = (patterns: readonly string[], action: string) => patterns.some((pattern) => matches(pattern, action, { ignoreCase: true }));
