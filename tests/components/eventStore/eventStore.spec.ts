import * as assert from "node:assert/strict";
import { indexes, listedAttributes } from "../../../domain/event";
import { Type } from "../../../preflight/graph/types";
import { refuseFewer, shardsTag } from "../../../components/eventStore/shards";
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

    it("has indexes of open, settled and failed events, whose keys never change, and none with a payload", () => {
      const found = (table().globalSecondaryIndexes as Record<string, string | string[]>[]).map(
        ({ name, hashKey, rangeKey, projectionType, nonKeyAttributes }) => [name, hashKey, rangeKey, projectionType, nonKeyAttributes],
      );
      assert.deepEqual(found, [
        ["open", "shard", "due_at", "KEYS_ONLY", undefined],
        ["by_time", "settled_shard", "received_at", "INCLUDE", [...listedAttributes]],
        ["failed", "failed_shard", "received_at", "INCLUDE", [...listedAttributes]],
      ]);
      assert.doesNotMatch(listedAttributes.join(), /payload/);
      const keys = Object.values(indexes).flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey]);
      assert.ok(!(keys as string[]).includes("status"));
    });

    it("declares exactly the attributes of its keys", () => {
      assert.deepEqual((table().attributes as { name: string; type: string }[]).map(({ name, type }) => `${name}:${type}`).sort(), [
        "due_at:N",
        "failed_shard:N",
        "received_at:S",
        "settled_shard:N",
        "shard:N",
        "transaction_id:S",
      ]);
    });

    it("keeps the number of its indexes' shards in a tag", async () => {
      assert.deepEqual(table().tags, { IndexShards: "1" });
      const large = await program({ indexShards: 8 });
      assert.deepEqual(large.one(Type.table).inputs.tags, { IndexShards: "8" });
      assert.equal((large.outputs as { indexShards: number }).indexShards, 8);
      for (const name of ["receive", "reconcile"]) {
        const { variables } = large.one(Type.function, `${name}-function`).inputs.environment as { variables: Record<string, string> };
        assert.equal(variables.INDEX_SHARDS, "8", name);
      }
    });

    it("takes more shards, and refuses fewer", () => {
      const change = (before: number, after: number) =>
        refuseFewer({ oldInputs: { tags: shardsTag(before) }, newInputs: { tags: shardsTag(after) } });
      change(4, 8);
      change(4, 4);
      refuseFewer({ oldInputs: {}, newInputs: { tags: shardsTag(1) } });
      assert.throws(() => change(8, 4), {
        message: /^indexShards would be 4, but the table's events have 8 shards\. .+ Set indexShards to 8 or more\.$/,
      });
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
