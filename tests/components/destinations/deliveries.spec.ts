import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { decision, inAccount } from "../../helpers/access";
import { parseStatements } from "../../../preflight/iam/document";
import { queueUrl } from "../../helpers/destinations";
import { tableKeyActions } from "../../helpers/permissions";
import { allows, archivedText, delivering, program, type Program } from "../../../testbed/program";

const queue = (name: string) => inAccount("sqs", `webhook-to-${name}-dev`);

describe("Deliveries", () => {
  let stack: Program;
  before(async () => (stack = await program(delivering)));
  const deliver = () => stack.one(Type.function, "deliver-function");
  const statements = () => stack.roleStatements("webhook-deliver-dev");

  describe("have a table", () => {
    const table = () => stack.one(Type.table, "deliveries-table");

    it("of deliveries and states, by one key, on demand", () => {
      const { name, hashKey, rangeKey, billingMode, streamEnabled } = table().inputs as Record<string, unknown>;
      assert.deepEqual(
        { name, hashKey, rangeKey, billingMode, streamEnabled },
        {
          name: "webhook-deliveries-dev",
          hashKey: "delivery_id",
          rangeKey: undefined,
          billingMode: "PAY_PER_REQUEST",
          streamEnabled: undefined,
        },
      );
    });

    it("whose keys are texts", () => {
      const types = (table().inputs.attributes as { name: string; type: string }[]).map(({ name, type }) => `${name} ${type}`);
      assert.deepEqual(types, ["delivery_id S", "undelivered S", "since S"]);
    });

    it("with an index of what is not delivered, which holds what a list shows", () => {
      assert.deepEqual(table().inputs.globalSecondaryIndexes, [
        {
          name: "undelivered",
          hashKey: "undelivered",
          rangeKey: "since",
          projectionType: "INCLUDE",
          nonKeyAttributes: ["transaction_id", "status", "attempts", "next_at", "error", "generation", "trigger"],
        },
      ]);
    });

    it("that can be restored, is encrypted with the data key, expires, and cannot be deleted by mistake", () => {
      const { pointInTimeRecovery, serverSideEncryption, ttl, deletionProtectionEnabled } = table().inputs as Record<string, unknown>;
      assert.deepEqual(pointInTimeRecovery, { enabled: true });
      assert.deepEqual(serverSideEncryption, { enabled: true, kmsKeyArn: stack.one(Type.key, "data").outputs.arn });
      assert.deepEqual(ttl, { enabled: true, attributeName: "expires_at" });
      assert.equal(deletionProtectionEnabled, true);
    });
  });

  describe("have a function", () => {
    it("with little memory, and time for a batch", () => {
      const { memorySize, timeout, reservedConcurrentExecutions, deadLetterConfig } = deliver().inputs;
      assert.deepEqual([memorySize, timeout], [256, 60], "whatever the other functions have");
      assert.deepEqual([reservedConcurrentExecutions, deadLetterConfig], [undefined, undefined]);
    });

    it("in the stack's network", () => {
      const { subnetIds, securityGroupIds } = deliver().inputs.vpcConfig as { subnetIds: string[]; securityGroupIds: string[] };
      assert.deepEqual(subnetIds, stack.one(Type.vpc).outputs.privateSubnetIds);
      assert.deepEqual(securityGroupIds, [stack.one(Type.securityGroup).outputs.id]);
    });

    it("that knows the names of the destinations' secrets and queues, and no URL of this machine", () => {
      const { variables } = deliver().inputs.environment as { variables: Record<string, string> };
      const { EVENTS_TABLE, DELIVERIES_TABLE, DESTINATION_SECRETS, DESTINATION_QUEUE_URLS, DESTINATION_DEAD_LETTER_URLS } = variables;
      assert.deepEqual([EVENTS_TABLE, DELIVERIES_TABLE], ["webhook-events-dev", "webhook-deliveries-dev"]);
      assert.equal(DESTINATION_SECRETS, "webhook-to-{source}-dev");
      assert.equal(DESTINATION_QUEUE_URLS, queueUrl("webhook-to-{source}-dev"));
      assert.equal(DESTINATION_DEAD_LETTER_URLS, queueUrl("webhook-to-{source}-dead-letters-dev"));
      assert.ok(!("LOCAL_DESTINATIONS" in variables));
      assert.equal(variables.POWERTOOLS_METRICS_NAMESPACE, "WebhookPipeline");
    });

    it("with the settings of the destinations to which it posts beside its code", () => {
      const orders = {
        url: "https://orders.example.com/webhooks",
        payload: "none",
        timeoutSeconds: 15,
        maxConcurrency: 20,
        maxPerSecond: 5,
        retryHours: 72,
        auth: "none",
      };
      const { archive } = deliver().inputs.code as { archive: Record<string, string> };
      assert.equal(archive["destinations.json"], archivedText(JSON.stringify({ orders })));
    });
  });

  describe("let the function", () => {
    /** Decides as IAM does, with the tags of the resource. */
    const may = (action: string, resource: string, tags: Record<string, string> = {}, more: Record<string, string> = {}) => {
      const told = Object.entries(tags).map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, value]);
      const untold = ["environment", "destination", "destinationtype"].map((key) => [`aws:resourcetag/${key}`, undefined]);
      const context = { ...Object.fromEntries([...untold, ...told]), "lambda:sourcefunctionarn": undefined, ...more };
      return decision(parseStatements({ Statement: statements() } as unknown as Record<string, unknown>), action, resource, context);
    };
    const orders = { Environment: "dev", Destination: "orders", DestinationType: "https" };

    it("read events, but change none, and read no large body", () => {
      assert.ok(allows(statements(), "dynamodb:GetItem", inAccount("dynamodb", "table/webhook-events-dev")));
      assert.equal(may("s3:GetObject", "arn:aws:s3:::webhook-payloads-dev-123456789012/key"), "no");
      for (const action of ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"])
        assert.equal(may(action, inAccount("dynamodb", "table/webhook-events-dev")), "no", action);
    });

    it("record deliveries, and find those that are late", () => {
      for (const action of ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"])
        assert.equal(may(action, inAccount("dynamodb", "table/webhook-deliveries-dev")), "yes", action);
      assert.equal(may("dynamodb:Query", inAccount("dynamodb", "table/webhook-deliveries-dev/index/undelivered")), "yes");
      for (const action of ["dynamodb:DeleteItem", "dynamodb:Scan"])
        assert.equal(may(action, inAccount("dynamodb", "table/webhook-deliveries-dev")), "no", action);
    });

    it("read and settle messages of the destinations to which it posts, and of no other queue", () => {
      for (const action of ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"]) {
        const reads = (name: string, tags: Record<string, string>) => may(`sqs:${action}`, name, tags);
        assert.equal(reads(queue("orders"), orders), "yes", action);
        assert.equal(reads(queue("ledger"), { ...orders, DestinationType: "queue" }), "no", "its consumers' queue");
        assert.equal(reads(queue("orders-my"), { ...orders, Environment: "my-dev" }), "no", "another stack's queue");
        assert.equal(reads(inAccount("sqs", "webhook-dead-letters-dev"), {}), "no");
      }
      assert.equal(may("sqs:SendMessage", queue("orders-dead-letters"), orders), "yes");
      assert.equal(may("sqs:SendMessage", queue("orders"), orders), "no");
      for (const tag of [{ DestinationType: "queue" }, { Environment: "my-dev" }])
        assert.equal(may("sqs:SendMessage", queue("orders-dead-letters"), { ...orders, ...tag }), "no", JSON.stringify(tag));
    });

    it("read the secrets of destinations, and none of a source", () => {
      const secret = (name: string) => inAccount("secretsmanager", `secret:${name}-a1b2c3`);
      assert.equal(may("secretsmanager:GetSecretValue", secret("webhook-to-orders-dev"), orders), "yes");
      assert.equal(may("secretsmanager:GetSecretValue", secret("webhook-to-stripe-dev"), { Environment: "dev" }), "no", "a source's");
      assert.equal(may("secretsmanager:GetSecretValue", secret("webhook-stripe-dev"), { Environment: "dev" }), "no");
      assert.equal(may("secretsmanager:GetSecretValue", secret("webhook-to-orders-dev"), { ...orders, Environment: "my-dev" }), "no");
    });

    it("pause and resume the mappings that call it, and no others", () => {
      const mapping = inAccount("lambda", "event-source-mapping:0b5f644e-58dc-4780-838b-c38e4ce2c527");
      const changes = (name: string) =>
        may("lambda:UpdateEventSourceMapping", mapping, {}, { "lambda:functionarn": inAccount("lambda", `function:${name}`) });
      assert.deepEqual(["webhook-deliver-dev", "webhook-deliver-prod", "orders"].map(changes), ["yes", "no", "no"]);
      assert.equal(may("lambda:ListEventSourceMappings", "*"), "yes");
      for (const action of ["lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping"])
        assert.equal(may(action, mapping, {}, { "lambda:functionarn": inAccount("lambda", "function:webhook-deliver-dev") }), "no", action);
    });

    it("use the data key", () => {
      for (const action of tableKeyActions) assert.ok(allows(statements(), action, stack.one(Type.key, "data").outputs.arn), action);
    });
  });

  it("are tended each minute, without retries", () => {
    const schedule = stack.one(Type.schedule, "deliveries");
    const { name, scheduleExpression, target } = schedule.inputs as {
      name: string;
      scheduleExpression: string;
      target: Record<string, unknown>;
    };
    assert.deepEqual([name, scheduleExpression], ["webhook-deliver-dev", "rate(1 minute)"]);
    assert.deepEqual(target, {
      arn: inAccount("lambda", "function:webhook-deliver-dev"),
      roleArn: "arn:aws:iam::123456789012:role/webhook-deliver-schedule-dev",
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      input: '{"command":"tend"}',
    });
    assert.ok(stack.dependsOn(schedule, stack.one(Type.functionEventInvokeConfig, "deliveries")), "before the first run");
  });

  it("keep the receiver from the secrets of destinations", () => {
    const receiver = stack.roleStatements("webhook-receive-dev").find(({ Sid }) => Sid === "ReadSigningSecrets")!;
    assert.deepEqual(receiver.Condition, {
      StringEquals: { "aws:ResourceTag/Environment": "dev" },
      Null: { "aws:ResourceTag/Destination": "true" },
    });
  });
});
