import * as assert from "node:assert/strict";
import { timelineOf } from "../../../cli/events/show";

describe("The timeline of an event", () => {
  const moments = { receivedAt: "2026-01-31T12:00:00.000Z", claimedAt: "2026-01-31T12:01:02.000Z" };

  it("has a line a stage: its time, the milliseconds since the one before, and what went wrong", () => {
    const stages = (requeues?: number) =>
      timelineOf({ transactionId: "stripe#evt_1", ...moments, requeues, requeuedAt: "2026-01-31T12:01:00.000Z" });
    assert.deepEqual(stages(1), [
      "received  2026-01-31T12:00:00.000Z",
      "requeued  2026-01-31T12:01:00.000Z  +60000 ms  not claimed",
      "claimed   2026-01-31T12:01:02.000Z  +2000 ms",
    ]);
    for (const none of [0, undefined]) assert.equal(stages(none)[1], "redriven  2026-01-31T12:01:00.000Z  +60000 ms");
  });
});
