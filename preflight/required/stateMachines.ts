import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { fields, type Graph, list, parseArn, valueAt } from "../graph/graph";
import { actionsOf } from "../iam/catalog";
import { statesOf, type State } from "../states";
import { permissionsFor, roleOf, withKey, type RequiredPermission } from "./permission";

/** Actions with which Step Functions sets up log delivery, with the state machine's role.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
export const logDelivery = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const tracing = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"];

/** Lists the permissions that state machines require: for logs, traces and the calls of their states. */
export function requiredByStateMachines(graph: Graph): RequiredPermission[] {
  return graph.all(Type.stateMachine).flatMap((resource) => {
    const role = roleOf(graph, resource, "roleArn");
    if (!role) return [];
    const logs = ![undefined, "OFF"].includes(valueAt(resource, "loggingConfiguration.level") as string | undefined);
    const traces = valueAt(resource, "tracingConfiguration.enabled") === true;
    const call = { resource, caller: { role }, on: "*" };
    return [
      ...(logs ? permissionsFor({ ...call, rule: "state-machine-log-delivery", atCreation: true }, ...logDelivery) : []),
      ...(traces ? permissionsFor({ ...call, rule: "state-machine-trace-permission" }, ...tracing) : []),
      ...statesOf(graph.document(resource, "definition")).flatMap(({ state }) => requiredByTask(graph, resource, role, state)),
    ];
  });
}

function requiredByTask(graph: Graph, resource: GraphResource, role: GraphResource, state: State): RequiredPermission[] {
  const call = state.Type === "Task" ? callOf(state) : undefined;
  if (!call) return [];
  return callTarget(graph, state).found.flatMap(({ identifier, target }) => {
    // To IAM, a function's version or alias is a separate resource.
    const on = identifier.startsWith(`${String(target.outputs.arn)}:`) ? identifier : String(target.outputs.arn);
    return withKey(graph, { rule: "state-machine-call-permission", resource, caller: { role }, action: call.action, on, atCreation: true });
  });
}

interface Call {
  /** IAM's name of the action. */
  action: string;
  parameters: Record<string, unknown>;
}

/** Calls whose IAM action has another name than the integration. */
const renamed: Record<string, string> = { "lambda:invoke": "lambda:InvokeFunction" };

/** Reads a task's call from its resource. @see https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html */
function callOf({ Resource, Arguments, Parameters }: State): Call | undefined {
  const parameters = fields(Arguments ?? Parameters);
  const arn = parseArn(Resource);
  if (!arn) return undefined;
  if (arn.service === "lambda") return { action: "lambda:InvokeFunction", parameters: { FunctionName: Resource } };
  const [, service, operation] = /^::(?:aws-sdk:)?([\w-]+):(\w+)/.exec(`:${arn.account}:${arn.resource}`) ?? [];
  if (arn.service !== "states" || !operation) return undefined;
  const name = renamed[`${service}:${operation}`] ?? actionNamed(service, operation);
  return name === undefined ? undefined : { action: name, parameters };
}

/** Finds an IAM action regardless of case: `dynamodb:updateItem` is `dynamodb:UpdateItem`. */
function actionNamed(service: string, operation: string): string | undefined {
  const found = actionsOf(service)[operation.toLowerCase()];
  return found && `${service}:${found.name}`;
}

/** Parameters that name a call's resource, with the resource's type, by service. */
const naming: Record<string, { parameter: string; type: string }> = {
  dynamodb: { parameter: "TableName", type: Type.table },
  lambda: { parameter: "FunctionName", type: Type.function },
  sqs: { parameter: "QueueUrl", type: Type.queue },
  sns: { parameter: "TopicArn", type: Type.topic },
  states: { parameter: "StateMachineArn", type: Type.stateMachine },
  events: { parameter: "EventBusName", type: Type.eventBus },
};

/** Returns the resource names in a task's arguments, without expressions, and the resources of the graph that they name. */
export function callTarget(graph: Graph, state: State): { names: string[]; found: { identifier: string; target: GraphResource }[] } {
  const call = callOf(state);
  const place = call && naming[call.action.split(":")[0]];
  if (!place) return { names: [], found: [] };
  const { parameter, type } = place;
  const given = parameter === "EventBusName" ? list<Record<string, unknown>>(call.parameters.Entries) : [call.parameters];
  const names = given.flatMap(({ [parameter]: name }) =>
    typeof name === "string" && !name.includes("{%") && name !== "default" ? [name] : [],
  );
  const found = names.flatMap((identifier) => {
    const target = type === Type.function ? graph.findFunction(identifier) : graph.find(identifier, type);
    return target ? [{ identifier, target }] : [];
  });
  return { names, found };
}
