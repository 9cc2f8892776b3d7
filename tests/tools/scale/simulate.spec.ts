import assert from "node:assert/strict";
import { Environments, TokenBucket, WarmThroughput } from "../../../tools/scale/flow";
import { raised, stagesOf } from "../../../tools/scale/stages";
import { defaultLimits, quotas, type Limits } from "../../../tools/scale/quotas";
import { threeDays } from "../../../tools/scale/retries";
import { mostOf, simulate, type Scenario } from "../../../tools/scale/simulate";
import { demandOf, undemanding, withThrottle, type Demand } from "../../../tools/scale/stack";
import { tracesOf } from "../../../tools/scale/traces";
import { program } from "../../../testbed/program";

const free = 1e9;
const never = { afterSeconds: [], spread: 0 };

/** Nothing limits but what a test sets. */
const freeLimits: Limits = { ...defaultLimits, apiRate: free, apiBurst: free, concurrency: free, scaling: free, putEvents: free };

const run = (changes: Partial<Scenario>) =>
  simulate({ limits: freeLimits, demand: undemanding, arrivals: () => 100, seconds: 600, retries: never, ...changes });
const near = (value: number, expected: number, part = 0.01) =>
  assert.ok(Math.abs(value - expected) <= Math.abs(expected) * part, `${value} is not about ${expected}`);

/** mulberry32: the same numbers in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Knuth's method. */
function poisson(next: () => number): (mean: number) => number {
  return (mean) => {
    let count = 0;
    for (let product = next(); product > Math.exp(-mean); product *= next()) count++;
    return count;
  };
}

describe("The queues, compared with formulas", () => {
  it("admit what a token bucket does: its burst, then its rate", () => {
    const { accepted, lost, sent } = run({ demand: { ...undemanding, throttle: { perSecond: 40, burst: 500 } } });
    near(accepted, 500 + 40 * 600);
    near(lost, sent - accepted);
  });

  it("build up a backlog above the capacity, and work it off in time", () => {
    const arrivals = (second: number) => (second < 300 ? 100 : 40);
    const outcome = run({ limits: { ...freeLimits, putEvents: 60 }, arrivals, seconds: 3_600 });
    near(mostOf(outcome, "backlog"), (100 - 60) * 300);
    const empty = outcome.moments.findIndex(({ second, backlog }) => second > 300 && backlog < 1e-6);
    near(empty, 300 + ((100 - 60) * 300) / (60 - 40));
    near(mostOf(outcome, "oldest"), ((100 - 60) * 300) / 60, 0.02);
  });

  it("follow Little's law: the mean backlog is the rate times the mean wait", () => {
    const outcome = run({ limits: { ...freeLimits, putEvents: 60 } });
    const waits = outcome.moments.map(({ oldest }) => oldest);
    const area = outcome.moments.reduce((sum, { backlog }) => sum + backlog, 0);
    const meanOfProcessed = waits.reduce((sum, wait, index) => sum + wait * outcome.moments[index].processed, 0) / outcome.processed;
    near(area / outcome.accepted, meanOfProcessed, 0.02);
  });

  it("queue as M/D/1 with random arrivals and one event a step", () => {
    const load = 0.8;
    const draw = poisson(random(8));
    const outcome = run({ limits: { ...freeLimits, putEvents: 1 }, arrivals: () => load, seconds: 400_000, draw });
    const mean = outcome.moments.reduce((sum, { backlog }) => sum + backlog, 0) / outcome.moments.length;
    near(mean, load ** 2 / (2 * (1 - load)), 0.05);
  });

  it("refuse as Erlang's formula B above a thousand concurrent executions", () => {
    const executions = 1_000;
    for (const load of [0.9, 1.2, 2]) {
      const demand = { ...undemanding, seconds: { ...undemanding.seconds, receive: 1 } };
      const limits = { ...freeLimits, concurrency: executions, requestsPerConcurrency: free, scaling: free };
      const { refused, sent } = run({ demand, limits, arrivals: () => executions * load });
      const blocked = Array.from({ length: executions }).reduce<number>((part, _, index) => {
        const busy = executions * load * part;
        return busy / (index + 1 + busy);
      }, 1);
      assert.ok(Math.abs(refused / sent - blocked) < 0.01, `${refused / sent} is not about ${blocked}`);
    }
  });

  it("account for every event: processed, waiting, or refused at its last try", () => {
    for (const trace of tracesOf(5_000)) {
      const { sent, accepted, processed, lost, moments } = run({ ...trace, limits: defaultLimits, retries: threeDays });
      near(accepted + lost, sent, 1e-6);
      near(processed + moments.at(-1)!.backlog, accepted, 1e-6);
    }
  });
});

describe("Capacity over time", () => {
  it("never exceeds a bucket's burst", () => {
    const bucket = new TokenBucket(10, 20);
    assert.deepEqual(
      [bucket.take(100, 1), bucket.take(100, 1), bucket.take(0, 1), bucket.take(0, 1), bucket.take(100, 1)],
      [30, 10, 0, 0, 30],
    );
  });

  it("adds a thousand environments of a function at once, then a hundred a second", () => {
    const environments = new Environments(1, 1_000);
    const taken = Array.from({ length: 3 }, () => environments.take(5_000, 1, 10_000));
    assert.deepEqual(taken, [1_100, 1_200, 1_300]);
    assert.equal(environments.take(5_000, 1, 200), 200);
  });

  it("lets a table take twice its former peak half an hour later, up to its quota", () => {
    const table = new WarmThroughput(4_000, 10_000);
    table.use(3_500, 0);
    assert.equal(table.unitsPerSecond, 4_000);
    table.use(100, 1_800);
    assert.equal(table.unitsPerSecond, 7_000);
    table.use(7_000, 1_801);
    table.use(0, 3_600);
    assert.equal(table.unitsPerSecond, 10_000);
  });
});

