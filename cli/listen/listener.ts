import { randomBytes } from "node:crypto";
import { PutRuleCommand, PutTargetsCommand, TagResourceCommand } from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, TagQueueCommand } from "@aws-sdk/client-sqs";
import { eventPattern } from "../../domain/destinationFilter";
import type { DestinationFilter } from "../../domain/destinations";
import { listenerEnd, listenerEndTag, listenerTarget, siblingQueueArn, siblingQueueUrl } from "../../domain/listeners";
import { listenerDigits, listenerName, suffixIn } from "../../domain/names";
import { endedListeners, removeListener } from "../../handlers/endedListeners";
import type { Target } from "../lib/target";

type Bus = Pick<Target, "eventBridge" | "eventBusName" | "sqs" | "deadLetterQueueUrl">;

/** Seconds for which an event waits for a `listen` that is slow. */
const retentionSeconds = 3_600;

/** A temporary queue that gets the events of a filter from the event bus, by a rule of the same name. */
export class Listener {
  readonly name: string;
  readonly queueUrl: string;
  readonly #bus: Bus;
  #ruleArn = "";
  #creation: Promise<void> | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
    this.name = listenerName(suffixIn("eventBus", bus.eventBusName), randomBytes(listenerDigits / 2).toString("hex"));
    this.queueUrl = siblingQueueUrl(bus.deadLetterQueueUrl, this.name);
  }

  create(filter: DestinationFilter): Promise<void> {
    this.#creation = this.#create(filter);
    return this.#creation;
  }

  /** Makes the rule, then the queue, so that nothing is ever left without a rule, by which it is found. */
  async #create(filter: DestinationFilter, now = new Date()): Promise<void> {
    const { eventBridge, eventBusName: EventBusName, sqs } = this.#bus;
    const rule = { Name: this.name, EventBusName };
    const end = listenerEnd(now);
    const { RuleArn } = await eventBridge.send(
      new PutRuleCommand({
        ...rule,
        Description: 'Temporary: made by "webhook-pipeline listen", which removes it',
        EventPattern: JSON.stringify(eventPattern(filter)),
        Tags: [{ Key: listenerEndTag, Value: end }],
      }),
    );
    this.#ruleArn = RuleArn!;
    const queueArn = siblingQueueArn(this.#ruleArn, this.name);
    await sqs.send(
      new CreateQueueCommand({
        QueueName: this.name,
        Attributes: { MessageRetentionPeriod: String(retentionSeconds), Policy: JSON.stringify(policyOf(queueArn, this.#ruleArn)) },
        tags: { [listenerEndTag]: end },
      }),
    );
    await eventBridge.send(new PutTargetsCommand({ Rule: this.name, EventBusName, Targets: [{ Id: listenerTarget, Arn: queueArn }] }));
  }

  /** Reserves the queue and the rule for another day. */
  async renew(now = new Date()): Promise<void> {
    const { eventBridge, sqs } = this.#bus;
    const end = listenerEnd(now);
    await Promise.all([
      eventBridge.send(new TagResourceCommand({ ResourceARN: this.#ruleArn, Tags: [{ Key: listenerEndTag, Value: end }] })),
      sqs.send(new TagQueueCommand({ QueueUrl: this.queueUrl, Tags: { [listenerEndTag]: end } })),
    ]);
  }

  /** Removes what there is. */
  async remove(): Promise<void> {
    if (!this.#creation) return;
    // Otherwise, what is under way would be made after the removal.
    await this.#creation.catch(() => undefined);
    await removeListener(this.#bus, this.name);
  }
}

/**
 * Removes the queues and rules whose end has passed: the process that made them died. The reconciler does so, too, unless the stack has a
 * private network from which EventBridge cannot be reached.
 */
export async function removeEnded(bus: Bus, now = new Date()): Promise<void> {
  for await (const { name } of endedListeners(bus, now)) await removeListener(bus, name);
}

/** Lets the rule, and nobody else, send to the queue. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html */
function policyOf(queueArn: string, ruleArn: string): object {
  const Condition = { ArnEquals: { "aws:SourceArn": ruleArn } };
  const Principal = { Service: "events.amazonaws.com" };
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sqs:SendMessage", Resource: queueArn, Condition }] };
}
