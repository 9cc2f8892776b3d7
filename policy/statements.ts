import type { GraphResource } from "../graph/resource";
import { documentAt, type Graph } from "./graph";

/** A statement of an IAM document, lists where the document may have one value. */
export interface Statement {
  sid: string;
  effect: string;
  /** By kind: `Service`, `AWS`, `Federated`; `*` is every kind. */
  principals: { kind: string; values: string[] }[];
  actions: string[];
  resources: string[];
  conditional: boolean;
}

const list = (value: unknown): string[] => (value === undefined ? [] : ([value].flat() as string[]));

/** The statements of a document among the inputs; none if it is known only after deployment. */
export function statementsOf(resource: GraphResource, input: string): Statement[] {
  const statements = [documentAt(resource, input)?.Statement ?? []].flat() as Record<string, unknown>[];
  return statements.map((statement) => ({
    sid: (statement.Sid as string | undefined) ?? "",
    effect: statement.Effect as string,
    principals: principalsOf(statement.Principal),
    actions: list(statement.Action),
    resources: list(statement.Resource),
    conditional: statement.Condition !== undefined,
  }));
}

function principalsOf(principal: unknown): Statement["principals"] {
  if (typeof principal !== "object" || principal === null) return principal === undefined ? [] : [{ kind: "*", values: list(principal) }];
  return Object.entries(principal).map(([kind, value]) => ({ kind, values: list(value) }));
}

/** The inline policies of a role: what is attached from elsewhere, the graph does not show. */
export function rolePolicies(graph: Graph, role: GraphResource): GraphResource[] {
  return graph.all("aws:iam/rolePolicy:RolePolicy").filter((policy) => graph.referred(policy, "role", role.type).includes(role));
}

/** Whether policies from elsewhere are attached, so that what a role may do cannot be told from the graph. */
export function hasAttachments(graph: Graph, role: GraphResource): boolean {
  return graph
    .all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    .some((attachment) => graph.referred(attachment, "role", role.type).includes(role));
}

/** As IAM compares: letters of either case, `*` for any number of characters, `?` for one. */
export function matches(pattern: string, value: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "i").test(value);
}

/** Whether some statement allows an action on a resource and none denies it. */
export function allows(statements: readonly Statement[], action: string, resource: string): boolean {
  const applies = ({ actions, resources }: Statement) =>
    actions.some((pattern) => matches(pattern, action)) && resources.some((pattern) => matches(pattern, resource));
  const denied = statements.some((statement) => statement.effect === "Deny" && !statement.conditional && applies(statement));
  return !denied && statements.some((statement) => statement.effect === "Allow" && applies(statement));
}

/** Whether a statement allows an action to a service. */
export function allowsService(statements: readonly Statement[], service: string, action: string): boolean {
  return statements.some(
    ({ effect, actions, principals }) =>
      effect === "Allow" &&
      actions.some((pattern) => matches(pattern, action)) &&
      principals.some(({ kind, values }) => (kind === "Service" && values.includes(service)) || values.includes("*")),
  );
}
