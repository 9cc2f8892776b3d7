import * as assert from "node:assert/strict";
import { isFarOutside, median, pairedRatio, percentile } from "../../../tools/bench/samples";

describe("The figures of a measurement", () => {
  it("have the middle value as median, or the mean of the two middle values", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it("have measured values as percentiles", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1), percentile([7], 0.5)], [50, 99, 100, 7]);
  });

  it("pair values measured in turns, so that a busy moment affects both", () => {
    assert.equal(pairedRatio([2, 200, 4], [1, 100, 2]), 2);
  });

  it("fail only far outside their bound", () => {
    const figure = { id: "a", what: "a", unit: "×" as const };
    assert.deepEqual(
      [1.9, 2, 1.6].map((value) => isFarOutside({ ...figure, value, bound: 1.3 })),
      [false, true, false],
    );
    assert.equal(isFarOutside({ ...figure, value: 1_000 }), false);
  });
});
