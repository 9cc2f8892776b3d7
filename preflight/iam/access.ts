import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { fields, type Graph, isKnown, list, textInput } from "../graph/graph";
import { parseJson } from "../json";
import { parseStatements, type Statement } from "./document";
import { managedStatements } from "./managed";

/** Statements, and the resource that contains them. */
export interface PolicySource {
  resource: GraphResource;
  statements: Statement[];
}

/** The policies that apply to a role or a resource. */
export interface PolicySources {
  sources: PolicySource[];
  /** False if a policy is created elsewhere or known only after deployment, so that its statements are unknown. */
  complete: boolean;
}

/** Collects a role's own policies, inline and attached. */
export function identityPolicies(graph: Graph, role: GraphResource): PolicySources {
  const inline = graph
    .all(Type.rolePolicy)
    .filter((policy) => graph.target(policy, "role", Type.role) === role)
    .map((policy) => policySourceOf(graph, policy, "policy"));
  const ofAttachments = graph
    .all(Type.rolePolicyAttachment)
    .filter((attachment) => graph.target(attachment, "role", Type.role) === role)
    .map((attachment) => attached(graph, attachment, textInput(attachment, "policyArn")));
  const listed = list(role.inputs.managedPolicyArns).map((arn) => attached(graph, role, arn));
  const own = list<{ policy?: unknown }>(role.inputs.inlinePolicies).map(({ policy }) => {
    const document = parseJson(policy);
    return document === undefined ? undefined : { resource: role, statements: parseStatements(fields(document)) };
  });
  return collect([...inline, ...ofAttachments, ...listed, ...own]);
}

function attached(graph: Graph, through: GraphResource, arn: unknown): PolicySource | undefined {
  const policy = graph.find(arn, Type.iamPolicy) ?? graph.referred(through, "policyArn", Type.iamPolicy).at(0);
  if (policy) return policySourceOf(graph, policy, "policy");
  const statements = typeof arn === "string" ? managedStatements(arn) : undefined;
  return statements && { resource: through, statements };
}

/** Places of resource policies by type: an input, and a separate resource that refers to it. */
const resourcePolicies: Record<string, { input: string; separate?: { type: string; reference: string } }> = {
  [Type.queue]: { input: "policy", separate: { type: Type.queuePolicy, reference: "queueUrl" } },
  [Type.topic]: { input: "policy", separate: { type: Type.topicPolicy, reference: "arn" } },
  [Type.key]: { input: "policy", separate: { type: Type.keyPolicy, reference: "keyId" } },
  [Type.bucket]: { input: "policy", separate: { type: Type.bucketPolicy, reference: "bucket" } },
};

/** Collects the policies of a resource; no sources if it has none. */
export function resourcePolicy(graph: Graph, resource: GraphResource): PolicySources {
  if (resource.type === Type.function) return collect(permissionsOf(graph, resource));
  const place = resourcePolicies[resource.type];
  if (!place) return { sources: [], complete: true };
  const { input, separate } = place;
  const own = resource.inputs[input] === undefined ? [] : [policySourceOf(graph, resource, input)];
  const others = separate
    ? graph.all(separate.type).filter((one) => graph.target(one, separate.reference, resource.type) === resource)
    : [];
  return collect([...own, ...others.map((one) => policySourceOf(graph, one, "policy"))]);
}

/** Converts a function's permissions into statements of its resource policy. */
function permissionsOf(graph: Graph, target: GraphResource): (PolicySource | undefined)[] {
  return graph
    .all(Type.permission)
    .filter((permission) => graph.target(permission, "function", Type.function) === target)
    .map((resource) => {
      const inputs = ["principal", "sourceArn", "sourceAccount", "action", "qualifier"];
      if (inputs.some((input) => resource.inputs[input] === "[unknown]")) return undefined;
      const [principal, sourceArn, sourceAccount, action, qualifier] = inputs.map((input) => textInput(resource, input));
      const conditions = [
        ...(isKnown(sourceArn) ? [{ operator: "ArnLike", key: "aws:SourceArn", values: [sourceArn!] }] : []),
        ...(isKnown(sourceAccount) ? [{ operator: "StringEquals", key: "aws:SourceAccount", values: [sourceAccount!] }] : []),
      ];
      const kind = /^\d{12}$|^arn:|^\*$/.test(String(principal)) ? "AWS" : "Service";
      const statement: Statement = {
        sid: undefined,
        effect: "Allow",
        principals: [{ kind, values: [String(principal)] }],
        notPrincipals: undefined,
        actions: [String(action)],
        notActions: undefined,
        resources: [isKnown(qualifier) ? `${String(target.outputs.arn)}:${qualifier}` : String(target.outputs.arn)],
        notResources: undefined,
        conditions,
      };
      return { resource, statements: [statement] };
    });
}

/** Parses a policy document among a resource's inputs; `undefined` if it is unknown until deployment or invalid. */
export function policySourceOf(graph: Graph, resource: GraphResource, input: string): PolicySource | undefined {
  const document = graph.document(resource, input);
  return document && { resource, statements: parseStatements(document) };
}

function collect(found: (PolicySource | undefined)[]): PolicySources {
  const sources = found.filter((source) => source !== undefined);
  return { sources, complete: sources.length === found.length };
}
