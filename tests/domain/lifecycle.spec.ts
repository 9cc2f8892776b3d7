import * as assert from "node:assert/strict";
import { Attribute } from "../../domain/event";
import { conditionalWrite, transitions } from "../../domain/lifecycle";

const given = Object.fromEntries(
  ["me", "now", "nowMs", "leaseUntil", "staleBefore", "normalized", "kind", "error", "dueAt"].map((name) => [name, { S: name }]),
);

describe("The lifecycle of an item", () => {
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
