import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { parseArn, textInput, type Graph } from "../graph";
import { identityPolicies, resourcePolicy, type PolicySources } from "../iam/access";
import type { Verdict, RequestContext } from "../iam/conditions";
import { decide, identityOpinion, resourceOpinion, type IamRequest, type ResourceOpinion } from "../iam/evaluate";
import type { Violation } from "../rule";

/** A call that somebody must be allowed to make, or something in the graph does not work. */
export interface RequiredPermission {
  /** The rule that is broken without it. */
  rule: string;
  /** What does not work then. */
  resource: GraphResource;
  caller: { role: GraphResource } | { service: string };
  action: string;
  /** The ARN that the call is about, or `*`. */
  on: string;
  /** What AWS says of the request, by condition key in lower case. */
  context?: RequestContext;
  /** Whether AWS checks it when it makes the resource, so that the permission must be there before. */
  atCreation?: boolean;
}

/** Lists the permissions for several calls on one target. */
export const permissionsFor = (call: Omit<RequiredPermission, "action">, ...actions: string[]): RequiredPermission[] =>
  actions.map((action) => ({ ...call, action }));

/** Returns what a request of a role says of itself in every case. */
function contextOf({ caller, context }: RequiredPermission): RequestContext {
  const always = { "aws:securetransport": "true" };
  if ("service" in caller) return { ...always, ...context };
  const arn = textOf(caller.role.outputs.arn);
  const account = parseArn(arn)?.account;
  return { ...always, "aws:principalarn": arn, "aws:principalaccount": account, "lambda:sourcefunctionarn": undefined, ...context };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** A required permission that is missing, or made too late. */
export interface MissingPermission {
  required: RequiredPermission;
  /** What would grant it, but is not waited for. */
  late?: GraphResource;
}

/** Tells whether a permission is missing, or made too late; nothing where the graph does not tell. */
export function missingPermission(graph: Graph, required: RequiredPermission): MissingPermission | undefined {
  const { caller, on } = required;
  const target = on === "*" ? undefined : targetOf(graph, on);
  const ofTarget = target && resourcePolicy(graph, target);
  const ofRole = "role" in caller ? identityPolicies(graph, caller.role) : undefined;
  const answer = ask(required, ofRole, target, ofTarget);
  const complete = (ofRole?.complete ?? true) && (ofTarget?.complete ?? true);
  if (answer === "no" && complete) return { required };
  if (answer === "yes" && required.atCreation && ofRole) return madeTooLate(graph, required, ofRole, target, ofTarget);
  return undefined;
}

function ask(
  required: RequiredPermission,
  ofRole: PolicySources | undefined,
  target: GraphResource | undefined,
  ofTarget: PolicySources | undefined,
): Verdict {
  const { caller, action, on } = required;
  const request: IamRequest = {
    action,
    resource: on,
    caller: "role" in caller ? { role: textOf(caller.role.outputs.arn) } : caller,
    context: contextOf(required),
  };
  const identity = identityOpinion(statementsOf(ofRole), request);
  return decide(request, identity, target && ofTarget && opinionOf(target, ofTarget, request));
}

function opinionOf(target: GraphResource, policies: PolicySources, request: IamRequest): ResourceOpinion {
  if (policies.sources.length === 0) return policies.complete ? withoutPolicy(target.type) : unknownOpinion;
  return resourceOpinion(statementsOf(policies), request);
}

const unknownOpinion: ResourceOpinion = { allow: "maybe", deny: "no", delegated: "maybe" };

/** Returns what AWS puts in the place of a policy that is not given: of a key, that the account decides; of a topic, that the account's own
 * resources may publish, alarms among them; of anything else, nothing. */
function withoutPolicy(type: string): ResourceOpinion {
  return { allow: type === Type.topic ? "maybe" : "no", deny: "no", delegated: type === Type.key ? "yes" : "no" };
}

const statementsOf = (policies: PolicySources | undefined) => policies?.sources.flatMap(({ statements }) => statements) ?? [];

/** Tells whether a permission is granted too late: one of the policies that grant it must exist before. Each is asked alone. */
function madeTooLate(
  graph: Graph,
  required: RequiredPermission,
  ofRole: PolicySources,
  target: GraphResource | undefined,
  ofTarget: PolicySources | undefined,
) {
  const granting = ofRole.sources.filter(
    (source) => ask(required, { sources: [source], complete: true }, target, ofTarget) === "yes" && source.resource.type !== Type.role,
  );
  if (granting.length === 0 || granting.some(({ resource }) => graph.waitsFor(required.resource, resource))) return undefined;
  return { required, late: granting[0].resource };
}

/** Says what is missing: one sentence a caller and resource. */
export function describeMissing(missing: readonly MissingPermission[]): Violation[] {
  const groups = new Map<string, MissingPermission[]>();
  for (const one of missing) {
    const key = [one.required.resource.urn, describeCaller(one.required), one.required.on, one.late?.urn].join("|");
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [{ required, late }] = group;
    const actions = [...new Set(group.map((one) => one.required.action))].join(", ");
    const detail = late
      ? `it does not wait for ${late.name}, which lets ${describeCaller(required)} ${actions}`
      : `${describeCaller(required)} may not ${actions} on ${required.on}`;
    return { resource: required.resource, detail };
  });
}

