import * as assert from "node:assert/strict";
import { transitions } from "../../domain/lifecycle";
import { beginning, isFinished, settled, statusOf, successors, type World, type Writes } from "./lifecycle";

/** Checks the invariants of every world and every step. */
function fault(world: World, next: World): string | undefined {
  if (next.acknowledged && !next.item) return "an acknowledged event is not there";
  if (statusOf(next) === "PROCESSED" && !next.published) return "an event is PROCESSED that was not published";
  if (statusOf(next) === "FAILED" && !next.deadLetter) return "an event is FAILED without a dead letter";
  if (next.effects > 1) return "an event is processed twice";
  if (statusOf(world) === "PROCESSED" && statusOf(next) !== "PROCESSED") return "a PROCESSED event is taken up again";
  return undefined;
}

const none = { deliveries: 1, crashes: 0, failures: 0, repeats: 0, redrives: 0, ticks: 0 };
const sizes: [what: string, size: World["left"]][] = [
  ["a redelivery and records that come twice", { ...none, deliveries: 2, repeats: 2, ticks: 3 }],
  ["two crashes while time passes", { ...none, crashes: 2, ticks: 6 }],
  ["a failure, a crash and a redrive", { ...none, crashes: 1, failures: 1, redrives: 1, ticks: 3 }],
  ["a record that comes twice, a crash and a failure", { ...none, crashes: 1, failures: 1, repeats: 1, ticks: 3 }],
];

/** Explores every reachable world, and returns the first violation. */
function search(writes: Writes, size: World["left"]): { worlds: number; fault?: string } {
  const seen = new Set<string>();
  const waiting: World[] = [beginning(size)];
  for (let world = waiting.pop(); world; world = waiting.pop()) {
    const key = JSON.stringify(world);
    if (seen.has(key)) continue;
    seen.add(key);
    if (world.acknowledged && !isFinished(settled(writes, world))) return { worlds: seen.size, fault: "an event is stuck" };
    for (const next of successors(writes, world)) {
      const found = fault(world, next);
      if (found) return { worlds: seen.size, fault: found };
      waiting.push(next);
    }
  }
  return { worlds: seen.size };
}

describe("The lifecycle of an item, in every order of deliveries, claims, crashes, failures, redrives and reconciler runs", () => {
  for (const [what, size] of sizes)
    it(`loses no event, leaves none stuck, processes none twice, and fails none without a dead letter: ${what}`, () => {
      const { worlds, fault } = search(transitions, size);
      assert.equal(fault, undefined);
      assert.ok(worlds > 1_000, `${worlds} worlds`);
    });

  /** Removes a part of a condition. */
  const changed = (name: keyof typeof transitions, from: string, to: string): Writes => {
    const { condition } = transitions[name];
    assert.ok(condition.includes(from), `${name} has ${from}`);
    return { ...transitions, [name]: { ...transitions[name], condition: condition.replace(from, to) } };
  };
  /** Mutation, with the size of model that detects it. */
  const faults: [what: string, size: number, writes: () => Writes][] = [
    ["a put overwrites", 0, () => changed("put", "attribute_not_exists(#transactionId)", "attribute_not_exists(#error)")],
    ["anybody's claim may fail an event", 2, () => changed("fail", " AND #claimedBy = :me", "")],
    ["a lease that runs out is not claimed or requeued", 1, () => changed("requeueExpired", "#leaseUntil < :nowMs", "#leaseUntil < :zero")],
    ["what nobody took is not handed over again", 1, () => changed("requeueStale", "#receivedAt < :staleBefore", "#receivedAt < :zero")],
    ["what was tried too often is not exhausted", 1, () => changed("exhaust", "#attempts >= :maximumAttempts", "#attempts < :zero")],
    [
      "a redrive takes any event",
      2,
      () => changed("redrive", "#status IN (:failed, :received)", "#status IN (:failed, :received, :processed)"),
    ],
  ];
  for (const [what, size, writes] of faults) it(`finds it if ${what}`, () => assert.ok(search(writes(), sizes[size][1]).fault));
});
