import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import { allows, guarded, program, statementsOf, type Program } from "../../../testbed/program";
import { tableKeyActions } from "../../helpers/permissions";

const tableArn = "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-events-dev";

describe("Processor", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  describe("the events table", () => {
    const table = () => dev.one(Type.table).inputs as Record<string, never>;

    it("has the transaction id as its only key, so that a conditional put guards the event", () => {
      assert.equal(table().hashKey, "transaction_id");
      assert.equal(table().rangeKey, undefined);
    });

    it("is paid by request", () => assert.equal(table().billingMode, "PAY_PER_REQUEST"));
    it("can be restored to any point in time", () => assert.deepEqual(table().pointInTimeRecovery, { enabled: true }));
    it("expires items by their time to live", () => assert.deepEqual(table().ttl, { enabled: true, attributeName: "expires_at" }));

    it("streams new images, on which the pipe filters", () => {
      assert.equal(table().streamEnabled, true);
      assert.equal(table().streamViewType, "NEW_IMAGE");
    });

    it("is encrypted with the data key", () => {
      const { enabled, kmsKeyArn } = table().serverSideEncryption as { enabled: boolean; kmsKeyArn: string };
      assert.equal(enabled, true);
      assert.deepEqual(dev.one(Type.table).propertyDependencies.serverSideEncryption, [dev.one(Type.key, "data").urn]);
      assert.match(kmsKeyArn, /:key\//);
    });

    it("finds items by status, oldest first, with what recovery and lists need, and nothing of a payload", () => {
      assert.deepEqual(table().globalSecondaryIndexes, [
        {
          name: "by_status",
          hashKey: "status",
          rangeKey: "received_at",
          projectionType: "INCLUDE",
          nonKeyAttributes: ["source", "event_type", "kind", "attempts", "requeues", "lease_until", "requeued_at", "finished_at", "error"],
        },
      ]);
    });

    it("declares an attribute for every key and no other", () => {
      assert.deepEqual((table().attributes as { name: string; type: string }[]).map(({ name, type }) => `${name}:${type}`).sort(), [
        "received_at:S",
        "status:S",
        "transaction_id:S",
      ]);
    });

    it("cannot be deleted in a protected stack", async () => {
      const protectedTable = (await program(guarded)).one(Type.table);
      assert.equal(protectedTable.inputs.deletionProtectionEnabled, true);
      assert.equal(protectedTable.protect, true);
      assert.equal(table().deletionProtectionEnabled, false);
    });
  });

  describe("the dead-letter queue", () => {
    it("asks KMS for a data key every five minutes at most", () =>
      assert.equal(dev.one(Type.queue).inputs.kmsDataKeyReusePeriodSeconds, 300));

    it("keeps messages for fourteen days", () => assert.equal(dev.one(Type.queue).inputs.messageRetentionSeconds, 1_209_600));

    it("is encrypted with the data key", () => {
      assert.deepEqual(dev.one(Type.queue).propertyDependencies.kmsMasterKeyId, [dev.one(Type.key, "data").urn]);
    });

    it("refuses what does not come over TLS", () => {
      const [statement] = statementsOf(dev.one(Type.queuePolicy).inputs.policy);
      assert.equal(statement.Effect, "Deny");
      assert.equal(statement.Principal, "*");
      assert.deepEqual(statement.Condition, { Bool: { "aws:SecureTransport": "false" } });
    });
  });

  describe("the processing function's role", () => {
    const statements = () => dev.roleStatements("webhook-process-dev");

    it("may read and update items of the events table, and nothing else of it", () => {
      assert.ok(allows(statements(), "dynamodb:GetItem", tableArn));
      assert.ok(allows(statements(), "dynamodb:UpdateItem", tableArn));
      const actions = statements().flatMap(({ Action }) => [Action].flat());
      assert.deepEqual(actions.filter((action) => action.startsWith("dynamodb:")).sort(), ["dynamodb:GetItem", "dynamodb:UpdateItem"]);
    });

    it("may use the data key", () => {
      const arn = dev.one(Type.queue).inputs.kmsMasterKeyId;
      for (const action of tableKeyActions) {
        assert.ok(allows(statements(), action, arn), action);
      }
    });
  });
});
