import * as assert from "node:assert/strict";
import { paymentProviders } from "../../../local/sources";
import { planOf, type Delivery, type Sort } from "../../../testbed/chaos/plan";

const events = 300;
const plan = planOf(1, events);
const ofSort = (sort: Sort) => plan.deliveries.filter((delivery) => delivery.sort === sort);
const occurredAt = ({ provider, body }: Delivery) => {
  const event = JSON.parse(body) as { created: number; created_at: string; create_time: string };
  return provider === "stripe" ? event.created * 1_000 : Date.parse(provider === "square" ? event.created_at : event.create_time);
};

describe("The plan of a chaos run", () => {
  it("is equal for equal seeds, and differs for different ones", () => {
    assert.deepEqual(planOf(1, events), plan);
    assert.notDeepEqual(planOf(2, events), plan);
  });

  it("contains events of every provider, each with its own ID", () => {
    const bodies = new Map(ofSort("genuine").map(({ transactionId, body }) => [transactionId, body]));
    assert.equal(bodies.size, events);
    assert.equal(new Set(bodies.values()).size, events);
    assert.deepEqual(new Set(ofSort("genuine").map(({ provider }) => provider)), new Set(paymentProviders));
  });

  it("contains identical copies, some adjacent and some far apart", () => {
    const places = new Map<string, number[]>();
    for (const [place, { sort, body }] of plan.deliveries.entries())
      if (sort === "genuine") places.set(body, [...(places.get(body) ?? []), place]);
    const distances = [...places.values()].filter(({ length }) => length > 1).map((copies) => copies.at(-1)! - copies[0]);
    assert.ok(distances.some((distance) => distance < 4));
    assert.ok(distances.some((distance) => distance > 50));
  });

  it("is not ordered by the events' own times", () => {
    const times = ofSort("genuine").map(occurredAt);
    const backwards = times.filter((time, index) => index > 0 && time < times[index - 1]).length;
    assert.ok(backwards > events / 4, `${backwards} steps back in time`);
  });

  it("contains every sort of request to refuse, and no other improper signature", () => {
    for (const sort of ["forged", "malformed", "stale"] as const) assert.ok(ofSort(sort).length > 0, sort);
    for (const { sort, signature } of plan.deliveries) {
      const allowed = { genuine: ["proper"], malformed: ["proper"], forged: ["other key", "other body"], stale: ["old"] }[sort];
      assert.ok(allowed.includes(signature), `${sort} with ${signature}`);
    }
  });

  it("contains forged requests that name a genuine event, with another body", () => {
    const bodies = new Map(ofSort("genuine").map(({ transactionId, body }) => [transactionId, body]));
    const victims = ofSort("forged").filter(({ transactionId }) => bodies.has(transactionId));
    assert.ok(victims.length > 0);
    for (const { transactionId, body } of victims) assert.notEqual(bodies.get(transactionId), body);
  });

  it("kills workers several times, throttles once and restarts at least once, before the last delivery", () => {
    for (const [count, restarts] of [
      [1, 1],
      [300, 1],
      [5_000, 2],
    ]) {
      const { deliveries, disturbances } = planOf(7, count);
      const times = (what: string) => disturbances.filter((disturbance) => disturbance.what === what).length;
      assert.ok(times("kill") >= 4);
      assert.equal(times("throttle"), 1);
      assert.equal(times("restart"), restarts);
      assert.ok(disturbances.every(({ after }) => after >= 0 && after < deliveries.length));
      assert.deepEqual(
        disturbances,
        [...disturbances].sort((a, b) => a.after - b.after),
      );
    }
  });
});
