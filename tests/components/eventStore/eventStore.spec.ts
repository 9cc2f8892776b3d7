import * as assert from "node:assert/strict";
import { indexedAttributes } from "../../../domain/event";
import { Type } from "../../../graph/types";
import { guarded, program, statementsOf, type Program } from "../../../testbed/program";

describe("EventStore", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  describe("the events table", () => {
    const table = () => dev.one(Type.table).inputs as Record<string, never>;

    it("has the transaction ID as its only key, so that a conditional put keeps events unique", () => {
      assert.equal(table().hashKey, "transaction_id");
      assert.equal(table().rangeKey, undefined);
    });

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

    it("has an index by status, oldest first, without payloads", () => {
      const [{ hashKey, rangeKey, nonKeyAttributes }] = table().globalSecondaryIndexes as Record<string, string | string[]>[];
      assert.deepEqual([hashKey, rangeKey], ["status", "received_at"]);
      assert.deepEqual(nonKeyAttributes, [...indexedAttributes]);
      assert.doesNotMatch(indexedAttributes.join(), /payload/);
    });

    it("declares exactly the attributes of its keys", () => {
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
    it("keeps messages for fourteen days", () => assert.equal(dev.one(Type.queue).inputs.messageRetentionSeconds, 1_209_600));

    it("is encrypted with the data key", () => {
      assert.deepEqual(dev.one(Type.queue).propertyDependencies.kmsMasterKeyId, [dev.one(Type.key, "data").urn]);
    });

    it("refuses requests without TLS", () => {
      const [statement] = statementsOf(dev.one(Type.queuePolicy).inputs.policy);
      assert.equal(statement.Effect, "Deny");
      assert.equal(statement.Principal, "*");
      assert.deepEqual(statement.Condition, { Bool: { "aws:SecureTransport": "false" } });
    });
  });
});
