import * as assert from "node:assert/strict";
import { DeliveryAttribute } from "../../domain/destinations";
import { stateTransitions, stateWrite } from "../../domain/deliveryState";
import { Attribute } from "../../domain/event";
import { conditionalWrite, transitions, type ConditionalWrite, type Transition } from "../../domain/lifecycle";

const given = Object.fromEntries(
  ["me", "now", "nowMs", "leaseUntil", "staleBefore", "normalized", "kind", "error", "dueAt", "reason", "entry"].map((name) => [
    name,
    { S: name },
  ]),
);

/** Checks that writes have exactly the names and values that their expressions use. */
function checkWrites(
  all: Readonly<Record<string, Transition>>,
  writeOf: (transition: never, given: never) => ConditionalWrite<unknown>,
  attributes: Readonly<Record<string, string>>,
): void {
  for (const [name, transition] of Object.entries(all))
    it(`gives DynamoDB exactly the names and values that ${name} uses`, () => {
      const write = writeOf(transition as never, given as never);
      const text = `${write.ConditionExpression} ${write.UpdateExpression ?? ""}`;
      const used = (sigil: string) => [...new Set(text.match(new RegExp(`${sigil}\\w+`, "g")) ?? [])].sort();
      assert.deepEqual(Object.keys(write.ExpressionAttributeNames).sort(), used("#"));
      assert.deepEqual(Object.keys(write.ExpressionAttributeValues ?? {}).sort(), used(":"));
      for (const value of Object.values(write.ExpressionAttributeValues ?? {})) assert.ok(value, text);
      for (const attribute of Object.values(write.ExpressionAttributeNames))
        assert.ok(Object.values(attributes).includes(attribute), attribute);
      for (const one of transition.given) assert.ok(used(":").includes(`:${one}`), `${name} is given ${one}, and does not use it`);
    });
}

describe("The lifecycle of an item", () => checkWrites(transitions, conditionalWrite, Attribute));

describe("A destination's state", () => checkWrites(stateTransitions, stateWrite, DeliveryAttribute));
