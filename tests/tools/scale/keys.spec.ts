import assert from "node:assert/strict";
import { sharesOf, throttle, type IndexWrites } from "../../../tools/scale/keys";
import { raised, stagesOf } from "../../../tools/scale/stages";
import { defaultLimits, quotas, type QuotaId } from "../../../tools/scale/quotas";
import { simulate } from "../../../tools/scale/simulate";
import { demandOf, type Demand } from "../../../tools/scale/stack";
import { program } from "../../../testbed/program";

const open: IndexWrites = { put: 1, settle: 1 };
const near = (value: number, expected: number, part: number) =>
  assert.ok(Math.abs(value - expected) <= expected * part, `${value} is not about ${expected}`);

describe("The keys of an index", () => {
  it("share a second's events as evenly as balls that fall into bins", () => {
    for (const shards of [2, 16, 128, 1_024]) {
      const shares = sharesOf(shards);
      near(
        shares.reduce((sum, share) => sum + share, 0),
        1,
        1e-9,
      );
      const mean = 50_000 / shards;
      // Largest of n Poisson variables, by the normal approximation, and half as much again.
      const most = mean + 1.5 * Math.sqrt(2 * mean * Math.log(shards));
      assert.ok(shares[0] * 50_000 <= most && shares[0] >= shares.at(-1)!, `${shards}: ${shares[0] * 50_000} of at most ${most}`);
    }
  });

  it("take a thousand writes a second each, and throttle the rest with the table's own writes", () => {
    assert.deepEqual(throttle(500, 500, [open], 1, 1_000), { part: 1, busiest: 1 });
    const full = throttle(1_000, 1_000, [open], 1, 1_000);
    near(full.part, 0.5, 1e-9);
    near(full.busiest, 2, 1e-9);
    assert.equal(throttle(0, 0, [open], 1, 1_000).part, 1);
    near(throttle(0, 3_000, [open, { put: 0, settle: 3 }], 1, 1_000).part, 1 / 9, 1e-9);
  });

  it("throttle the fuller shards first", () => {
    const shares = sharesOf(4);
    const rate = 1_000 / shares[1];
    const { part } = throttle(rate, 0, [open], 4, 1_000);
    near(part, 1 - shares[0] + 1_000 / rate, 1e-9);
  });
});

describe("A stack that is configured for 50,000 events a second", () => {
  const rate = 50_000;
  const settings = { sources: ["stripe"], throttleRequestsPerMinute: rate * 60, throttleBurst: 25_000, accountRequestsPerSecond: rate };
  let demand: Demand;
  before(async () => (demand = demandOf((await program(settings)).resources, 3_000)));
  const fixed = ({ id }: { id: string }) => id in quotas && quotas[id as QuotaId].more === "none";
  const heldAt = (of: Demand) => {
    const scenario = {
      ...raised(defaultLimits, demand, rate),
      arrivals: () => rate,
      seconds: 600,
      retries: { afterSeconds: [], spread: 0 },
    };
    return simulate({ ...scenario, demand: { ...scenario.demand, indexShards: of.indexShards } });
  };

  it("has 128 shards", () => assert.equal(demand.indexShards, 128));

  it("meets no limit below that AWS does not raise", () => {
    const lowest = Math.min(
      ...stagesOf(demand)
        .filter(fixed)
        .map(({ capacity }) => capacity(defaultLimits, demand)),
    );
    assert.ok(lowest > rate, String(lowest));
    assert.equal(raised(defaultLimits, demand, rate).limits.keyWrites, 1_000, "a key takes what it takes");
  });

  it("runs for ten minutes without a throttled key", () => {
    const { limited, refused, processed, sent } = heldAt(demand);
    assert.deepEqual([[...limited.keys()], refused], [[], 0]);
    near(processed, sent, 1e-6);
  });

  it("would be throttled by its keys with half the shards", () => {
    const { limited, refused, moments } = heldAt({ ...demand, indexShards: 64 });
    assert.ok(limited.has("keyWrites") && refused > 0);
    assert.ok(moments.at(-1)!.accepted < rate);
  });
});