describe("A refused event", () => {
  it("is retried for three days, then lost", () => {
    const outcome = run({ available: () => false, retries: threeDays, seconds: 60 });
    near(outcome.lost, outcome.sent, 1e-6);
    assert.equal(outcome.accepted, 0);
    const days = outcome.moments.at(-1)!.second / 86_400;
    assert.ok(days > 2.5 && days < 4, `${days} days`);
  });

  it("arrives with a later try if the API answers", () => {
    const outcome = run({ available: (second) => second >= 120, retries: threeDays, seconds: 60 });
    near(outcome.accepted, outcome.sent, 1e-6);
    near(outcome.refusedFirst, outcome.sent);
    assert.equal(outcome.lost, 0);
  });
});

describe("A stack's limits", () => {
  let demand: Demand;
  before(async () => (demand = demandOf((await program()).resources, 3_000)));

  it("are those of its resources", () => {
    assert.deepEqual([demand.sources, demand.throttle], [3, { perSecond: 3 * 16.67, burst: 3 * 400 }]);
    assert.deepEqual([demand.workflow, demand.batch, demand.parallelization], ["EXPRESS", 10, 10]);
    assert.deepEqual(demand.reserved, { receive: undefined, process: undefined });
  });

  it("follow its configuration", async () => {
    const standard = demandOf((await program({ workflowType: "STANDARD" })).resources, 3_000);
    assert.equal(standard.workflow, "STANDARD");
    const ids = stagesOf(standard).map(({ id }) => id);
    assert.ok(ids.includes("standardStarts") && ids.includes("standardTransitions"));
    const fast = demandOf((await program({ throttleRequestsPerMinute: "60000", receiverReservedConcurrency: "50" })).resources, 3_000);
    assert.equal(fast.throttle.perSecond, 3_000);
    assert.equal(fast.reserved.receive, 50);
  });

  it("admit exactly the required rate once raised to it", () => {
    const higher = raised(defaultLimits, demand, 50_000, 1);
    for (const stage of stagesOf(demand)) {
      const { limits, demand: raisedDemand } = higher;
      assert.ok(stage.capacity(limits, raisedDemand) >= 50_000 * 0.999, stage.id);
    }
  });

  it("fill in the order of the table, the lowest capacity first", () => {
    const [narrowest] = stagesOf(demand)
      .filter(({ id }) => id !== "throttle")
      .sort((a, b) => a.capacity(defaultLimits, demand) - b.capacity(defaultLimits, demand));
    const capacity = narrowest.capacity(defaultLimits, demand);
    const heldAt = (rate: number) =>
      simulate({
        limits: defaultLimits,
        demand: withThrottle(demand, rate, defaultLimits),
        arrivals: () => rate,
        seconds: 600,
        retries: never,
      });
    assert.deepEqual([...heldAt(capacity * 0.95).limited.keys()], []);
    assert.ok(heldAt(capacity * 1.1).limited.has(narrowest.id));
  });

  it("include a function's reservation if it is lower", () => {
    const held = { ...demand, reserved: { receive: undefined, process: 5 } };
    const concurrency = stagesOf(held).find(({ id }) => id === "concurrency")!;
    assert.equal(concurrency.capacity(defaultLimits, held), 5 * quotas.requestsPerConcurrency.value);
    const higher = raised(defaultLimits, held, 1_000, 1);
    assert.ok(concurrency.capacity(higher.limits, higher.demand) >= 1_000);
    const arrivals = () => 60;
    const { limited } = simulate({
      limits: defaultLimits,
      demand: withThrottle(held, 60, defaultLimits),
      arrivals,
      seconds: 60,
      retries: never,
    });
    assert.deepEqual([...limited.keys()], ["concurrency"]);
  });

  it("share the account's concurrency between both functions", () => {
    const limits = { ...defaultLimits, concurrency: 10 };
    const concurrency = stagesOf(demand).find(({ id }) => id === "concurrency")!;
    assert.equal(concurrency.capacity(limits, demand), 50);
    assert.equal(concurrency.required(50, demand), 10);
    const steady = (rate: number) =>
      simulate({ limits, demand: withThrottle(demand, rate, limits), arrivals: () => rate, seconds: 600, retries: never });
    assert.deepEqual([...steady(49).limited.keys()], []);
    const { limited, sent, accepted, processed } = steady(80);
    assert.deepEqual([...limited.keys()], ["concurrency"]);
    near(accepted, (50 / 80) * sent, 0.02);
    near(processed, accepted, 1e-6);
  });

  it("exclude a function that has its own reservation from the shared concurrency", () => {
    const limits = { ...defaultLimits, concurrency: 110 };
    const held = { ...demand, reserved: { receive: 10, process: undefined } };
    const concurrency = stagesOf(held).find(({ id }) => id === "concurrency")!;
    assert.equal(concurrency.capacity(limits, held), 100);
    const bothHeld = { ...demand, reserved: { receive: 10, process: 5 } };
    assert.equal(concurrency.capacity(limits, bothHeld), 50);
    const { refused } = simulate({ limits, demand: withThrottle(held, 120, limits), arrivals: () => 90, seconds: 60, retries: never });
    assert.equal(refused, 0);
  });

  it("leave no event waiting or lost in any trace once raised", () => {
    for (const trace of tracesOf(50_000)) {
      const { lost, moments, accepted, sent } = simulate({ ...trace, ...raised(defaultLimits, demand, 50_000), retries: threeDays });
      assert.equal(lost, 0, trace.id);
      near(accepted, sent, 1e-6);
      assert.ok(moments.at(-1)!.backlog < 1, trace.id);
    }
  });
});
