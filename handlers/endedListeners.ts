/** Finds and removes what `listen` leaves in a stack if it dies, for the reconciler and the next `listen`, each with clients of its own. */
import {
  DeleteRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
  type EventBridgeClient,
} from "@aws-sdk/client-eventbridge";
import { DeleteQueueCommand, QueueDoesNotExist, type SQSClient } from "@aws-sdk/client-sqs";
import { hasEnded, listenerEndTag, listenerTarget, siblingQueueUrl } from "../domain/listeners";
import { listenerRules } from "../domain/names";
import { abortAtDeadline } from "./aws/deadline";

/** Event bus with the rules, and a queue beside those of the listeners. */
export interface ListenedBus {
  eventBridge: Pick<EventBridgeClient, "send">;
  sqs: Pick<SQSClient, "send">;
  eventBusName: string;
  deadLetterQueueUrl: string;
}

/** Finds the rules of `listen` whose end has passed: the process that made them died. A rule without an end is none of them. */
export async function* endedListeners(
  { eventBridge, eventBusName: EventBusName }: ListenedBus,
  now: Date,
): AsyncGenerator<{ name: string; end: string }> {
  const { Rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName, NamePrefix: listenerRules }), abortAtDeadline());
  for (const { Name = "", Arn } of Rules) {
    const { Tags = [] } = await eventBridge.send(new ListTagsForResourceCommand({ ResourceARN: Arn }), abortAtDeadline());
    const end = Tags.find(({ Key }) => Key === listenerEndTag)?.Value;
    if (hasEnded(end, now)) yield { name: Name, end };
  }
}

/** Removes what there is of a name: the queue before the rule, by which the rest is found if this fails. @throws the error of a call */
export async function removeListener(bus: ListenedBus, name: string): Promise<void> {
  const { eventBridge, eventBusName: EventBusName, sqs, deadLetterQueueUrl } = bus;
  const QueueUrl = siblingQueueUrl(deadLetterQueueUrl, name);
  const targets = { Rule: name, EventBusName, Ids: [listenerTarget] };
  await eventBridge.send(new RemoveTargetsCommand(targets), abortAtDeadline()).catch(ignoreMissing);
  await sqs.send(new DeleteQueueCommand({ QueueUrl }), abortAtDeadline()).catch(ignoreMissing);
  await eventBridge.send(new DeleteRuleCommand({ Name: name, EventBusName }), abortAtDeadline()).catch(ignoreMissing);
}

/** Ignores that something is gone: another process removes the same. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof ResourceNotFoundException) && !(error instanceof QueueDoesNotExist)) throw error;
}
