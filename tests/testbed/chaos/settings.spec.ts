import * as assert from "node:assert/strict";
import { leaseSeconds, executionTimeoutSeconds } from "../../../domain/processing";
import { workflowDefinition } from "../../helpers/definition";
import { compressed, settingsFor, shortened, type ChaosSettings } from "../../../testbed/chaos/settings";

const settings: ChaosSettings = { lease: 20, executionTimeout: 15, stale: 25 };

describe("The settings of a chaos run", () => {
  it("end an execution before its lease expires, as the program's own", () => {
    assert.ok(executionTimeoutSeconds < leaseSeconds);
    for (const events of [1, 300, 5_000]) {
      const { lease, executionTimeout, stale } = settingsFor(events);
      assert.ok(executionTimeout < lease && lease <= stale);
    }
  });

  it("change only lease, timeout and parallel records of the deployed definition", async () => {
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

  it("change only the times of a function, and give it no others", () => {
    const processor = { EVENTS_TABLE: "events", LEASE_SECONDS: "360" };
    assert.deepEqual(shortened(processor, settings), { ...processor, LEASE_SECONDS: "20" });
    assert.deepEqual(shortened({ ...processor, STALE_SECONDS: "900" }, settings), {
      ...processor,
      LEASE_SECONDS: "20",
      STALE_SECONDS: "25",
    });
  });

  it("refuse a definition with another lease", async () => {
    const { text } = await workflowDefinition();
    const other = text.replace(`$millis() + ${leaseSeconds * 1_000}`, "$millis() + 1");
    assert.throws(
      () => compressed(other, settings),
      /The deployed definition contains "\$millis\(\) \+ 360000" 0 times, but must contain it once/,
    );
  });
});
