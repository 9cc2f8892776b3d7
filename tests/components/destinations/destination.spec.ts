import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { delivering, program, statementsOf, type Program } from "../../../testbed/program";
import { inAccount } from "../../helpers/access";
import { postedOrders, queueUrl } from "../../helpers/destinations";

const day = 24 * 3_600;
const queues = ["to-orders", "to-orders-dead-letters", "to-ledger", "to-ledger-dead-letters"];

describe("Destination", () => {
  let stack: Program;
  before(async () => (stack = await program(delivering)));
  const inputsOf = (type: string, name: string) => stack.one(type, name).inputs as Record<string, unknown>;
  const policyOf = (name: string) => statementsOf(stack.one(Type.queuePolicy, name).inputs.policy);

  it("exists only if configured, with nothing that it would need", async () => {
    const dev = await program();
    for (const type of [Type.eventRule, Type.eventTarget, Type.eventSourceMapping]) assert.equal(dev.all(type).length, 0, type);
    for (const output of ["destinations", "deliveriesTableName", "deliverFunctionName"]) assert.ok(!(output in dev.outputs), output);
    const mentions = /webhook-(deliver|deliveries|to)-|"events\.amazonaws\.com|ResourceTag.Destination/;
    const touched = dev.resources.filter(({ inputs }) => mentions.test(JSON.stringify(inputs).replaceAll("\\", "")));
    assert.deepEqual(
      touched.map(({ name }) => name),
      [],
    );
  });

  describe("has a rule on the event bus", () => {
    it("with a pattern by kinds, sources and event types", () => {
      const { name, eventBusName, eventPattern, state } = inputsOf(Type.eventRule, "to-orders");
      assert.equal(name, "webhook-orders-dev");
      assert.equal(eventBusName, "webhook-events-dev");
      assert.equal(state, undefined, "a rule is enabled unless it says otherwise");
      assert.deepEqual(JSON.parse(eventPattern as string), {
        source: ["webhook.pipeline"],
        "detail-type": ["payment.succeeded", "refund"],
        detail: { source: ["stripe"], eventType: [{ prefix: "charge." }, "payment_intent.succeeded"] },
      });
    });

    it("for all events of the pipeline if nothing is chosen", () => {
      assert.deepEqual(JSON.parse(inputsOf(Type.eventRule, "to-ledger").eventPattern as string), { source: ["webhook.pipeline"] });
    });

    it("whose target is the queue, with the dead letters for what EventBridge cannot deliver, once the policies let it in", () => {
      for (const name of ["orders", "ledger"]) {
        const target = stack.one(Type.eventTarget, `to-${name}`);
        assert.deepEqual(target.inputs, {
          rule: `webhook-${name}-dev`,
          eventBusName: "webhook-events-dev",
          targetId: name,
          arn: inAccount("sqs", `webhook-to-${name}-dev`),
          deadLetterConfig: { arn: inAccount("sqs", `webhook-to-${name}-dead-letters-dev`) },
        });
        for (const policy of [`to-${name}`, `to-${name}-dead-letters`])
          assert.ok(stack.dependsOn(target, stack.one(Type.queuePolicy, policy)), policy);
      }
    });
  });

  describe("has a queue and its dead letters", () => {
    it("that keep messages as long as SQS allows, encrypted with the data key", () => {
      for (const name of queues) {
        const { messageRetentionSeconds, name: physical, kmsDataKeyReusePeriodSeconds } = inputsOf(Type.queue, name);
        assert.deepEqual([messageRetentionSeconds, kmsDataKeyReusePeriodSeconds], [14 * day, 300], name);
        assert.equal(physical, `webhook-${name}-dev`);
        assert.deepEqual(stack.one(Type.queue, name).propertyDependencies.kmsMasterKeyId, [stack.one(Type.key, "data").urn], name);
      }
    });

    it("with tags by which policies distinguish them", () => {
      const tagsOf = (name: string) => inputsOf(Type.queue, name).tags;
      assert.deepEqual(tagsOf("to-orders"), { Environment: "dev", Destination: "orders", DestinationType: "https" });
      assert.deepEqual(tagsOf("to-orders-dead-letters"), tagsOf("to-orders"));
      assert.deepEqual(tagsOf("to-ledger"), { Environment: "dev", Destination: "ledger", DestinationType: "queue" });
      assert.deepEqual(tagsOf("to-ledger-dead-letters"), tagsOf("to-ledger"));
    });

    it("and moves a message there only after SQS's most receives, because the function counts attempts itself", () => {
      for (const name of ["to-orders", "to-ledger"]) {
        const { redrivePolicy, visibilityTimeoutSeconds } = inputsOf(Type.queue, name);
        const deadLetterTargetArn = inAccount("sqs", `webhook-${name}-dead-letters-dev`);
        assert.deepEqual(JSON.parse(redrivePolicy as string), { deadLetterTargetArn, maxReceiveCount: 1_000 });
        assert.equal(visibilityTimeoutSeconds, 360, "six times the function's timeout");
        assert.equal(inputsOf(Type.queue, `${name}-dead-letters`).redrivePolicy, undefined);
      }
    });

    it("that EventBridge may send to for this rule only, and nobody may use without TLS", () => {
      for (const name of ["webhook-to-orders", "webhook-to-orders-dead-letters"]) {
        const [send, insecure, ...more] = policyOf(name.replace("webhook-", ""));
        assert.deepEqual(send, {
          Sid: "LetRuleSend",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: inAccount("sqs", `${name}-dev`),
          Condition: { ArnEquals: { "aws:SourceArn": inAccount("events", "rule/webhook-events-dev/webhook-orders-dev") } },
        });
        assert.deepEqual([insecure.Effect, insecure.Condition], ["Deny", { Bool: { "aws:SecureTransport": "false" } }]);
        assert.equal(more.length, 0);
      }
    });

    it("that its consumers may poll, but not fill, nor read what failed", () => {
      const consumer = "arn:aws:iam::123456789012:role/ledger";
      assert.deepEqual(
        policyOf("to-ledger").find(({ Sid }) => Sid === "LetConsumersRead"),
        {
          Sid: "LetConsumersRead",
          Effect: "Allow",
          Principal: { AWS: [consumer] },
          Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
          Resource: inAccount("sqs", "webhook-to-ledger-dev"),
        },
      );
      assert.ok(!JSON.stringify(policyOf("to-ledger-dead-letters")).includes(consumer));
    });
  });

  describe("of the type https", () => {
    it("has a secret without a value, which the tags set apart from those of sources", () => {
      const { name, description, tags, secretString, recoveryWindowInDays } = inputsOf(Type.secret, "to-orders");
      assert.equal(name, "webhook-to-orders-dev");
      assert.match(description as string, /^Signing secret of the destination orders/);
      assert.deepEqual(tags, { Environment: "dev", Destination: "orders", DestinationType: "https" });
      assert.equal(secretString, undefined);
      assert.equal(recoveryWindowInDays, 30, "with deletionProtection");
    });

    it("hands its messages to the function, in batches whose failures are reported one by one", () => {
      const mapping = stack.one(Type.eventSourceMapping);
      assert.deepEqual(mapping.inputs, {
        eventSourceArn: inAccount("sqs", "webhook-to-orders-dev"),
        functionName: inAccount("lambda", "function:webhook-deliver-dev"),
        enabled: true,
        batchSize: 10,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: 10 },
      });
      assert.ok(stack.dependsOn(mapping, stack.one(Type.rolePolicy, "deliver-policy")), "Lambda checks the role's permissions");
    });

    it("has as many invocations at once as maxConcurrency allows, and of a limited rate only as many as it needs", async () => {
      const concurrencyOf = async (limits: object) => {
        const one = await program({ destinations: [{ ...postedOrders, ...limits }] });
        return one.one(Type.eventSourceMapping).inputs.scalingConfig;
      };
      for (const [limits, maximumConcurrency] of [
        [{}, 2],
        [{ maxConcurrency: 50 }, 50],
        [{ maxConcurrency: 50, maxPerSecond: 1 }, 2],
        [{ maxConcurrency: 50, maxPerSecond: 10 }, 20],
      ] as const)
        assert.deepEqual(await concurrencyOf(limits), { maximumConcurrency }, JSON.stringify(limits));
    });

    it("keeps data, addresses and messages if deletionProtection is on", () => {
      const kept = [Type.queue, Type.queuePolicy].flatMap((type) => queues.map((name) => [type, name]));
      for (const [type, name] of [...kept, [Type.secret, "to-orders"], [Type.table, "deliveries-table"], [Type.schedule, "deliveries"]])
        assert.equal(stack.one(type, name).protect, true, `${type} ${name}`);
    });
  });

  it("of the type queue has neither secret nor mapping, and needs no function", async () => {
    assert.equal(stack.all(Type.secret).filter(({ name }) => name.endsWith("to-ledger")).length, 0);
    const polled = await program({ destinations: [{ name: "ledger", type: "queue" }] });
    assert.equal(polled.all(Type.eventSourceMapping).length, 0);
    assert.equal(polled.all(Type.table).length, 1);
    assert.equal(polled.all(Type.function).length, 3);
  });

  it("is in the outputs, as commands read it", () => {
    assert.deepEqual(stack.outputs.destinations, {
      orders: {
        type: "https",
        kinds: ["payment.succeeded", "refund"],
        sources: ["stripe"],
        eventTypes: ["charge.*", "payment_intent.succeeded"],
        url: "https://orders.example.com/webhooks",
        payload: "none",
        timeoutSeconds: 15,
        maxConcurrency: 20,
        maxPerSecond: 5,
        retryHours: 72,
        auth: "none",
        queueUrl: queueUrl("webhook-to-orders-dev"),
        deadLetterQueueUrl: queueUrl("webhook-to-orders-dead-letters-dev"),
        ruleName: "webhook-orders-dev",
        secretArn: stack.one(Type.secret, "to-orders").outputs.arn,
      },
      ledger: {
        type: "queue",
        consumerRoles: ["arn:aws:iam::123456789012:role/ledger"],
        queueUrl: queueUrl("webhook-to-ledger-dev"),
        deadLetterQueueUrl: queueUrl("webhook-to-ledger-dead-letters-dev"),
        ruleName: "webhook-ledger-dev",
      },
    });
  });
});
