import { DeleteRuleCommand, ListRulesCommand, ListTargetsByRuleCommand, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { DeleteQueueCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { destinationName, listenerRules, suffixIn } from "../domain/names";
import type { GraphResource } from "../preflight/graph/resource";
import { Type } from "../preflight/graph/types";
import type { Clients } from "./clients";

/**
 * Removes rules and queues of destinations that a kept run had and this one has no more, as `pulumi up` does. Otherwise, the rule would go on
 * filling the queue, and a later start with the destination would deliver it all.
 * @param resources of this run's program
 */
export async function removeLeftDestinations(
  clients: Clients,
  { eventBusName, tableName }: { eventBusName: string; tableName: string },
  resources: readonly GraphResource[],
): Promise<void> {
  const { eventBridge } = clients;
  const suffix = suffixIn("eventsTable", tableName);
  const { Rules = [] } = await eventBridge.send(new ListRulesCommand({ EventBusName: eventBusName }));
  const wanted = resources.filter(({ type }) => type === Type.eventRule).map(({ inputs }) => inputs.name);
  for (const { Name: Rule = "" } of Rules) {
    const destination = destinationOf(Rule, suffix);
    if (destination === undefined || wanted.includes(Rule)) continue;
    const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule, EventBusName: eventBusName }));
    const Ids = Targets.map(({ Id }) => Id!);
    if (Ids.length > 0) await eventBridge.send(new RemoveTargetsCommand({ Rule, EventBusName: eventBusName, Ids }));
    await eventBridge.send(new DeleteRuleCommand({ Name: Rule, EventBusName: eventBusName }));
    for (const name of ["queue", "deadLetterQueue"] as const) await deleteQueue(clients, destinationName[name](destination, suffix));
  }
}

/** Returns the destination to which a rule of the program belongs; `undefined` for a rule that `listen` or somebody else has made. */
function destinationOf(rule: string, suffix: string): string | undefined {
  // The rule of a `listen` that died leads to its queue, and goes with it.
  if (rule.startsWith(listenerRules)) return undefined;
  const [before, after] = destinationName.rule("#", suffix).split("#");
  return rule.startsWith(before) && rule.endsWith(after) ? rule.slice(before.length, -after.length) : undefined;
}

async function deleteQueue({ sqs }: Clients, QueueName: string): Promise<void> {
  const found = await sqs.send(new GetQueueUrlCommand({ QueueName })).catch(() => undefined);
  if (found) await sqs.send(new DeleteQueueCommand({ QueueUrl: found.QueueUrl }));
}
