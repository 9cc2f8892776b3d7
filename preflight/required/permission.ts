import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { DestinationTag } from "../../domain/destinations";
import { isKnown, parseArn, textInput, type Graph } from "../graph/graph";
import { identityPolicies, resourcePolicy, type PolicySources } from "../iam/access";
import type { Verdict, RequestContext } from "../iam/conditions";
import { decide, identityOpinion, resourceOpinion, type IamRequest, type ResourceOpinion } from "../iam/evaluate";
import type { Violation } from "../rule";
import { tagsOf } from "../tags";

/** A call that must be allowed for a resource of the graph to work. */
export interface RequiredPermission {
  /** Rule that reports it if it is missing. */
  rule: string;
  /** Resource that does not work without it. */
  resource: GraphResource;
  caller: { role: GraphResource } | { service: string };
  action: string;
  /** ARN of the call's resource, or `*`. */
  on: string;
  /** Known values of the request, by condition key in lower case. */
  context?: RequestContext;
  /** True if AWS checks it when it creates the resource, so that the permission must exist before. */
  atCreation?: boolean;
}

/** Lists the permissions for several calls on one target. */
export const permissionsFor = (call: Omit<RequiredPermission, "action">, ...actions: string[]): RequiredPermission[] =>
  actions.map((action) => ({ ...call, action }));

/** Builds the context of a request. Roles have further keys in every request. */
function contextOf({ caller, context }: RequiredPermission): RequestContext {
  const always = { "aws:securetransport": "true" };
  if ("service" in caller) return { ...always, ...context };
  const arn = textOf(caller.role.outputs.arn);
  const account = parseArn(arn)?.account;
  return { ...always, "aws:principalarn": arn, "aws:principalaccount": account, "lambda:sourcefunctionarn": undefined, ...context };
}

/** Types whose tags AWS tells for every call on them. */
const tagged: readonly string[] = [Type.queue, Type.secret];

/**
 * Returns what AWS tells of a resource's tags: each that it has, and that it lacks the others that policies of this graph ask for. Nothing if
 * the graph does not tell.
 */
function toldTags(graph: Graph, target: GraphResource): RequestContext {
  const providers = graph.all(Type.provider);
  if (!tagged.includes(target.type) || target.inputs.tags === "[unknown]" || providers.length !== 1) return {};
  const tags = { ...lacked, ...tagsOf(providers[0]), ...tagsOf(target) };
  const told = Object.entries(tags).filter(([, value]) => value === undefined || isKnown(value));
  return Object.fromEntries(told.map(([key, value]) => [`aws:resourcetag/${key}`.toLowerCase(), value as string | undefined]));
}

/** Tags that not every queue and secret has. */
const lacked = Object.fromEntries(Object.values(DestinationTag).map((key) => [key, undefined]));

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** A required permission that is missing or created too late. */
export interface MissingPermission {
  required: RequiredPermission;
  /** Policy that grants it, but on which the resource does not depend. */
  late?: GraphResource;
}

/** Checks a required permission. Returns it if it is missing or created too late; `undefined` otherwise, and if the graph does not tell. */
export function missingPermission(graph: Graph, required: RequiredPermission): MissingPermission | undefined {
  const { caller, on } = required;
  const target = on === "*" ? undefined : targetOf(graph, on);
  const ofTarget = target && resourcePolicy(graph, target);
  const ofRole = "role" in caller ? identityPolicies(graph, caller.role) : undefined;
  const answer = ask(graph, required, ofRole, target, ofTarget);
  const complete = (ofRole?.complete ?? true) && (ofTarget?.complete ?? true);
  if (answer === "no" && complete) return { required };
  if (answer === "yes" && required.atCreation && ofRole) return createdTooLate(graph, required, ofRole, target, ofTarget);
  return undefined;
}

function ask(
  graph: Graph,
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
    context: { ...contextOf(required), ...(target && toldTags(graph, target)) },
  };
  const identity = identityOpinion(statementsOf(ofRole), request);
  return decide(request, identity, target && ofTarget && opinionOf(target, ofTarget, request));
}

function opinionOf(target: GraphResource, policies: PolicySources, request: IamRequest): ResourceOpinion {
  if (policies.sources.length === 0) return policies.complete ? withoutPolicy(target.type) : unknownOpinion;
  return resourceOpinion(statementsOf(policies), request);
}

const unknownOpinion: ResourceOpinion = { allow: "maybe", deny: "no", delegated: "maybe" };

/** Returns the result of AWS's default policy. A key delegates to the account, a topic allows the account's own resources, alarms included. Other
 * resources have none. */
