import * as assert from "node:assert/strict";
import { transitions } from "../../domain/lifecycle";
import { settled, successors } from "./lifecycle";
import { beginning, isFinished, maximum, staleTicks, statusOf, type Budget, type World, type Writes } from "./world";
import type { Guards, Rules } from "./worker";

/** Checks the invariants of every world and every step. */
function fault(world: World, next: World): string | undefined {
  if (next.acknowledged && !next.item) return "an acknowledged event is not there";
  if (statusOf(next) === "PROCESSED" && !next.published) return "an event is PROCESSED that was not published";
  if (statusOf(next) === "FAILED" && !next.deadLetter) return "an event is FAILED without a dead letter";
  if (statusOf(next) === "FAILED" && statusOf(world) !== "FAILED" && !failedBy(world, next)?.blames)
    return "an outage made an event FAILED";
  if (next.effects > 1) return "an event is processed twice";
  if (statusOf(world) === "PROCESSED" && statusOf(next) !== "PROCESSED") return "a PROCESSED event is taken up again";
  if (next.killed > maximum.attempts) return "an event whose workers die is requeued too often";
  if (Number(next.item?.attempts ?? 0) > next.owners + next.excused) return "an attempt counts twice";
  if (Number(next.item?.requeues ?? 0) > maximum.requeues) return "an exhausted event is requeued";
  if (historyOf(next) > mostInRound) return "a round of the history grows beyond its bound";
  return faultOfIndexes(next);
}

/** Most entries of one round of the history: one redrive, one failure, and a requeue after each attempt but the last. */
const mostInRound = 1 + (maximum.attempts - 1) + 1;
const historyOf = ({ item }: World) => (item?.history as { L: unknown[] } | undefined)?.L.length ?? 0;

/** Returns the worker that ended with this step. */
const failedBy = (world: World, next: World) => world.workers.find(({ me }) => !next.workers.some((left) => left.me === me));

/** Checks in which indexes an item is: in each whose two keys it has. */
function faultOfIndexes({ item }: World): string | undefined {
  if (!item) return undefined;
  const { status, shard, dueAt, settledShard, failedShard, receivedAt, requeuedAt = receivedAt, leaseUntil } = item;
  const isOpen = status === "RECEIVED" || status === "PROCESSING";
  if ((shard !== undefined && dueAt !== undefined) !== isOpen) return `an event that is ${status as string} is, or is not, in open`;
  if ((settledShard !== undefined) !== !isOpen) return `an event that is ${status as string} is, or is not, in by_time`;
  if ((failedShard !== undefined) !== (status === "FAILED")) return `an event that is ${status as string} is, or is not, in failed`;
  const stuckAt = status === "RECEIVED" ? Number(requeuedAt) + staleTicks : Number(leaseUntil);
  if (isOpen && Number(dueAt) > stuckAt) return "an event is stuck before the reconciler looks";
  return undefined;
}

/** Explores every reachable world, and returns the first violation. */
function search(rules: Rules, from: World): { worlds: number; fault?: string } {
  const seen = new Set<string>();
  const waiting: World[] = [from];
  for (let world = waiting.pop(); world; world = waiting.pop()) {
    const key = JSON.stringify(world);
    if (seen.has(key)) continue;
    seen.add(key);
    if (world.acknowledged && !isFinished(settled(rules, world))) return { worlds: seen.size, fault: "an event is stuck" };
    for (const next of successors(rules, world)) {
      const found = fault(world, next);
      if (found) return { worlds: seen.size, fault: found };
      waiting.push(next);
    }
  }
  return { worlds: seen.size };
}

/** A world whose event was requeued as often as may be, and waits again. */
const exhausted = (left: Budget): World => ({
  ...beginning(left),
  now: 2 * staleTicks,
  acknowledged: true,
  records: 1,
  item: {
    transactionId: "id",
    status: "RECEIVED",
    receivedAt: 0,
    attempts: 0,
    shard: 0,
    dueAt: 0,
    requeues: maximum.requeues,
    requeuedAt: 0,
  },
});

