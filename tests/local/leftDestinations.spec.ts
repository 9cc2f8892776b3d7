import * as assert from "node:assert/strict";
import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { listenerName } from "../../domain/names";
import type { GraphResource } from "../../preflight/graph/resource";
import { Type } from "../../preflight/graph/types";
import type { Clients } from "../../local/clients";
import { removeLeftDestinations } from "../../local/leftDestinations";

describe("A kept start", () => {
  const [eventBridge, sqs] = [mockClient(EventBridgeClient), mockClient(SQSClient)];
  /** Queues that are there. */
  let queues: string[];
  beforeEach(() => {
    for (const client of [eventBridge, sqs]) client.reset();
    eventBridge.on(ListTargetsByRuleCommand).resolves({ Targets: [{ Id: "queue", Arn: "arn" }] });
    eventBridge.on(RemoveTargetsCommand).resolves({});
    eventBridge.on(DeleteRuleCommand).resolves({});
    sqs.on(GetQueueUrlCommand).callsFake(async ({ QueueName }: { QueueName: string }) => {
      if (!queues.includes(QueueName)) throw new Error("AWS.SimpleQueueService.NonExistentQueue");
      return { QueueUrl: `https://q/${QueueName}` };
    });
    sqs.on(DeleteQueueCommand).resolves({});
  });
  after(() => [eventBridge, sqs].forEach((client) => client.restore()));

  /** @returns names of the rules and queues that it removes */
  async function removed(rules: readonly string[], wanted: readonly string[]) {
    eventBridge.on(ListRulesCommand).resolves({ Rules: rules.map((Name) => ({ Name })) });
    const clients = { eventBridge: new EventBridgeClient({}), sqs: new SQSClient({}) } as unknown as Clients;
    const resources = wanted.map((name) => ({ type: Type.eventRule, inputs: { name } }) as unknown as GraphResource);
    await removeLeftDestinations(clients, { eventBusName: "webhook-events-dev", tableName: "webhook-events-dev" }, resources);
    return {
      rules: eventBridge.commandCalls(DeleteRuleCommand).map(({ args }) => args[0].input.Name),
      queues: sqs.commandCalls(DeleteQueueCommand).map(({ args }) => args[0].input.QueueUrl),
    };
  }

  it("removes the rule and queues of a destination that is not configured any more, and no other rule", async () => {
    queues = ["webhook-to-orders-dev", "webhook-to-orders-dead-letters-dev", "webhook-to-ledger-dev"];
    assert.deepEqual(await removed(["webhook-orders-dev", "webhook-ledger-dev", "somebody-elses"], ["webhook-ledger-dev"]), {
      rules: ["webhook-orders-dev"],
      queues: ["https://q/webhook-to-orders-dev", "https://q/webhook-to-orders-dead-letters-dev"],
    });
    const [{ args }] = eventBridge.commandCalls(RemoveTargetsCommand);
    assert.deepEqual(args[0].input, { Rule: "webhook-orders-dev", EventBusName: "webhook-events-dev", Ids: ["queue"] });
  });

  it("removes the rule of a destination whose queues are gone, without targets", async () => {
    queues = [];
    eventBridge.on(ListTargetsByRuleCommand).resolves({});
    assert.deepEqual(await removed(["webhook-orders-dev"], []), { rules: ["webhook-orders-dev"], queues: [] });
    assert.equal(eventBridge.commandCalls(RemoveTargetsCommand).length, 0);
  });

  it("leaves the rule of a listen that died, by which its queue is found", async () => {
    queues = [];
    assert.deepEqual(await removed([listenerName("dev", "0123abcd")], []), { rules: [], queues: [] });
  });
});
