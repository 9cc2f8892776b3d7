import { Type } from "../../graph/types";
import { parseArn, textInput, valueAt, type Graph } from "../graph";
import { keyOf, permissionsFor, roleOf, withKey, type RequiredPermission } from "./permission";

/** What reading from a source takes, by its service. A stream of a table is under the table's key.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html */
const sourceActions: Record<string, string[]> = {
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
  sqs: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
};

/** Lists what a pipe's role requires: to read its source, to call its target, and to send its dead letters. */
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

/** Lists what reading a queue or a stream requires, its key included. */
export function requiredToRead(graph: Graph, reading: Omit<RequiredPermission, "action">): RequiredPermission[] {
  const key = sourceKey(graph, reading.on);
  const actions = sourceActions[parseArn(reading.on)?.service ?? ""] ?? [];
  return [...permissionsFor(reading, ...actions), ...(key ? permissionsFor({ ...reading, on: key }, "kms:Decrypt") : [])];
}

/** Returns the key of a queue, or of the table that a stream is of. */
function sourceKey(graph: Graph, source: string): string | undefined {
  const owner = graph.find(source, Type.queue, Type.table);
  const key = owner && keyOf(graph, owner);
  return key && String(key.outputs.arn);
}

/** Returns the action on a pipe's target: an EXPRESS state machine may be awaited, a STANDARD one is only started. */
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