const none: Budget = { deliveries: 1, crashes: 0, failures: 0, outages: 0, repeats: 0, redrives: 0, ticks: 0 };
const sizes: Record<string, World> = {
  "a redelivery and records that come twice": beginning({ ...none, deliveries: 2, repeats: 2, ticks: 3 }),
  "two crashes while time passes": beginning({ ...none, crashes: 2, ticks: 6 }),
  "a failure, a crash and a redrive": beginning({ ...none, crashes: 1, failures: 1, redrives: 1, ticks: 3 }),
  "a record that comes twice, a crash and a failure": beginning({ ...none, crashes: 1, failures: 1, repeats: 1, ticks: 3 }),
  "two failures of one record, and a redrive": beginning({ ...none, failures: 2, repeats: 1, redrives: 1 }),
  "an outage, a crash and a redrive": beginning({ ...none, outages: 1, crashes: 1, redrives: 1, ticks: 3 }),
  "two outages while time passes": beginning({ ...none, outages: 2, ticks: 4 }),
  "a payload that kills its workers": beginning({ ...none, ticks: 11 }, true),
  "redrives again and again": beginning({ ...none, failures: 1, redrives: 3 }),
  "a crash of what exhausts an event": exhausted({ ...none, crashes: 1, ticks: 4 }),
};

const guards: Guards = { failureClaims: true, requeuedIsClaimed: true, outageIsNoFailure: true };
const program: Rules = { writes: transitions, guards };

describe("The lifecycle of an item, in every order of deliveries, claims, crashes, failures, outages, redrives and reconciler runs", () => {
  for (const [what, from] of Object.entries(sizes))
    it(`loses no event, leaves none stuck, processes none twice, and fails none without a dead letter: ${what}`, () => {
      const { worlds, fault } = search(program, from);
      assert.equal(fault, undefined);
      assert.ok(worlds > 1_000, `${worlds} worlds`);
    });

  it("requeues an event whose payload kills its workers as often as it may be claimed, and then fails it", () => {
    const sent = { ...[...successors(program, beginning(none, true))][0] };
    const { item } = settled(program, sent);
    assert.deepEqual([item!.status, item!.requeues, item!.attempts], ["FAILED", maximum.attempts, maximum.attempts]);
  });
});

/** Changes the writes, the guards, or both. */
const without = (writes: Partial<Writes>, changed: Partial<Guards> = {}): Rules => ({
  writes: { ...transitions, ...writes },
  guards: { ...guards, ...changed },
});

/** Replaces a part of a condition or an update. */
function changed(name: keyof Writes, part: "condition" | "update", from: string, to: string): Partial<Writes> {
  const text = transitions[name][part]!;
  assert.ok(text.includes(from), `${name} has ${from}`);
  return { [name]: { ...transitions[name], [part]: text.replace(from, to) } };
}
const condition = (name: keyof Writes, from: string, to: string) => changed(name, "condition", from, to);
const update = (name: keyof Writes, from: string, to: string) => changed(name, "update", from, to);
const always = (name: keyof Writes) => condition(name, transitions[name].condition, "#attempts >= :zero");

type Mutation = [what: string, size: keyof typeof sizes, rules: () => Rules, finds: RegExp];

/**
 * What each guard prevents. The model found the fourth in a draft of three writes: a requeued event was claimed, and claimed again by the
 * write of its result, so it was exhausted after three workers instead of five.
 */
