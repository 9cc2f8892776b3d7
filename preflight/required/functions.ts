import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { isKnown, parseArn, textInput, valueAt, type Graph } from "../graph/graph";
import { identityPolicies } from "../iam/access";
import type { RequestContext } from "../iam/conditions";
import { matches, type Statement } from "../iam/document";
import { networkActions } from "../iam/managed";
import { listenerDigits, listenerName, suffixIn } from "../../domain/names";
import { Variable } from "../../domain/variables";
import { declarationOf, listeners, namedBy, ownMappings, variablesOf, type Call } from "./declared";
import { calledArn, keyNamed, permissionsFor, roleOf, withKey, type RequiredPermission } from "./permission";

/** Lists the permissions that functions require: for Lambda itself, and for the calls that their code declares. */
export function requiredByFunctions(graph: Graph): RequiredPermission[] {
  return graph.all(Type.function).flatMap((resource) => {
    const role = roleOf(graph, resource, "role");
    if (!role) return [];
    return [forLogs, forEnvironment, forDeadLetters, forTraces, forNetwork, forDeclaredCalls, forKeysOfCalls].flatMap((list) =>
      list(resource, role, graph),
    );
  });
}

type RequiredByFunction = (resource: GraphResource, role: GraphResource, graph: Graph) => RequiredPermission[];

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html */
const forLogs: RequiredByFunction = (resource, role) => {
  const own = parseArn(resource.outputs.arn);
  const group =
    textInput(resource, "loggingConfig.logGroup") ?? `/aws/lambda/${textInput(resource, "name") ?? String(resource.outputs.id)}`;
  if (!own) return [];
  const on = `arn:${own.partition}:logs:${own.region}:${own.account}:log-group:${group}:log-stream:stream`;
  return permissionsFor({ rule: "lambda-log-permission", resource, caller: { role }, on }, "logs:CreateLogStream", "logs:PutLogEvents");
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html */
const forEnvironment: RequiredByFunction = (resource, role, graph) => {
  const key = keyNamed(graph, textInput(resource, "kmsKeyArn"));
  if (!key || valueAt(resource, "environment.variables") === undefined) return [];
  const context = { "kms:encryptioncontext:aws:lambda:functionarn": String(resource.outputs.arn) };
  return [{ rule: "lambda-environment-key", resource, caller: { role }, action: "kms:Decrypt", on: String(key.outputs.arn), context }];
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const forDeadLetters: RequiredByFunction = (resource, role, graph) => {
  const on = textInput(resource, "deadLetterConfig.targetArn");
  const action = { sqs: "sqs:SendMessage", sns: "sns:Publish" }[parseArn(on)?.service ?? ""];
  if (!on || !action) return [];
  const sending = { rule: "lambda-dead-letter-permission", resource, caller: { role }, action, on, atCreation: true };
  return withKey(graph, sending, "lambda-dead-letter-key");
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html */
const forTraces: RequiredByFunction = (resource, role) => {
  if (valueAt(resource, "tracingConfig.mode") !== "Active") return [];
  const call = { rule: "lambda-trace-permission", resource, caller: { role }, on: "*" };
  return permissionsFor(call, "xray:PutTraceSegments", "xray:PutTelemetryRecords");
};

const forNetwork: RequiredByFunction = (resource, role) => {
  if (valueAt(resource, "vpcConfig") === undefined) return [];
  return permissionsFor({ rule: "lambda-network-permission", resource, caller: { role }, on: "*", atCreation: true }, ...networkActions);
};

/** Lists the permissions for the calls that this program's own handlers declare. */
const forDeclaredCalls: RequiredByFunction = (resource, role, graph) => {
  const own = { "lambda:sourcefunctionarn": String(resource.outputs.arn) };
  return (declarationOf(resource)?.calls ?? []).flatMap((declared) =>
    calledBy(resource, declared, graph).flatMap(({ on, context }) =>
      withKey(graph, {
        rule: "lambda-call-permission",
        resource,
        caller: { role },
        action: declared.action,
        on,
        context: { ...own, ...context },
      }),
    ),
  );
};

/** Lists the ARNs that a declared call names, with what AWS tells of them beside their tags. */
function calledBy(
  resource: GraphResource,
  { action, resource: name, index }: Call,
  graph: Graph,
): { on: string; context?: RequestContext }[] {
  if (name === "*") return [{ on: "*" }];
  if (name === listeners) return listenersOf(resource, action);
  if (name === ownMappings)
    return graph
      .all(Type.eventSourceMapping)
      .filter((mapping) => graph.findFunction(textInput(mapping, "functionName")) === resource)
      .map(({ outputs }) => ({ on: String(outputs.arn), context: { "lambda:functionarn": String(resource.outputs.arn) } }));
  return namedBy(graph, variablesOf(resource)[name])
    .filter((target) => target !== undefined)
    .map((target) => ({ on: `${calledArn(target)}${index === undefined ? "" : `/index/${index}`}` }));
}

/** Returns the ARN of a rule or queue that a `listen` could have left. */
function listenersOf(resource: GraphResource, action: string): { on: string }[] {
  const own = parseArn(resource.outputs.arn);
  const bus = variablesOf(resource)[Variable.eventBusName];
  if (!own || typeof bus !== "string" || !isKnown(bus)) return [];
  const name = listenerName(suffixIn("eventBus", bus), "0".repeat(listenerDigits));
  const [service] = action.split(":");
  const target = service === "events" ? `rule/${bus}/${name}` : name;
  return [{ on: `arn:${own.partition}:${service}:${own.region}:${own.account}:${target}` }];
}

/** Lists the key permissions for calls that a role explicitly allows: the function makes these calls, and an encrypted target needs its key. */
const forKeysOfCalls: RequiredByFunction = (resource, role, graph) => {
  const granted = identityPolicies(graph, role).sources.flatMap(({ statements }) => statements);
  return Object.entries(calledByName).flatMap(([type, actions]) =>
    graph.all(type).flatMap((target) => {
      const on = calledArn(target);
      const call = { rule: "lambda-call-permission", resource, caller: { role }, on };
      return actions.filter((action) => isGranted(granted, action, on)).flatMap((action) => withKey(graph, { ...call, action }).slice(1));
    }),
  );
};

/** Actions whose explicit permission means that the function calls them, by type. */
const calledByName: Readonly<Record<string, readonly string[]>> = {
  [Type.table]: [
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
  ],
  [Type.queue]: ["sqs:SendMessage", "sqs:ReceiveMessage"],
  [Type.topic]: ["sns:Publish"],
  [Type.secret]: ["secretsmanager:GetSecretValue"],
  [Type.bucket]: ["s3:GetObject", "s3:PutObject"],
};

/** Returns whether a statement explicitly allows the action on the resource, neither by `*` alone. */
function isGranted(statements: readonly Statement[], action: string, arn: string): boolean {
  return statements.some(
    ({ effect, actions, resources }) =>
      effect === "Allow" &&
      (actions?.some((one) => one.toLowerCase() === action.toLowerCase()) ?? false) &&
      (resources?.some((one) => one !== "*" && matches(one, arn)) ?? false),
  );
}
