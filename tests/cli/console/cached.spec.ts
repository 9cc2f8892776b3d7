import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Cached } from "../../../cli/console/cached";

describe("What the console has read", () => {
  it("is shared by all that ask within its time, and read anew after it", async () => {
    let reads = 0;
    const cached = new Cached(30, async () => ++reads);
    assert.deepEqual(await Promise.all([cached.get(), cached.get()]), [1, 1]);
    assert.equal(await cached.get(), 1);
    await sleep(40);
    assert.equal(await cached.get(), 2);
  });

  it("is read anew after a change", async () => {
    let reads = 0;
    const cached = new Cached(60_000, async () => ++reads);
    await cached.get();
    cached.forget();
    assert.equal(await cached.get(), 2);
  });

  it("is not kept if it could not be read", async () => {
    let reads = 0;
    const cached = new Cached(60_000, async () => {
      if (++reads === 1) throw new Error("throttled");
      return reads;
    });
    await assert.rejects(cached.get(), /throttled/);
    assert.equal(await cached.get(), 2);
  });
});
