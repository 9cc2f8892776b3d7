import * as assert from "node:assert/strict";
import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTagsForResourceCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-eventbridge";
import { DeleteQueueCommand, QueueDoesNotExist, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { Variable } from "../../domain/variables";
import { forgetLook, removeEndedListeners } from "../../handlers/listeners";
import { capturingOutput } from "../../testbed/handlers";

const now = new Date("2026-01-31T12:00:00Z");
const [past, future] = ["2026-01-31T11:59:59.000Z", "2026-01-31T12:00:01.000Z"];

describe("The reconciler's look for what listen has left", () => {
  const [eventBridge, sqs] = [mockClient(EventBridgeClient), mockClient(SQSClient)];
  /** Ends of the rules, by name; `undefined` for one without the tag. */
  let rules: Record<string, string | undefined>;
  beforeEach(() => {
    for (const client of [eventBridge, sqs]) client.reset();
    forgetLook();
    process.env[Variable.eventBusName] = "webhook-events-test";
    rules = {};
    eventBridge.on(RemoveTargetsCommand).resolves({});
    eventBridge.on(DeleteRuleCommand).resolves({});
    sqs.on(DeleteQueueCommand).resolves({});
    eventBridge.on(ListRulesCommand).callsFake(() => ({ Rules: Object.keys(rules).map((Name) => ({ Name, Arn: `arn:${Name}` })) }));
    eventBridge.on(ListTagsForResourceCommand).callsFake(({ ResourceARN }: { ResourceARN: string }) => {
      const end = rules[ResourceARN.slice("arn:".length)];
      return { Tags: [{ Key: "Team", Value: past }, ...(end === undefined ? [] : [{ Key: "ListenUntil", Value: end }])] };
    });
  });
  after(() => {
    for (const client of [eventBridge, sqs]) client.restore();
    process.env[Variable.eventBusName] = "";
  });
  const look = (at = now) => capturingOutput(() => removeEndedListeners(at));
  const removed = () => eventBridge.commandCalls(DeleteRuleCommand).map(({ args }) => args[0].input);

  it("removes one whose end has passed: the target, the queue, and last the rule", async () => {
    rules = { "webhook-listen-0123abcd-test": past };
    await look();
    const callsOf = (client: { calls(): { firstArg: { constructor: { name: string }; input: object } }[] }) =>
      client.calls().map(({ firstArg }) => [firstArg.constructor.name, firstArg.input]);
    assert.ok(sqs.call(0).calledBefore(eventBridge.call(3)) && sqs.call(0).calledAfter(eventBridge.call(2)), "the queue before the rule");
    assert.deepEqual(
      [...callsOf(eventBridge), ...callsOf(sqs)],
      [
        ["ListRulesCommand", { EventBusName: "webhook-events-test", NamePrefix: "webhook-listen-" }],
        ["ListTagsForResourceCommand", { ResourceARN: "arn:webhook-listen-0123abcd-test" }],
        ["RemoveTargetsCommand", { Rule: "webhook-listen-0123abcd-test", EventBusName: "webhook-events-test", Ids: ["listen"] }],
        ["DeleteRuleCommand", { Name: "webhook-listen-0123abcd-test", EventBusName: "webhook-events-test" }],
        ["DeleteQueueCommand", { QueueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-listen-0123abcd-test" }],
      ],
    );
  });

  it("leaves one that runs, and whatever else is named so", async () => {
    rules = { "webhook-listen-0123abcd-test": future, "webhook-listen-in-test": undefined };
    await look();
    assert.deepEqual([removed(), sqs.calls().length], [[], 0]);
  });

  it("removes the rule of one whose target and queue are gone", async () => {
    rules = { "webhook-listen-0123abcd-test": past };
    eventBridge.on(RemoveTargetsCommand).rejects(new ResourceNotFoundException({ message: "gone", $metadata: {} }));
    sqs.on(DeleteQueueCommand).rejects(new QueueDoesNotExist({ message: "gone", $metadata: {} }));
    await look();
    assert.equal(removed().length, 1);
  });

  it("goes on after a rule that somebody else has just removed", async () => {
    rules = { "webhook-listen-0123abcd-test": past, "webhook-listen-4567abcd-test": past };
    eventBridge
      .on(DeleteRuleCommand, { Name: "webhook-listen-0123abcd-test" })
      .rejects(new ResourceNotFoundException({ message: "gone", $metadata: {} }));
    await look();
    assert.deepEqual(
      removed().map(({ Name }) => Name),
      Object.keys(rules),
    );
  });

  it("keeps the rule where the queue cannot be removed, so that the next look finds it, and fails no run", async () => {
    rules = { "webhook-listen-0123abcd-test": past };
    sqs.on(DeleteQueueCommand).rejects(new Error("AccessDenied"));
    await look();
    assert.deepEqual(removed(), []);
  });

  it("looks at the first run of a container, and an hour later again", async () => {
    await look();
    await look(new Date(now.getTime() + 3_599_999));
    assert.equal(eventBridge.commandCalls(ListRulesCommand).length, 1);
    await look(new Date(now.getTime() + 3_600_000));
    assert.equal(eventBridge.commandCalls(ListRulesCommand).length, 2);
  });

  it("does not look where it cannot reach EventBridge", async () => {
    process.env[Variable.eventBusName] = "";
    await look();
    assert.equal(eventBridge.calls().length, 0);
  });
});