function withoutPolicy(type: string): ResourceOpinion {
  return { allow: type === Type.topic ? "maybe" : "no", deny: "no", delegated: type === Type.key ? "yes" : "no" };
}

const statementsOf = (policies: PolicySources | undefined) => policies?.sources.flatMap(({ statements }) => statements) ?? [];

/** Returns a permission that is granted only by policies on which the resource does not depend. Evaluates each policy alone. */
function createdTooLate(
  graph: Graph,
  required: RequiredPermission,
  ofRole: PolicySources,
  target: GraphResource | undefined,
  ofTarget: PolicySources | undefined,
) {
  const granting = ofRole.sources.filter(
    (source) =>
      ask(graph, required, { sources: [source], complete: true }, target, ofTarget) === "yes" && source.resource.type !== Type.role,
  );
  if (granting.length === 0 || granting.some(({ resource }) => graph.waitsFor(required.resource, resource))) return undefined;
  return { required, late: granting[0].resource };
}

/** Describes missing permissions: one sentence for each caller and resource. */
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
      ? `it does not depend on ${late.name}, which allows ${describeCaller(required)} to call ${actions}`
      : `${describeCaller(required)} cannot call ${actions} on ${required.on}`;
    return { resource: required.resource, detail };
  });
}

function describeCaller({ caller }: RequiredPermission): string {
  return "role" in caller ? `its role ${caller.role.name}` : caller.service;
}

/** Types with a resource policy or a key. */
const targetTypes = [Type.queue, Type.topic, Type.key, Type.bucket, Type.table, Type.secret, Type.eventBus];

/** Finds the resource of an ARN, or the one that contains it, such as an object's bucket. */
export function targetOf(graph: Graph, arn: string): GraphResource | undefined {
  return graph.find(arn, ...targetTypes) ?? graph.find(/^arn:[^:]+:s3:::[^/]+/.exec(arn)?.[0], Type.bucket) ?? graph.findFunction(arn);
}

/** Returns the ARN that a call on a resource names: for a bucket, that of an object. */
export function calledArn({ type, outputs }: GraphResource): string {
  return type === Type.bucket ? `${String(outputs.arn)}/object` : String(outputs.arn);
}

/** Inputs that name the key of stored data, by type. */
export const storageKeyInputs: Readonly<Record<string, string>> = {
  [Type.queue]: "kmsMasterKeyId",
  [Type.topic]: "kmsMasterKeyId",
  [Type.table]: "serverSideEncryption.kmsKeyArn",
  [Type.secret]: "kmsKeyId",
};

/** Inputs that name a key, by type. A bus stores nothing, but can encrypt events. */
const keyInputs: Readonly<Record<string, string>> = { ...storageKeyInputs, [Type.eventBus]: "kmsKeyIdentifier" };

/** Finds the customer-managed key of a resource, if it is in the graph. */
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

/** Path of the key in a bucket's encryption. */
export const bucketKeyPath = "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId";

/** Finds a key by its ARN, its ID or an alias. */
export function keyNamed(graph: Graph, identifier: string | undefined): GraphResource | undefined {
  if (identifier === undefined) return undefined;
  const alias = graph.find(identifier, Type.alias);
  return graph.find(alias ? alias.inputs.targetKeyId : identifier, Type.key);
}

/** Key actions that AWS lists for users of an encrypted table. Some calls need fewer, so only this program's own roles require all of them.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const tableKeyActions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"];

/** Returns the key actions that a call on an encrypted resource requires. */
function keyActions(graph: Graph, action: string): string[] {
  if (action.startsWith("dynamodb:")) return graph.isOwn ? tableKeyActions : ["kms:Decrypt"];
  if (action === "s3:PutObject") return ["kms:GenerateDataKey"];
  return ["sqs:SendMessage", "sns:Publish", "events:PutEvents"].includes(action) ? ["kms:GenerateDataKey", "kms:Decrypt"] : ["kms:Decrypt"];
}

/** Returns a required permission, and those on the key of its target. */
export function withKey(graph: Graph, required: RequiredPermission, keyRule = required.rule): RequiredPermission[] {
  const target = targetOf(graph, required.on);
  const key = target && keyOf(graph, target);
  if (!key || required.on === "*") return [required];
  const on = textOf(key.outputs.arn);
  return [required, ...keyActions(graph, required.action).map((action) => ({ ...required, rule: keyRule, action, on }))];
}

/** Finds the role that a resource names, if it is in the graph. */
export function roleOf(graph: Graph, resource: GraphResource, path: string): GraphResource | undefined {
  return graph.target(resource, path, Type.role);
}
