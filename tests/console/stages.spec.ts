import * as assert from "node:assert/strict";
import fc from "fast-check";
import { lanesOf, scaleOf } from "../../console/stages";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 31, 12) + ms).toISOString();

describe("The lane of a destination", () => {
  const delivery = {
    destination: "orders",
    transactionId: "stripe#evt_1",
    status: "OPEN",
    attempts: 4,
    trigger: "event",
    since: at(0),
  } as const;

  it("has each attempt, and fails with those that no 2XX answered", () => {
    const history = [
      { at: at(0), durationMs: 10_000, error: "timeout" },
      { at: at(5_000), durationMs: 20, status: 199 },
      { at: at(10_000), durationMs: 30, status: 300 },
      { at: at(15_000), durationMs: 40, status: 200 },
      { at: at(20_000), durationMs: 50, status: 299 },
    ];
    const [lane] = lanesOf([{ ...delivery, history, nextAt: at(60_000) }]);
    assert.deepEqual(
      lane.attempts.map(({ time, durationMs, isFailure }) => [new Date(time).toISOString(), durationMs, isFailure]),
      history.map((one, index) => [one.at, one.durationMs, index < 3]),
    );
    assert.deepEqual([lane.destination, lane.status, lane.next], ["orders", "OPEN", Date.parse(at(60_000))]);
  });

  it("of a delivery without attempts is empty, and says nothing of a next one", () => {
    assert.deepEqual(lanesOf([{ ...delivery, status: "DELIVERED" }]), [{ destination: "orders", status: "DELIVERED", attempts: [] }]);
  });
});

describe("The scale of the timeline", () => {
  const times = fc.array(fc.integer({ min: 0, max: 30 * 86_400_000 }), { minLength: 2, maxLength: 12 });

  it("reaches from the first moment to the last, whatever comes before or after", () =>
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 2_000 }), (some, width) => {
        fc.pre(new Set(some).size > 1);
        const scale = scaleOf(some, width);
        const [first, last] = [Math.min(...some), Math.max(...some)];
        assert.equal(scale(first), 0);
        assert.ok(Math.abs(scale(last) - width) < 1e-6);
        assert.deepEqual([scale(first - 1), scale(last + 1)], [0, width]);
      }),
    ));

  it("keeps the order, and a distance between two moments that a person sees", () =>
    fc.assert(
      fc.property(times, (some) => {
        const width = 1_000;
        const scale = scaleOf(some, width);
        const places = [...new Set(some)].sort((a, b) => a - b).map(scale);
        for (const [index, place] of places.slice(1).entries()) assert.ok(place - places[index] > width / 150, places.join(" "));
      }),
    ));

  it("shows a longer time longer, but not as much: a millisecond and a day fit into one picture", () => {
    const scale = scaleOf([0, 1, 1_000, 86_401_000], 100);
    const [short, middle, long] = [scale(1) - scale(0), scale(1_000) - scale(1), scale(86_401_000) - scale(1_000)];
    assert.ok(short < middle && middle < long, `${short} ${middle} ${long}`);
    assert.ok(short > 5 && long < 80, `${short} ${long}`);
  });

  it("is even between two moments", () => {
    const scale = scaleOf([0, 1_000, 5_000], 100);
    assert.ok(Math.abs(scale(3_000) - (scale(1_000) + scale(5_000)) / 2) < 1e-9);
  });

  it("of a single moment begins with it", () => assert.deepEqual([7, 7].map(scaleOf([7], 100)), [0, 0]));
});
