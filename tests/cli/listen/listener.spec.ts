import * as assert from "node:assert/strict";
import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTagsForResourceCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  ResourceNotFoundException,
  TagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, DeleteQueueCommand, QueueDoesNotExist, SQSClient, TagQueueCommand } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { Listener, removeEnded } from "../../../cli/listen/listener";
import { queueUrl } from "../../helpers/destinations";

const deadLetterQueueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-dead-letters-dev";

describe("The queue and rule of listen", () => {
  const [eventBridge, sqs] = [mockClient(EventBridgeClient), mockClient(SQSClient)];
  /** Calls, in order. */
  let calls: string[];
  const bus = () => ({
    eventBridge: new EventBridgeClient({}),
    sqs: new SQSClient({}),
    eventBusName: "webhook-events-dev",
    deadLetterQueueUrl,
  });
  const listener = () => new Listener(bus());
  beforeEach(() => {
    for (const client of [eventBridge, sqs]) client.reset();
    calls = [];
    const note =
      (name: string, answer: object = {}) =>
      async () => {
        calls.push(name);
        return answer;
      };
    eventBridge
      .on(PutRuleCommand)
      .callsFake(({ Name }) => note("PutRule", { RuleArn: `arn:aws:events:eu-central-1:123456789012:rule/webhook-events-dev/${Name}` })());
    eventBridge.on(PutTargetsCommand).callsFake(note("PutTargets"));
    eventBridge.on(RemoveTargetsCommand).callsFake(note("RemoveTargets"));
    eventBridge.on(DeleteRuleCommand).callsFake(note("DeleteRule"));
    eventBridge.on(TagResourceCommand).callsFake(note("TagResource"));
    sqs.on(CreateQueueCommand).callsFake(note("CreateQueue"));
    sqs.on(DeleteQueueCommand).callsFake(note("DeleteQueue"));
    sqs.on(TagQueueCommand).callsFake(note("TagQueue"));
  });
  after(() => [eventBridge, sqs].forEach((client) => client.restore()));

  it("have one name, of eight random digits, and the queue is the rule's target", async () => {
    const one = listener();
    assert.match(one.name, /^webhook-listen-[0-9a-f]{8}-dev$/);
    assert.notEqual(one.name, listener().name);
    await one.create({ kinds: ["refund"] });
    const { Name, EventPattern, Tags } = eventBridge.commandCalls(PutRuleCommand)[0].args[0].input;
    assert.deepEqual([Name, JSON.parse(EventPattern!)], [one.name, { source: ["webhook.pipeline"], "detail-type": ["refund"] }]);
    const { QueueName, tags } = sqs.commandCalls(CreateQueueCommand)[0].args[0].input;
    assert.deepEqual([QueueName, tags], [one.name, { ListenUntil: Tags![0].Value }]);
    assert.deepEqual(eventBridge.commandCalls(PutTargetsCommand)[0].args[0].input.Targets, [
      { Id: "listen", Arn: `arn:aws:sqs:eu-central-1:123456789012:${one.name}` },
    ]);
    assert.equal(one.queueUrl, queueUrl(one.name));
  });

  it("are made rule first and removed rule last, so that whatever is left is found by its rule", async () => {
    const one = listener();
    await one.create({});
    await one.remove();
    assert.deepEqual(calls, ["PutRule", "CreateQueue", "PutTargets", "RemoveTargets", "DeleteQueue", "DeleteRule"]);
  });

  it("are removed although making them failed halfway, or its answer was lost", async () => {
    sqs.on(CreateQueueCommand).rejects(new Error("timeout"));
    const one = listener();
    await assert.rejects(one.create({}), /timeout/);
    eventBridge.on(RemoveTargetsCommand).rejects(new ResourceNotFoundException({ message: "none", $metadata: {} }));
    sqs.on(DeleteQueueCommand).rejects(new QueueDoesNotExist({ message: "none", $metadata: {} }));
    await one.remove();
    assert.deepEqual(calls, ["PutRule", "DeleteRule"]);
  });

  it("are removed only once they are made: otherwise, what is under way would be left", async () => {
    let answer = () => {};
    sqs.on(CreateQueueCommand).callsFake(() => new Promise<object>((resolve) => (answer = () => resolve({}))));
    const one = listener();
    const creation = one.create({});
    const removal = one.remove();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(calls, ["PutRule"]);
    answer();
    await Promise.all([creation, removal]);
    assert.deepEqual(calls, ["PutRule", "PutTargets", "RemoveTargets", "DeleteQueue", "DeleteRule"]);
  });

  it("are not asked for where nothing was made", async () => {
    await listener().remove();
    assert.deepEqual(calls, []);
  });

  it("say which call failed where they cannot be removed", async () => {
    const one = listener();
    await one.create({});
    sqs.on(DeleteQueueCommand).rejects(new Error("AccessDenied"));
    await assert.rejects(one.remove(), /AccessDenied/);
    assert.ok(!calls.includes("DeleteRule"));
  });

  it("are reserved for another day as long as it runs", async () => {
    const one = listener();
    await one.create({});
    await one.renew(new Date("2026-01-31T12:00:00Z"));
    const Value = "2026-02-01T12:00:00.000Z";
    assert.deepEqual(eventBridge.commandCalls(TagResourceCommand)[0].args[0].input.Tags, [{ Key: "ListenUntil", Value }]);
    assert.deepEqual(sqs.commandCalls(TagQueueCommand)[0].args[0].input, { QueueUrl: one.queueUrl, Tags: { ListenUntil: Value } });
  });

  it("are removed by the next listen if their end has passed, and no other rule is", async () => {
    const now = new Date("2026-01-31T12:00:00Z");
    const ends: Record<string, string | undefined> = {
      "webhook-listen-00000001-dev": "2026-01-31T11:59:59.999Z",
      "webhook-listen-00000002-dev": "2026-01-31T12:00:00.001Z",
      "webhook-listen-own": undefined,
    };
    eventBridge.on(ListRulesCommand, { EventBusName: "webhook-events-dev", NamePrefix: "webhook-listen-" }).resolves({
      Rules: Object.keys(ends).map((Name) => ({ Name, Arn: `arn:${Name}` })),
    });
    eventBridge.on(ListTagsForResourceCommand).callsFake(({ ResourceARN }: { ResourceARN: string }) => {
      const Value = ends[ResourceARN.slice("arn:".length)];
      return { Tags: [{ Key: "Team", Value: "a" }, ...(Value === undefined ? [] : [{ Key: "ListenUntil", Value }])] };
    });
    await removeEnded(bus(), now);
    assert.deepEqual(calls, ["RemoveTargets", "DeleteQueue", "DeleteRule"]);
    assert.deepEqual(sqs.commandCalls(DeleteQueueCommand)[0].args[0].input, {
      QueueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/webhook-listen-00000001-dev",
    });
    eventBridge.on(ListRulesCommand).resolves({});
    await removeEnded(bus());
    assert.equal(calls.length, 3);
  });
});
