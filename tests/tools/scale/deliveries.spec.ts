import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { DestinationSettings } from "../../../domain/destinations";
import { failing } from "../../../handlers/deliver/breaker";
import { endpoints, type SimulatedDestination } from "../../../testbed/destinations/destination";
import { Simulation } from "../../../testbed/destinations/simulation";
import { between } from "../../../tools/repo/docs";
import { deliveriesPerSecond, deliveriesTables, waitingInFlight } from "../../../tools/scale/deliveries";
import { capturingOutput } from "../../../testbed/handlers";

const defaults = { payload: "none", timeoutSeconds: 15, maxConcurrency: 2, retryHours: 72, auth: "none" } as const;

/** Runs the function's own code in simulated time, for a destination `orders`. */
async function simulating<T>(
  settings: Partial<DestinationSettings>,
  run: (simulation: Simulation, orders: SimulatedDestination) => Promise<T>,
) {
  const simulation = new Simulation({ orders: { url: "https://orders.example/hooks", ...defaults, ...settings } }, 1_000);
  try {
    return (await capturingOutput(() => run(simulation, simulation.destinations.get("orders")!))).result;
  } finally {
    simulation.end();
  }
}

describe("A destination's throughput", () => {
  it("is as many sends as its executions make one after the other", () => {
    assert.equal(Math.round(deliveriesPerSecond(2, 0.05, 0)), 40);
    assert.equal(Math.round(deliveriesPerSecond(100, 1, 0)), 100);
    assert.ok(deliveriesPerSecond(10, 0.05) < deliveriesPerSecond(10, 0.05, 0));
  });

  it("is that of the function in simulated time, where a burst is delivered as soon as computed", async () => {
    const burst = 4_000;
    for (const maxConcurrency of [2, 8]) {
      const took = await simulating({ maxConcurrency }, async (simulation, orders) => {
        for (let event = 0; event < burst; event++) orders.queue.send(JSON.stringify({ detail: { transactionId: `orders#${event}` } }));
        const began = simulation.clock.now;
        await simulation.until(() => orders.delays.length === burst, 1);
        return (simulation.clock.now - began) / 1_000;
      });
      const computed = burst / deliveriesPerSecond(maxConcurrency, 0.05, 0.01);
      assert.ok(Math.abs(took - computed) < 0.03 * computed, `${maxConcurrency}: ${took} s, computed ${computed} s`);
    }
  });
});

describe("Messages that wait hidden for their next attempt", () => {
  it("are as many as in simulated time, ten minutes after half of the attempts began to fail", async () => {
    const [perSecond, minutes] = [10, 10];
    const waiting = await simulating({ maxConcurrency: 8 }, async (simulation, orders) => {
      let seed = 7;
      const fails = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647 < 0.5;
      orders.endpoint = (clock, timeoutMs) => (fails() ? endpoints.refusing : endpoints.quick)(clock, timeoutMs);
      simulation.arrive(orders, perSecond * 60 * minutes, perSecond);
      await simulation.pass(minutes);
      return orders.queue.size;
    });
    const computed = waitingInFlight(perSecond, 0.5, 72, minutes * 60);
    assert.ok(Math.abs(waiting - computed) < 0.1 * computed, `${waiting}, computed ${computed}`);
  });

  it("are none if nothing fails, and fill the quota at a low rate if nearly as much fails as the breaker allows", () => {
    assert.equal(waitingInFlight(1_000, 0, 72), 0);
    assert.ok(waitingInFlight(20, failing.part - 0.01, 72) > 120_000);
    assert.ok(waitingInFlight(20, 0.3, 72) < 2_000);
  });
});

describe("docs/scale.md", () => {
  it("has the tables of deliveries", () => {
    const file = "docs/scale.md";
    const written = readFileSync(file, "utf8");
    assert.equal(between(written, file, "deliveries", deliveriesTables(), "npx webhook-pipeline stack scale --write"), written);
  });
});
