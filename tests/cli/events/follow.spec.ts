import * as assert from "node:assert/strict";
import { Follower } from "../../../cli/events/follow";
import { fakeTable, type FakeTable } from "./fakeTable";

const start = Date.UTC(2026, 0, 31, 12);
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

for (const shards of [1, 4])
  describe(`What follows events of ${shards === 1 ? "one shard" : `${shards} shards`}`, () => {
    let fake: FakeTable;
    let follower: Follower;
    beforeEach(async () => {
      fake = fakeTable(50, shards);
      fake.put("stripe#old", "PROCESSED", at(-3_600));
      fake.put("stripe#failed", "FAILED", at(-1_800), { finished_at: { S: at(-1_700) } });
      fake.put("stripe#stuck", "PROCESSING", at(-900));
      fake.put("stripe#recent", "PROCESSED", at(-1));
      follower = new Follower(fake.table);
      await follower.start();
    });
    afterEach(() => fake.restore());

    const poll = async () => (await follower.poll()).map(({ transactionId, status }) => `${transactionId} ${status}`);

    it("tells nothing of what was there", async () => assert.deepEqual(await poll(), []));

    it("tells each new event and each change once", async () => {
      fake.put("stripe#1", "RECEIVED", at(1));
      assert.deepEqual(await poll(), ["stripe#1 RECEIVED"]);
      assert.deepEqual(await poll(), []);
      fake.put("stripe#1", "PROCESSING", at(1));
      fake.put("stripe#2", "RECEIVED", at(2));
      assert.deepEqual(await poll(), ["stripe#1 PROCESSING", "stripe#2 RECEIVED"]);
      fake.put("stripe#1", "PROCESSED", at(1), { finished_at: { S: at(3) } });
      assert.deepEqual(await poll(), ["stripe#1 PROCESSED"]);
    });

    it("misses no event that is received and finished between two polls, even one that the index shows late", async () => {
      fake.put("stripe#1", "PROCESSED", at(10));
      fake.put("stripe#2", "FAILED", at(11));
      assert.deepEqual(await poll(), ["stripe#1 PROCESSED", "stripe#2 FAILED"]);
      fake.put("stripe#late", "PROCESSED", at(5));
      assert.deepEqual(await poll(), ["stripe#late PROCESSED"]);
    });

    it("tells the end of an event that was stuck, long after it was received", async () => {
      fake.put("stripe#1", "PROCESSED", at(600));
      await poll();
      fake.put("stripe#stuck", "FAILED", at(-900), { finished_at: { S: at(601) } });
      assert.deepEqual(await poll(), ["stripe#stuck FAILED"]);
    });

    it("tells that an old event was redriven, and how it ended", async () => {
      fake.put("stripe#failed", "RECEIVED", at(-1_800), { requeued_at: { S: at(5) } });
      assert.deepEqual(await poll(), ["stripe#failed RECEIVED"]);
      fake.put("stripe#failed", "FAILED", at(-1_800), { requeued_at: { S: at(5) }, finished_at: { S: at(7) } });
      assert.deepEqual(await poll(), ["stripe#failed FAILED"]);
    });

    it("tells that an event failed again between two polls", async () => {
      fake.put("stripe#1", "FAILED", at(1), { finished_at: { S: at(2) } });
      await poll();
      fake.put("stripe#1", "FAILED", at(1), { requeued_at: { S: at(3) }, finished_at: { S: at(4) } });
      assert.deepEqual(await poll(), ["stripe#1 FAILED"]);
    });

    it("takes no older state of the index for a change", async () => {
      fake.put("stripe#1", "PROCESSED", at(1));
      await poll();
      fake.put("stripe#1", "PROCESSING", at(1));
      assert.deepEqual(await poll(), []);
    });

    it("forgets what was deleted", async () => {
      fake.items.delete("stripe#stuck");
      assert.deepEqual(await poll(), []);
      assert.equal(follower.size, 1, "the recent one");
    });

    it("keeps no more in memory than what is unfinished or young", async () => {
      for (let second = 0; second < 600; second++) {
        fake.put(`stripe#${second}`, "PROCESSED", at(second));
        assert.equal((await poll()).length, 1);
        fake.items.delete(`stripe#${second - 60}`);
      }
      assert.ok(follower.size <= 35, `${follower.size} events`);
    });

    it("follows the newest of many that wait", async () => {
      fake.restore();
      fake = fakeTable(5_000, shards);
      follower = new Follower(fake.table);
      await follower.start();
      for (let index = 0; index < 3_500; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index / 100));
      const first = await follower.poll();
      assert.equal(first.length, 2_000);
      assert.ok(first.some(({ transactionId }) => transactionId === "stripe#3499"));
      for (let index = 0; index < 3_500; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index / 100));
      const last = await follower.poll();
      assert.ok(first.every(({ transactionId }) => last.some((event) => event.transactionId === transactionId)));
      assert.ok(follower.size <= 3_500);
    });

    it("tells that an old event is requeued, and that it is claimed again", async () => {
      for (let index = 0; index < 100; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index));
      await poll();
      fake.put("stripe#stuck", "RECEIVED", at(-900), { requeued_at: { S: at(200) } });
      assert.deepEqual(await poll(), ["stripe#stuck RECEIVED"]);
      fake.put("stripe#stuck", "PROCESSING", at(-900), { requeued_at: { S: at(200) } });
      assert.deepEqual(await poll(), ["stripe#stuck PROCESSING"]);
    });

    it("believes the table, not the index of settled events, which may show a redriven event for a while", async () => {
      fake.put("stripe#1", "FAILED", at(1));
      await poll();
      fake.stale.push(fake.items.get("stripe#1")!);
      fake.put("stripe#1", "RECEIVED", at(1), { requeued_at: { S: at(5) } });
      assert.deepEqual(await poll(), ["stripe#1 RECEIVED"]);
    });

    it("tells the end of a requeued event, although many younger ones wait", async () => {
      fake.restore();
      fake = fakeTable(5_000, shards);
      fake.put("stripe#stuck", "PROCESSING", at(-900), { requeued_at: { S: at(360) } });
      for (let index = 0; index < 3_500; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index / 10));
      follower = new Follower(fake.table);
      await follower.start();
      fake.put("stripe#stuck", "FAILED", at(-900), { requeued_at: { S: at(360) } });
      assert.ok((await poll()).includes("stripe#stuck FAILED"));
    });

    it("reads an open event once, and again when it is open no more, if it may read no more", async () => {
      fake.restore();
      fake = fakeTable(50, shards);
      follower = new Follower(fake.table, { mostOpen: 100, mostSettled: 100, rereadsOpen: false });
      await follower.start();
      fake.put("stripe#1", "RECEIVED", at(1));
      assert.deepEqual(await poll(), ["stripe#1 RECEIVED"]);
      fake.put("stripe#1", "PROCESSING", at(1));
      assert.deepEqual(await poll(), []);
      fake.put("stripe#1", "FAILED", at(1), { finished_at: { S: at(3) } });
      assert.deepEqual(await poll(), ["stripe#1 FAILED"]);
      fake.put("stripe#1", "RECEIVED", at(1), { requeued_at: { S: at(60) } });
      assert.deepEqual(await poll(), ["stripe#1 RECEIVED"]);
      fake.put("stripe#1", "PROCESSED", at(1), { requeued_at: { S: at(60) }, finished_at: { S: at(61) } });
      assert.deepEqual(await poll(), ["stripe#1 PROCESSED"]);
    });

    it("says that it has missed some if more have settled than it may read", async () => {
      fake.restore();
      fake = fakeTable(50, shards);
      follower = new Follower(fake.table, { mostOpen: 100, mostSettled: 10, rereadsOpen: false });
      await follower.start();
      for (let index = 0; index < 10; index++) fake.put(`stripe#${index}`, "PROCESSED", at(index));
      assert.equal((await poll()).length, 10);
      assert.equal(follower.hasMissed, false);
      for (let index = 10; index < 30; index++) fake.put(`stripe#${index}`, "PROCESSED", at(60 + index));
      assert.equal((await poll()).length, 10);
      assert.equal(follower.hasMissed, true);
    });

    it("keeps none of those that wait longer than the newest ones", async () => {
      fake.restore();
      fake = fakeTable(5_000, shards);
      for (let index = 0; index < 2_500; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index / 10));
      follower = new Follower(fake.table);
      await follower.start();
      for (let index = 2_500; index < 5_000; index++) fake.put(`stripe#${index}`, "RECEIVED", at(index / 10));
      await follower.poll();
      assert.ok(follower.size < 2_200, `${follower.size} events`);
    });
  });
