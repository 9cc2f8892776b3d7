import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { eventSource } from "../../domain/event";
import type { Clients } from "../../local/clients";

/** A queue that gets the bus's events of this pattern, as a team's own service would; without one, every event. @returns its URL */
export async function subscribe(
  { sqs, eventBridge }: Pick<Clients, "sqs" | "eventBridge">,
  EventBusName: string,
  name: string,
  pattern: object = { source: [eventSource] },
): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  await eventBridge.send(new PutRuleCommand({ Name: name, EventBusName, EventPattern: JSON.stringify(pattern) }));
  const Targets = [{ Id: "queue", Arn: Attributes!.QueueArn }];
  await eventBridge.send(new PutTargetsCommand({ Rule: name, EventBusName, Targets }));
  return QueueUrl!;
}
