import { shardOf } from "../../domain/shards";

/** Transaction IDs from which the shards' shares are counted: those of about a second at 50,000 events a second. */
const counted = 50_000;

const shares = new Map<number, readonly number[]>();

/**
 * Returns each shard's part of the events, the largest first. It counts a second's events by the hash that stores them, so it has the
 * unevenness of a busy second.
 */
export function sharesOf(shards: number): readonly number[] {
  const known = shares.get(shards);
  if (known) return known;
  const events = Array.from({ length: shards }, () => 0);
  for (let number = 0; number < counted; number++) events[shardOf(`stripe#evt_${number.toString(16).padStart(24, "0")}`, shards)]++;
  const found = events.map((count) => count / counted).sort((a, b) => b - a);
  shares.set(shards, found);
  return found;
}

/** Writes of an event to an index: of its put, and when it settles. */
export interface IndexWrites {
  put: number;
  settle: number;
}

/**
 * Returns the part of puts and of settling writes that DynamoDB takes, and how much of the busiest key's capacity they ask for. Each shard
 * is a key of each index. A write that an index has no capacity for fails as a whole, so that the table throttles the event.
 * @param perKey writes that one key takes in this step
 */
export function throttle(puts: number, settles: number, indexes: readonly IndexWrites[], shards: number, perKey: number): Throttled {
  const needed = Math.max(0, ...indexes.map(({ put, settle }) => puts * put + settles * settle)) / perKey;
  const shares = sharesOf(shards);
  const busiest = shares[0] * needed;
  // Almost always: then no key is full.
  if (busiest <= 1) return { part: 1, busiest };
  return { part: shares.reduce((sum, share) => sum + share / Math.max(1, share * needed), 0), busiest };
}

export interface Throttled {
  part: number;
  /** 1: the busiest key is full. */
  busiest: number;
}