function describeCaller({ caller }: RequiredPermission): string {
  return "role" in caller ? `its role ${caller.role.name}` : caller.service;
}

/** Types that have a resource policy, or a key. */
const targetTypes = [Type.queue, Type.topic, Type.key, Type.bucket, Type.table, Type.secret, Type.eventBus];

/** Returns the resource that an ARN is about: itself, or what it is a part of. */
export function targetOf(graph: Graph, arn: string): GraphResource | undefined {
  return graph.find(arn, ...targetTypes) ?? graph.find(/^arn:[^:]+:s3:::[^/]+/.exec(arn)?.[0], Type.bucket) ?? graph.findFunction(arn);
}

/** Returns what a call on a resource names: of a bucket, one of its objects. */
export function calledArn({ type, outputs }: GraphResource): string {
  return type === Type.bucket ? `${String(outputs.arn)}/object` : String(outputs.arn);
}

/** The input that names the key under which data are kept, by type. */
export const storageKeyInputs: Readonly<Record<string, string>> = {
  [Type.queue]: "kmsMasterKeyId",
  [Type.topic]: "kmsMasterKeyId",
  [Type.table]: "serverSideEncryption.kmsKeyArn",
  [Type.secret]: "kmsKeyId",
};

/** A bus keeps nothing, but may encrypt what it passes on. */
const keyInputs: Readonly<Record<string, string>> = { ...storageKeyInputs, [Type.eventBus]: "kmsKeyIdentifier" };

/** Returns the customer-managed key of a resource, if it is in the graph. */
export function keyOf(graph: Graph, resource: GraphResource): GraphResource | undefined {
  if (resource.type === Type.bucket) return bucketKey(graph, resource);
  const path = keyInputs[resource.type];
  return path ? keyNamed(graph, textInput(resource, path)) : undefined;
}

/** Finds the key of a bucket. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
function bucketKey(graph: Graph, bucket: GraphResource): GraphResource | undefined {
  const [encryption] = graph.all(Type.bucketEncryption).filter((one) => graph.target(one, "bucket", Type.bucket) === bucket);
  return encryption && keyNamed(graph, textInput(encryption, bucketKeyPath));
}

/** Where a bucket's encryption names the key. */
export const bucketKeyPath = "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId";

/** Returns a key by its ARN, its id, or an alias. */
export function keyNamed(graph: Graph, identifier: string | undefined): GraphResource | undefined {
  if (identifier === undefined) return undefined;
  const alias = graph.find(identifier, Type.alias);
  return graph.find(alias ? alias.inputs.targetKeyId : identifier, Type.key);
}

/** What AWS lists for whoever uses a table under a customer-managed key. Some calls get by with less, so only of this program's own roles
 * is all of it asked.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const tableKeyActions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"];

/** Returns what a call on an encrypted resource requires of its key, by the call's service and what it does. */
function keyActions(graph: Graph, action: string): string[] {
  if (action.startsWith("dynamodb:")) return graph.isOwn ? tableKeyActions : ["kms:Decrypt"];
  if (action === "s3:PutObject") return ["kms:GenerateDataKey"];
  return ["sqs:SendMessage", "sns:Publish", "events:PutEvents"].includes(action) ? ["kms:GenerateDataKey", "kms:Decrypt"] : ["kms:Decrypt"];
}

/** Returns a call, and what it takes to use the key that its target is encrypted with. */
export function withKey(graph: Graph, required: RequiredPermission, keyRule = required.rule): RequiredPermission[] {
  const target = targetOf(graph, required.on);
  const key = target && keyOf(graph, target);
  if (!key || required.on === "*") return [required];
  const on = textOf(key.outputs.arn);
  return [required, ...keyActions(graph, required.action).map((action) => ({ ...required, rule: keyRule, action, on }))];
}

/** Returns the role that a resource names, if it is in the graph. */
export function roleOf(graph: Graph, resource: GraphResource, path: string): GraphResource | undefined {
  return graph.target(resource, path, Type.role);
}
