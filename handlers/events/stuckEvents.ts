import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { Attribute, indexes, Status } from "../../domain/event";
import { allShards } from "../../domain/shards";
import { isStuck, waitsSince } from "../../domain/stuck";
import { Variable } from "../../domain/variables";
import { mostItemsAtOnce, readBatch } from "../aws/batchGet";
import { dynamodb } from "../aws/dynamodb";
import { abortAtDeadline } from "../aws/deadline";
import { requiredVariable } from "../aws/environment";
import { text, waiting, type Item } from "./items";
import { deployedLeaseSeconds } from "../aws/lease";

/** Stuck event: PROCESSING with an expired lease, or RECEIVED for too long. */
export interface StuckEvent {
  transactionId: string;
  /** `true` if its worker died; `false` if nothing claimed it. */
  leaseExpired: boolean;
  attempts: number;
}

/** What a run found in the index of open events. */
export interface StuckEvents {
  /** Pages of stuck events, those that are due longest first within each shard. */
  stuck: AsyncGenerator<StuckEvent[]>;
  /** Seconds that the oldest event has waited that is still RECEIVED, since it was stored, requeued or redriven; 0 if there is none. */
  secondsWaiting: number;
}

/** Shards that are queried at once. */
const shardsAtOnce = 16;
/** Attributes that tell whether an event is stuck. DynamoDB charges for whole items, but does not send their payloads. */
const looked = [
  Attribute.transactionId,
  Attribute.status,
  Attribute.receivedAt,
  Attribute.requeuedAt,
  Attribute.leaseUntil,
  Attribute.attempts,
];

/**
 * Finds the events that may be stuck, and how long the oldest one waits. It reads the keys of those that are due, and then these items from
 * the table. The index may lag behind the table and an item may change, so each event is only a candidate.
 * @param staleBefore events RECEIVED before that and not requeued since are stale
 */
export async function findStuck(now: Date, staleBefore: Date): Promise<StuckEvents> {
  const oldest = await oldestOfEachShard();
  const due = oldest.filter(({ dueAt }) => dueAt <= now.getTime()).map(({ shard }) => shard);
  return { stuck: stuckEvents(rotated(due, now), now, staleBefore), secondsWaiting: await secondsWaiting(oldest, now) };
}

/** Begins with another shard in each minute: a run that ends before it has read all of them leaves none behind for long. */
function rotated(shards: readonly number[], now: Date): number[] {
  const first = Math.floor(now.getTime() / 60_000) % Math.max(1, shards.length);
  return [...shards.slice(first), ...shards.slice(0, first)];
}

interface Oldest {
  shard: number;
  /** Epoch milliseconds. */
  dueAt: number;
}

/** Returns when the first event of each shard is due; nothing for a shard without open events. */
async function oldestOfEachShard(): Promise<Oldest[]> {
  const shards = allShards(Number(requiredVariable(Variable.indexShards)));
  const found: Oldest[] = [];
  for (let from = 0; from < shards.length; from += shardsAtOnce) {
    const some = shards.slice(from, from + shardsAtOnce);
    const pages = await Promise.all(some.map((shard) => keysOf(shard, anyTime, 1)));
    found.push(...pages.flatMap(({ Items = [] }, index) => Items.map((item) => ({ shard: some[index], dueAt: dueAtOf(item) }))));
  }
  return found;
}

/**
 * Returns how long the oldest RECEIVED event waits. A queue's oldest events are those that are being processed: it passes over as many as
 * one call reads.
 */
async function secondsWaiting(oldest: readonly Oldest[], now: Date): Promise<number> {
  let longest = 0;
  for (const { shard, dueAt } of [...oldest].sort((one, other) => one.dueAt - other.dueAt)) {
    // No event of this shard, or of a later one, waits longer.
    if (waitOf(dueAt, now) <= Math.max(shortWait, longest)) break;
    const { Items = [] } = await keysOf(shard, anyTime, mostItemsAtOnce);
    const received = (await readItems(Items)).filter((item) => text(item, Attribute.status) === Status.received);
    longest = Math.max(longest, ...received.map((item) => (now.getTime() - waitsSince(waiting(item))) / 1_000));
  }
  return Math.round(longest);
}

/** Seconds of waiting that need no look: the time between two runs. */
export const shortWait = 60;

const waitOf = (dueAt: number, now: Date) => (now.getTime() - dueAt) / 1_000 + deployedLeaseSeconds();
const dueAtOf = (item: Item) => Number(item[Attribute.dueAt].N);

async function* stuckEvents(shards: readonly number[], now: Date, staleBefore: Date): AsyncGenerator<StuckEvent[]> {
  for (const shard of shards) {
    let from: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await keysOf(shard, now.getTime(), undefined, from);
      for (let at = 0; at < Items.length; at += mostItemsAtOnce) {
        const items = await readItems(Items.slice(at, at + mostItemsAtOnce));
        yield items.filter((item) => isStuck(waiting(item), now.getTime(), staleBefore.getTime())).map(stuckEvent);
      }
      from = LastEvaluatedKey;
    } while (from);
  }
}

const stuckEvent = (item: Item): StuckEvent => ({
  transactionId: item[Attribute.transactionId].S!,
  leaseExpired: item[Attribute.status].S === Status.processing,
  attempts: Number(item[Attribute.attempts]?.N ?? 0),
});

/** Later than any event is due. */
const anyTime = Number.MAX_SAFE_INTEGER;

/** Returns keys of a shard's events that are due by a time, the earliest first. */
function keysOf(shard: number, dueBy: number, limit: number | undefined, from?: Item) {
  return dynamodb.send(
    new QueryCommand({
      TableName: requiredVariable(Variable.tableName),
      IndexName: indexes.open.name,
      KeyConditionExpression: "#shard = :shard AND #dueAt <= :dueBy",
      ExpressionAttributeNames: { "#shard": Attribute.shard, "#dueAt": Attribute.dueAt },
      ExpressionAttributeValues: { ":shard": { N: String(shard) }, ":dueBy": { N: String(dueBy) } },
      Limit: limit,
      ExclusiveStartKey: from,
    }),
    abortAtDeadline(),
  );
}

/** Reads items by the index's keys, in their order. One that does not exist any more is left out. */
async function readItems(keys: readonly Item[]): Promise<Item[]> {
  const batch = {
    tableName: requiredVariable(Variable.tableName),
    keys: keys.map((key) => ({ [Attribute.transactionId]: key[Attribute.transactionId] })),
    attributes: looked,
  };
  const items = await readBatch(dynamodb, batch);
  const found = new Map(items.map((item) => [text(item, Attribute.transactionId), item]));
  return keys.map((key) => found.get(text(key, Attribute.transactionId))).filter((item) => item !== undefined);
}
