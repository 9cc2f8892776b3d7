import * as assert from "node:assert/strict";
import { leaseSeconds, executionTimeoutSeconds } from "../../domain/processing";
import { workflowDefinition } from "../helpers/definition";
import { compressed, settingsFor, type ChaosSettings } from "../../testbed/chaos/settings";

const settings: ChaosSettings = { lease: 20, executionTimeout: 15, stale: 10 };

describe("The settings of a chaos run", () => {
  it("keep the order of the program's own: an execution ends before its lease does", () => {
    assert.ok(executionTimeoutSeconds < leaseSeconds);
    for (const events of [1, 300, 5_000]) {
      const { lease, executionTimeout } = settingsFor(events);
      assert.ok(executionTimeout < lease);
    }
  });

  it("change lease and timeout of the deployed definition, how many records are taken at once, and nothing else", async () => {
    const { text, definition } = await workflowDefinition();
    const short = compressed(text, settings);
    assert.ok(short.includes("$millis() + 20000") && !short.includes(`$millis() + ${leaseSeconds * 1_000}`));
    const { ForEachEvent } = definition.States;
    const expected = {
      ...definition,
      TimeoutSeconds: 15,
      States: { ...definition.States, ForEachEvent: { ...ForEachEvent, MaxConcurrency: 10 } },
    };
    assert.deepEqual(JSON.parse(short.replace("$millis() + 20000", `$millis() + ${leaseSeconds * 1_000}`)), expected);
  });

  it("refuse a definition that has another lease, rather than leave it as it is", async () => {
    const { text } = await workflowDefinition();
    const other = text.replace(`$millis() + ${leaseSeconds * 1_000}`, "$millis() + 1");
    assert.throws(() => compressed(other, settings), /The deployed definition has "\$millis\(\) \+ 360000" 0 times, not once/);
  });
});
