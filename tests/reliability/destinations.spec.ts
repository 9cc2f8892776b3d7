import * as assert from "node:assert/strict";
import type { DestinationSettings } from "../../domain/destinations";
import { endpoints, type SimulatedDestination } from "../../testbed/destinations/destination";
import { Simulation } from "../../testbed/destinations/simulation";
import { capturingOutput } from "../../testbed/handlers";
import { usualSettings } from "../helpers/destinations";
import { quick } from "../helpers/scope";

const destination = (name: string, changes: Partial<DestinationSettings> = {}): Record<string, DestinationSettings> => ({
  [name]: { url: `https://${name}.example/hooks`, ...usualSettings, ...changes },
});

/** Runs a simulation, without its output. @returns what `run` does */
async function simulating<T>(
  settings: Record<string, DestinationSettings>,
  run: (simulation: Simulation, ...destinations: SimulatedDestination[]) => Promise<T>,
  accountConcurrency = 1_000,
): Promise<T> {
  const simulation = new Simulation(settings, accountConcurrency);
  try {
    return (await capturingOutput(() => run(simulation, ...simulation.destinations.values()))).result;
  } finally {
    simulation.end();
  }
}

const percentile = (values: readonly number[], part: number) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * part) - 1];

describe("A destination that hangs", () => {
  /** Returns the p99 of a healthy destination's delays, in an account of ten executions. @param maxConcurrency of the other */
  const delayBeside = (other: keyof typeof endpoints, maxConcurrency = 3) =>
    simulating(
      { ...destination("healthy"), ...destination("other", { maxConcurrency }) },
      async (simulation, healthy, second) => {
        second.endpoint = endpoints[other];
        simulation.arrive(healthy, 2_000, 10);
        simulation.arrive(second, 2_000, 10);
        await simulation.until(() => healthy.delays.length === 2_000, 1);
        return percentile(healthy.delays, 0.99);
      },
      10,
    );

  it("leaves another's p99 within 10 %", async () => {
    const [alone, beside] = [await delayBeside("quick"), await delayBeside("hanging")];
    assert.ok(Math.abs(beside - alone) <= 0.1 * alone, `${beside} ms beside ${alone} ms`);
  });

  it("would be noticed if it took all executions of the account", async () => {
    const [alone, beside] = [await delayBeside("quick"), await delayBeside("hanging", 10)];
    assert.ok(beside > 1.1 * alone, `${beside} ms beside ${alone} ms`);
  });
});

describe("An outage", () => {
  const events = quick ? 20_000 : 200_000;
  const maxConcurrency = 20;

  async function outage() {
    return simulating(destination("orders", { maxConcurrency }), async (simulation, orders) => {
      orders.endpoint = endpoints.refusing;
      simulation.arrive(orders, events, 200);
      await simulation.until(() => orders.queue.size === events, 1);
      await simulation.pass(60);
      const [during, endedAt] = [orders.sends.length, simulation.clock.now];
      orders.endpoint = endpoints.quick;
      await simulation.until(() => orders.queue.size === 0, 24);
      const resumedAt = Number(simulation.aws.items.get("orders")!.resumed_at.N);
      return { ...orders, queue: orders.queue, during, endedAt, resumedAt, rows: simulation.aws.deliveredRows };
    });
  }
  let seen: Awaited<ReturnType<typeof outage>>;
  before(async () => (seen = await outage()));

  it(`in which ${events} events arrive loses none, and repeats none`, () => {
    assert.deepEqual([seen.accepted.size, seen.rows, seen.repeated.size, seen.deadLetters], [events, events, 0, 0]);
  });

  it("has less than 1,000 messages in flight", () => {
    assert.ok(seen.queue.mostInFlight < 1_000, `${seen.queue.mostInFlight}`);
  });

  it("gets no more than a probe a minute after the first failures", () => {
    assert.ok(seen.during <= 20 + maxConcurrency + 80, `${seen.during}`);
  });

  it("is noticed as over within a minute", () => {
    assert.ok(seen.resumedAt - seen.endedAt <= 61_000, `${seen.resumedAt - seen.endedAt} ms`);
  });

  it("is followed by a rate that is never above its ramp, and not far below it", () => {
    /** Number of sends in each second since it was over. */
    const perSecond = Array<number>(400).fill(0);
    for (const at of seen.sends) if (at >= seen.resumedAt) perSecond[Math.floor((at - seen.resumedAt) / 1_000)] += 1;
    const sent = (from: number, seconds: number) => perSecond.slice(from, from + seconds).reduce((sum, count) => sum + count, 0);
    // The ramp's integral, and one send of each execution.
    const ramp = (from: number, seconds: number) => (maxConcurrency * 30 * (2 ** ((from + seconds) / 30) - 2 ** (from / 30))) / Math.LN2;
    for (const seconds of [1, 5, 30])
      for (let from = 0; from < 300; from++)
        assert.ok(sent(from, seconds) <= ramp(from, seconds) + maxConcurrency, `${sent(from, seconds)} in ${seconds} s from ${from} s`);
    // The mapping takes 20 seconds.
    assert.ok(sent(30, 30) > 0.8 * ramp(30, 30), `${sent(30, 30)} of ${ramp(30, 30)}`);
  });
});

describe("An outage of a day", () => {
  const outage = (retryHours: number) =>
    simulating(destination("orders", { retryHours }), async (simulation, orders) => {
      orders.endpoint = endpoints.refusing;
      simulation.arrive(orders, 40, 10);
      await simulation.pass(24 * 60);
      orders.endpoint = endpoints.quick;
      await simulation.until(() => orders.queue.size === 0, 24);
      return {
        accepted: orders.accepted.size,
        deadLetters: orders.deadLetters,
        mostReceives: orders.queue.mostReceives,
        sends: orders.sends,
      };
    });

  const probes = 24 * 60;

  it("loses nothing, and sends no more than the schedule and a probe each minute", async () => {
    const { accepted, deadLetters, mostReceives, sends } = await outage(72);
    assert.deepEqual([accepted, deadLetters], [40, 0]);
    assert.ok(sends.length <= 40 * 10 + probes, `${sends.length}`);
    assert.ok(mostReceives < 100, `${mostReceives} are far from the redrive policy's 1,000`);
  });

  it("loses nothing of what is tried for shorter: the breaker stops it before its hour is used up", async () => {
    const { accepted, deadLetters } = await outage(1);
    assert.deepEqual([accepted, deadLetters], [40, 0]);
  });
});