const mutations: Mutation[] = [
  [
    "an event may become FAILED without a claim: a late failure follows a redrive",
    "two failures of one record, and a redrive",
    () => without(condition("fail", "#status = :processing", "#status = :received OR #status = :processing"), { failureClaims: false }),
    /FAILED without a dead letter/,
  ],
  ["process has no condition", "a redelivery and records that come twice", () => without(always("process")), /taken up again/],
  [
    "a requeued event is not claimed first",
    "a payload that kills its workers",
    () => without({}, { requeuedIsClaimed: false }),
    /requeued too often/,
  ],
  [
    "the result of a claimed event counts as an attempt, too",
    "two crashes while time passes",
    () => without(update("normalize", "#kind = :kind", "#kind = :kind ADD #attempts :one")),
    /counts twice/,
  ],
  ["an outage of the store is a failure", "two outages while time passes", () => without({}, { outageIsNoFailure: false }), /outage made/],
  [
    "a failure's claim has no condition",
    "a record that comes twice, a crash and a failure",
    () => without(always("claim")),
    /taken up again/,
  ],
  [
    "a put overwrites",
    "a redelivery and records that come twice",
    () => without(condition("put", "attribute_not_exists(#transactionId)", "attribute_not_exists(#error)")),
    /taken up again/,
  ],
  [
    "anybody's claim may fail an event",
    "a failure, a crash and a redrive",
    () => without(condition("fail", " AND #claimedBy = :me", "")),
    /FAILED without a dead letter/,
  ],
  [
    "a lease that expires is not requeued",
    "two crashes while time passes",
    () => without(condition("requeueExpired", "#leaseUntil < :nowMs", "#leaseUntil < :zero")),
    /stuck/,
  ],
  [
    "what nothing claimed is not requeued",
    "two crashes while time passes",
    () => without(condition("requeueStale", "#receivedAt < :staleBefore", "#receivedAt < :zero")),
    /stuck/,
  ],
  [
    "what was tried too often is not exhausted",
    "two crashes while time passes",
    () => without(condition("exhaust", "#attempts >= :maximumAttempts", "#attempts < :zero")),
    /stuck/,
  ],
  [
    "an event that was requeued too often is requeued once more",
    "a crash of what exhausts an event",
    () => without(condition("requeueExpired", " AND (attribute_not_exists(#requeues) OR #requeues < :maximumRequeues)", "")),
    /exhausted event is requeued/,
  ],
  [
    "an expired lease exhausts no event that was requeued too often",
    "a crash of what exhausts an event",
    () => without(condition("exhaust", " OR #requeues >= :maximumRequeues)", ")")),
    /stuck/,
  ],
  [
    "a redrive does not begin the history anew",
    "redrives again and again",
    () => without(update("redrive", "#history = :entry", "#history = list_append(if_not_exists(#history, :none), :entry)")),
    /history grows/,
  ],
  [
    "a redrive takes any event",
    "a failure, a crash and a redrive",
    () => without(condition("redrive", "#status IN (:failed, :received)", "#status IN (:failed, :received, :processed)")),
    /taken up again/,
  ],
  ["a PROCESSED event stays in open", "two crashes while time passes", () => without(update("complete", ", #dueAt", "")), /in open/],
  [
    "a PROCESSED event does not enter by_time",
    "two crashes while time passes",
    () => without(update("complete", ", #settledShard = #shard", "")),
    /in by_time/,
  ],
  [
    "a FAILED event does not enter failed",
    "a failure, a crash and a redrive",
    () => without(update("fail", ", #failedShard = #shard", "")),
    /in failed/,
  ],
  [
    "a redriven event stays in failed",
    "a failure, a crash and a redrive",
    () => without(update("redrive", ", #failedShard", "")),
    /in failed/,
  ],
  [
    "a redriven event is not in open",
    "a failure, a crash and a redrive",
    () => without(update("redrive", ", #dueAt = :dueAt", "")),
    /in open/,
  ],
  [
    "the reconciler looks at a requeued event too late",
    "two crashes while time passes",
    () => without(update("requeueStale", "ADD #requeues :one", "ADD #dueAt :dueAt, #requeues :one")),
    /before the reconciler looks/,
  ],
];

describe("The model of the lifecycle", () => {
  for (const [what, size, rules, finds] of mutations)
    it(`finds it if ${what}`, () => assert.match(search(rules(), sizes[size]).fault ?? "nothing", finds));
});
