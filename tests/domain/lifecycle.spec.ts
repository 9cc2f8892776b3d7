import * as assert from "node:assert/strict";
import { Attribute } from "../../domain/event";
import { conditionalWrite, transitions } from "../../domain/lifecycle";

const given = Object.fromEntries(
  ["me", "now", "nowMs", "leaseUntil", "staleBefore", "normalized", "kind", "error"].map((name) => [name, { S: name }]),
);

describe("The life of an item", () => {
  it("is moved on by exactly these writes", () => {
    const all = Object.entries(transitions).map(([name, { condition, update }]) => [name, [condition, update]]);
    const [received, processing] = ["#status = :received", "#status = :processing"];
    const leaseOver = `${processing} AND #leaseUntil < :nowMs`;
    const mine = `${processing} AND #claimedBy = :me`;
    const waitsLong = `${received} AND #receivedAt < :staleBefore AND (attribute_not_exists(#requeuedAt) OR #requeuedAt < :staleBefore)`;
    const takeOver = "SET #status = :processing, #claimedBy = :me, #claimedAt = :now, #leaseUntil = :leaseUntil";
    assert.deepEqual(Object.fromEntries(all), {
      put: ["attribute_not_exists(#transactionId)", undefined],
      claim: [`${received} OR (${mine}) OR (${leaseOver} AND #attempts < :maximumAttempts)`, `${takeOver} ADD #attempts :one`],
      normalize: [mine, "SET #normalized = :normalized, #kind = :kind"],
      complete: [mine, "SET #status = :processed, #finishedAt = :now REMOVE #leaseUntil, #error"],
      fail: [mine, "SET #status = :failed, #error = :error, #finishedAt = :now REMOVE #leaseUntil"],
      requeueExpired: [
        `${leaseOver} AND #attempts < :maximumAttempts`,
        "SET #status = :received, #requeuedAt = :now REMOVE #claimedBy, #leaseUntil ADD #requeues :one",
      ],
      requeueStale: [
        `${waitsLong} AND (attribute_not_exists(#requeues) OR #requeues < :maximumRequeues)`,
        "SET #requeuedAt = :now ADD #requeues :one",
      ],
      exhaust: [
        `(${leaseOver} AND #attempts >= :maximumAttempts) OR (${waitsLong} AND #requeues >= :maximumRequeues) OR (${mine})`,
        takeOver,
      ],
      redrive: [
        `#status IN (:failed, :received) OR (${leaseOver})`,
        "SET #status = :received, #requeuedAt = :now, #attempts = :zero REMOVE #claimedBy, #leaseUntil, #requeues, #error, #finishedAt",
      ],
    });
  });

  for (const [name, transition] of Object.entries(transitions))
    it(`gives DynamoDB exactly the names and values that ${name} uses`, () => {
      const write = conditionalWrite(transition as never, given as never);
      const text = `${write.ConditionExpression} ${write.UpdateExpression ?? ""}`;
      const used = (sigil: string) => [...new Set(text.match(new RegExp(`${sigil}\\w+`, "g")) ?? [])].sort();
      assert.deepEqual(Object.keys(write.ExpressionAttributeNames).sort(), used("#"));
      assert.deepEqual(Object.keys(write.ExpressionAttributeValues ?? {}).sort(), used(":"));
      for (const value of Object.values(write.ExpressionAttributeValues ?? {})) assert.ok(value, text);
      for (const attribute of Object.values(write.ExpressionAttributeNames))
        assert.ok((Object.values(Attribute) as string[]).includes(attribute), attribute);
      for (const one of transition.given) assert.ok(used(":").includes(`:${one}`), `${name} is given ${one}, and does not use it`);
    });
});
