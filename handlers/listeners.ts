import {
  DeleteRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-eventbridge";
import { DeleteQueueCommand, QueueDoesNotExist } from "@aws-sdk/client-sqs";
import { hasEnded, listenerEndTag, listenerTarget, siblingQueueUrl } from "../domain/listeners";
import { listenerRules } from "../domain/names";
import { Variable } from "../domain/variables";
import { abortAtDeadline } from "./aws/deadline";
import { requiredVariable } from "./aws/environment";
import { eventBridge } from "./aws/eventBridge";
import { sqs } from "./aws/sqs";
import { logger } from "./aws/telemetry";
import { safeDescription } from "./errors";

/** Milliseconds between two looks: what is left costs next to nothing. */
const lookEveryMs = 3_600_000;
let lookedAt = -Infinity;

/**
 * Removes the queues and rules of `listen` whose end has passed: their process died. Looks at the first run of a container, and then every
 * hour. It never throws, because events are more important.
 */
export async function removeEndedListeners(now: Date): Promise<void> {
  const EventBusName = process.env[Variable.eventBusName];
  // The functions of a private network without a NAT gateway do not reach EventBridge.
  if (!EventBusName || now.getTime() - lookedAt < lookEveryMs) return;
  lookedAt = now.getTime();
  try {
    const { Rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName, NamePrefix: listenerRules }), abortAtDeadline());
    for (const { Name = "", Arn } of Rules) {
      const { Tags = [] } = await eventBridge.send(new ListTagsForResourceCommand({ ResourceARN: Arn }), abortAtDeadline());
      const end = Tags.find(({ Key }) => Key === listenerEndTag)?.Value;
      if (!hasEnded(end, now)) continue;
      await remove(Name, EventBusName);
      logger.warn("Listener removed", { name: Name, end });
    }
  } catch (error) {
    logger.warn("Listeners not removed", { cause: safeDescription(error) });
  }
}

/** Removes the queue before the rule, by which the next look finds what is left. */
async function remove(Rule: string, EventBusName: string): Promise<void> {
  const QueueUrl = siblingQueueUrl(requiredVariable(Variable.deadLetterQueueUrl), Rule);
  await eventBridge.send(new RemoveTargetsCommand({ Rule, EventBusName, Ids: [listenerTarget] }), abortAtDeadline()).catch(ignoreMissing);
  await sqs.send(new DeleteQueueCommand({ QueueUrl }), abortAtDeadline()).catch(ignoreMissing);
  await eventBridge.send(new DeleteRuleCommand({ Name: Rule, EventBusName }), abortAtDeadline());
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ResourceNotFoundException) && !(error instanceof QueueDoesNotExist)) throw error;
}

/** Forgets when it has looked, as a new container does. */
export function forgetLook(): void {
  lookedAt = -Infinity;
}
