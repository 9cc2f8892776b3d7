import { Type } from "../graph/types";
import { parseArn, textInput, valueAt, type Graph } from "../graph/graph";
import { keyOf, permissionsFor, roleOf, withKey, type RequiredPermission } from "./permission";

/** Actions that reading a source requires, by its service. A table's stream is encrypted with the table's key.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html */
const sourceActions: Record<string, string[]> = {
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
  sqs: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
};

/** Lists the permissions that pipes require: to read the source, call the target and send dead letters. */
export function requiredByPipes(graph: Graph): RequiredPermission[] {
  return graph.all(Type.pipe).flatMap((resource) => {
    const role = roleOf(graph, resource, "roleArn");
    if (!role) return [];
    const call = { resource, caller: { role }, atCreation: true };
    const source = textInput(resource, "source");
    const target = textInput(resource, "target");
    const deadLetters = textInput(resource, "sourceParameters.dynamodbStreamParameters.deadLetterConfig.arn");
    const handOver =
      target && targetAction(target, valueAt(resource, "targetParameters.stepFunctionStateMachineParameters.invocationType"));
    return [
      ...(source ? requiredToRead(graph, { ...call, rule: "pipe-source-permission", on: source }) : []),
      ...(handOver ? withKey(graph, { ...call, rule: "pipe-target-permission", action: handOver, on: target }) : []),
      ...(deadLetters ? withKey(graph, { ...call, rule: "pipe-dead-letter-permission", action: "sqs:SendMessage", on: deadLetters }) : []),
    ];
  });
}

/** Lists the permissions that reading a queue or stream requires, including its key. */
export function requiredToRead(graph: Graph, reading: Omit<RequiredPermission, "action">): RequiredPermission[] {
  const key = sourceKey(graph, reading.on);
  const actions = sourceActions[parseArn(reading.on)?.service ?? ""] ?? [];
  return [...permissionsFor(reading, ...actions), ...(key ? permissionsFor({ ...reading, on: key }, "kms:Decrypt") : [])];
}

/** Returns the ARN of a queue's key, or of the key of a stream's table. */
function sourceKey(graph: Graph, source: string): string | undefined {
  const owner = graph.find(source, Type.queue, Type.table);
  const key = owner && keyOf(graph, owner);
  return key && String(key.outputs.arn);
}

/** Returns the action with which a pipe calls its target. A pipe can wait for an EXPRESS state machine; it only starts a STANDARD one. */
function targetAction(target: string, invocation: unknown): string | undefined {
  const startExecution = invocation === "FIRE_AND_FORGET" ? "states:StartExecution" : "states:StartSyncExecution";
  const actions: Record<string, string> = {
    states: startExecution,
    lambda: "lambda:InvokeFunction",
    sqs: "sqs:SendMessage",
    sns: "sns:Publish",
    events: "events:PutEvents",
  };
  return actions[parseArn(target)?.service ?? ""];
}
