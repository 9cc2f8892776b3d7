import * as assert from "node:assert/strict";
import { inPace, stoppable } from "../../../cli/events/pace";

describe("Work that Ctrl-C stops in good order", () => {
  for (const name of ["SIGINT", "SIGTERM"] as const)
    it(`gets a signal that ${name} aborts, and leaves no listener`, async () => {
      const before = process.listeners(name);
      const aborted = await stoppable((signal) => {
        for (const listener of process.listeners(name)) if (!before.includes(listener)) listener(name);
        return Promise.resolve(signal.aborted);
      });
      assert.deepEqual([aborted, process.listeners(name)], [true, before]);
    });

  it("ends at once while it waits for its pace, and names what comes next", async () => {
    const stop = new AbortController();
    const worked: number[] = [];
    const work = (some: number[]) => {
      worked.push(...some);
      setImmediate(() => stop.abort());
      return Promise.resolve();
    };
    const outcome = await inPace([1, 2], 1, { rate: 0.001, signal: stop.signal, onProgress: () => undefined }, work);
    assert.deepEqual([worked, outcome], [[1], { done: 1, stopped: { next: 2 } }]);
  });
});
