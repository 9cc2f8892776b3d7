import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { concurrencyOf } from "../../../domain/destinations";
import { intervalMs } from "../../../handlers/deliver/pace";
import { Deliverer, defaults } from "../../helpers/deliverer";

const settings = fc.record({
  maxConcurrency: fc.integer({ min: 2, max: 100 }),
  maxPerSecond: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
});

describe("The pace of an execution", () => {
  it("keeps all executions of a destination within its rate, which doubles every 30 seconds after a pause", () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 600 }), ({ maxConcurrency, maxPerSecond }, seconds) => {
        const of = { ...defaults, maxConcurrency, maxPerSecond };
        const interval = intervalMs(of, 1_000, 1_000 + seconds * 1_000);
        const allowed = Math.min(maxPerSecond ?? Infinity, maxConcurrency * 2 ** (seconds / 30));
        if (interval === 0) assert.ok(allowed > 1_000 * concurrencyOf(of), "more than anybody can send");
        else assert.ok((concurrencyOf(of) / interval) * 1_000 <= allowed * 1.000_001);
        assert.ok(interval <= 2_000, "no execution waits longer than two seconds");
      }),
    );
  });

  it("is not bounded without a pause and a limit", () => {
    assert.equal(intervalMs(defaults, 0, Date.now()), 0);
  });

  const deliverer = new Deliverer();
  it("is kept after each send, the last one of a batch too: the next execution may follow at once", async () => {
    deliverer.configure({ maxPerSecond: 4, maxConcurrency: 8 });
    deliverer.freeze();
    await deliverer.deliver(deliverer.record());
    assert.deepEqual(deliverer.slept, [2_000]);
  });

  it("is slow after a pause", async () => {
    const now = deliverer.freeze();
    await deliverer.stateIs({ resumed_at: { N: String(now - 30_000) } });
    await deliverer.deliver(deliverer.record());
    assert.deepEqual(deliverer.slept, [500]);
  });
});
