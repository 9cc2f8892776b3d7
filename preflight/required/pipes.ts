import { Type } from "../../graph/types";
import { parseArn, textAt, valueAt, type Graph } from "../graph";
import { keyOf, roleOf, withKey, type Need } from "./permission";

/** What reading from a source takes, by its service. A stream of a table is under the table's key.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html */
const sourceActions: Record<string, string[]> = {
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
  sqs: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
};

/** What a pipe's role needs: to read its source, to hand over to its target, and to say what it gave up. */
export function pipeNeeds(graph: Graph): Need[] {
  return graph.all(Type.pipe).flatMap((resource) => {
    const role = roleOf(graph, resource, "roleArn");
    if (!role) return [];
    const need = (rule: string, action: string, on: string): Need => ({ rule, resource, caller: { role }, action, on, atCreation: true });
    const source = textAt(resource, "source");
    const target = textAt(resource, "target");
    const letters = textAt(resource, "sourceParameters.dynamodbStreamParameters.deadLetterConfig.arn");
    const handOver =
      target && targetAction(target, valueAt(resource, "targetParameters.stepFunctionStateMachineParameters.invocationType"));
    return [
      ...(source ? readNeeds(graph, source, (action, on) => need("pipe-source-permission", action, on)) : []),
      ...(handOver ? withKey(graph, need("pipe-target-permission", handOver, target)) : []),
      ...(letters ? withKey(graph, need("pipe-dead-letter-permission", "sqs:SendMessage", letters)) : []),
    ];
  });
}

/** What reading a queue or a stream takes, its key included. */
export function readNeeds(graph: Graph, source: string, need: (action: string, on: string) => Need): Need[] {
  const key = sourceKey(graph, source);
  const reading = sourceActions[parseArn(source)?.service ?? ""] ?? [];
  return [...reading.map((action) => need(action, source)), ...(key ? [need("kms:Decrypt", key)] : [])];
}

/** The key of a queue, or of the table that a stream is of. */
function sourceKey(graph: Graph, source: string): string | undefined {
  const owner = graph.find(source, Type.queue, Type.table);
  const key = owner && keyOf(graph, owner);
  return key && String(key.outputs.arn);
}

/** An EXPRESS state machine may be awaited, a STANDARD one is only started. */
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
