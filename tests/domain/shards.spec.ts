import * as assert from "node:assert/strict";
import { allShards, mostShards, shardOf, shardsFor } from "../../domain/shards";

const ids = Array.from({ length: 20_000 }, (_, index) => `stripe#evt_${index}`);

describe("The shards of the indexes", () => {
  it("take the events evenly", () => {
    const counts = allShards(16).map((shard) => ids.filter((id) => shardOf(id, 16) === shard).length);
    for (const count of counts) assert.ok(Math.abs(count - ids.length / 16) < 200, `${counts.join(" ")}`);
  });

  it("stay those of an event when there are more, as far as the old ones go", () => {
    for (const id of ids.slice(0, 100))
      for (let shards = 1; shards < mostShards; shards *= 2) assert.equal(shardOf(id, shards * 2) & (shards - 1), shardOf(id, shards));
  });

  it("are one for a small stack, which a list reads in one query", () =>
    assert.deepEqual(ids.map((id) => shardOf(id, 1)).filter(Boolean), []));

  for (const [eventsPerSecond, shards] of [
    [0, 1],
    [1, 1],
    [400, 1],
    [401, 2],
    [1_600, 4],
    [50_000, 128],
    [10_000_000, 1_024],
  ])
    it(`are ${shards} for ${eventsPerSecond} events a second`, () => assert.equal(shardsFor(eventsPerSecond), shards));
});
