/** Defines the shards of the table's indexes, for infrastructure, functions and tools. */
import { createHash } from "node:crypto";

/** Most shards of an index: more would only make lists and the reconciler read more. */
export const mostShards = 1_024;

/** Writes a second that DynamoDB takes for one key of an index. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
export const writesPerKey = 1_000;

/** Writes of an event to the index that takes most of them: it enters `open`, and leaves it. */
export const indexWritesPerEvent = 2;

/**
 * Returns the shard of an event: the last bits of a digest of its transaction ID. More shards move nothing, because an event keeps the shard
 * that it was stored with.
 * @param shards a power of two
 */
export function shardOf(transactionId: string, shards: number): number {
  return createHash("sha256").update(transactionId).digest().readUInt16BE() & (shards - 1);
}

/** Part of a key's writes that a shard is meant for. The rest is for a second in which it has more events than others. */
const plannedPart = 0.8;

/** Returns the fewest shards, a power of two up to `mostShards`, whose keys take so many events a second, also where they come unevenly. */
export function shardsFor(eventsPerSecond: number): number {
  const needed = (eventsPerSecond * indexWritesPerEvent) / (writesPerKey * plannedPart);
  return Math.min(mostShards, 2 ** Math.max(0, Math.ceil(Math.log2(needed))));
}

/** Returns the numbers of all shards. */
export const allShards = (shards: number): number[] => Array.from({ length: shards }, (_, shard) => shard);
