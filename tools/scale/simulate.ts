import { throttle } from "./keys";
import { Environments, TokenBucket, Waiting, WarmThroughput } from "./flow";
import { handlers, sharedConcurrency, shardsOf, type EventHandlerName, type Stage } from "./stages";
import type { Limits } from "./quotas";
import { Resending, type Retries } from "./retries";
import type { Demand } from "./stack";

export interface Scenario {
  limits: Limits;
  demand: Demand;
  /** Returns first deliveries a second, at this second. */
  arrivals: (second: number) => number;
  /** Seconds with first deliveries. */
  seconds: number;
  retries: Retries;
  /** Tells if the API answers at this second. Default: always. */
  available?: (second: number) => boolean;
  /** Tells if the workflow takes events at this second. Default: always. */
  working?: (second: number) => boolean;
  /** Draws the arrivals of a step from their expected number. Default: exactly that number. */
  draw?: (expected: number) => number;
  /** Seconds of a step. */
  step?: number;
}

/** The end of a step: rates a second, waiting events, and seconds that the oldest has waited. */
export interface Moment {
  second: number;
  offered: number;
  accepted: number;
  processed: number;
  backlog: number;
  oldest: number;
}

export interface SimulationResult {
  moments: Moment[];
  sent: number;
  accepted: number;
  processed: number;
  /** Refused requests including retries, and refused first tries. */
  refused: number;
  refusedFirst: number;
  /** Events whose last try was refused. */
  lost: number;
  /** Seconds at each limit. */
  limited: Map<Stage["id"], number>;
  /** Second at which the last event was processed. */
  doneAt: number;
}

/** Returns the largest backlog, or the longest wait. */
export const mostOf = ({ moments }: SimulationResult, value: "backlog" | "oldest") =>
  moments.reduce((most, moment) => Math.max(most, moment[value]), 0);

/** End of a simulation. Sources' last tries come within three days. */
const longestSeconds = 8 * 24 * 3_600;

/**
 * Simulates the pipeline as queues, step by step. A request passes the API's limits, or is refused and retried. An accepted event waits in
 * the stream for the workflow. Amounts are fractions unless they are drawn.
 */
export function simulate(scenario: Scenario): SimulationResult {
  const { limits, demand, arrivals, seconds, retries, available = () => true, working = () => true, draw = (n) => n, step = 1 } = scenario;
  const api = createApi(limits, demand);
  const workflow = createWorkflow(limits, demand);
  const functions = createFunctions(limits, demand);
  const table = new WarmThroughput(limits.newTableWrites, limits.tableWrites);
  const resending = new Resending(retries, step);
  const waiting = new Waiting();
  const sums = { sent: 0, accepted: 0, processed: 0, refused: 0, refusedFirst: 0, lost: 0, doneAt: 0 };
  const outcome: SimulationResult = { ...sums, moments: [], limited: new Map() };
  const held = new Set<Stage["id"]>();
  const hold: Hold = (id, asked, given) => {
    if (given < asked * 0.999 - 1e-9) held.add(id);
    return Math.min(asked, given);
  };

  for (let index = 0; index * step < longestSeconds; index++) {
    const second = index * step;
    const first = draw(arrivals(second) * Math.max(0, Math.min(step, seconds - second)));
    const tries = [first, ...resending.due(index)];
    const offered = tries.reduce((sum, amount) => sum + amount, 0);
    const before = outcome.accepted - outcome.processed;

    const admitted = available(second) ? api(offered, step, hold) : 0;
    const asked = working(second) ? workflow(before + admitted, step, table.unitsPerSecond, hold) : 0;
    const run = functions({ put: admitted, claim: asked }, step, hold);
    const written = write(run, { limits, demand, units: table.unitsPerSecond, step, hold });
    const accepted = written.put;
    const processed = Math.min(written.claim, before + accepted);
    table.use((accepted * demand.writes.put + processed * demand.writes.after) / step, second);

    const refusedPart = offered > 0 ? 1 - accepted / offered : 0;
    for (const [attempt, amount] of tries.entries()) resending.refuse(amount * refusedPart, attempt, index);
    outcome.sent += first;
    outcome.accepted += accepted;
    outcome.processed += processed;
    outcome.refused += offered - accepted;
    outcome.refusedFirst += first * refusedPart;
    for (const id of held) outcome.limited.set(id, (outcome.limited.get(id) ?? 0) + step);
    held.clear();
    if (processed > 0) outcome.doneAt = second + step;
    const backlog = before + accepted - processed;
    const oldest = waiting.age(outcome.accepted, outcome.processed, step);
    outcome.moments.push({ second, offered: offered / step, accepted: accepted / step, processed: processed / step, backlog, oldest });
    if (second >= seconds && backlog < 1e-3 && resending.waiting === 0) break;
  }
  outcome.lost = resending.lost;
  return outcome;
}

/** Notes if a limit holds something back. @returns the smaller of the two amounts */
type Hold = (id: Stage["id"], asked: number, given: number) => number;

/** Returns the API's step: the sources' throttles and the account's refuse the excess at once. */
function createApi(limits: Limits, { throttle }: Demand) {
  const ofSources = new TokenBucket(throttle.perSecond, throttle.burst);
  const ofAccount = new TokenBucket(limits.apiRate, limits.apiBurst);
  return (offered: number, step: number, hold: Hold): number =>
    hold("apiRate", hold("throttle", offered, ofSources.take(offered, step)), ofAccount.take(offered, step));
}

/** Returns the workflow's step: the waiting events that pipe, executions and bus can take. */
function createWorkflow(limits: Limits, demand: Demand) {
  const { batch, parallelization, seconds, transitions } = demand;
  return (waits: number, step: number, tableWrites: number, hold: Hold): number => {
    const executions = shardsOf(tableWrites) * parallelization;
    let taken = hold("shards", waits, ((executions * batch) / seconds.execution) * step);
    taken = hold("pipeExecutions", taken, ((limits.pipeExecutions * batch) / seconds.execution) * step);
    if (demand.workflow === "STANDARD") {
      taken = hold("standardStarts", taken, limits.standardStarts * batch * step);
      const each = transitions.perEvent + transitions.perExecution / batch;
      taken = hold("standardTransitions", taken, (limits.standardTransitions / each) * step);
    }
    return hold("putEvents", taken, limits.putEvents * step);
  };
}

/** Returns the functions' step: each has its reservation, or shares what is not reserved. */
function createFunctions(limits: Limits, demand: Demand) {
  const { reserved, seconds } = demand;
  const shared = sharedConcurrency(limits, demand);
  const [receivers, processors] = handlers.map((handler) => new Environments(seconds[handler], limits.scaling));
  const sharedBy = (handler: EventHandlerName, each: number) => (reserved[handler] === undefined ? each : 0);
  return ({ put, claim }: Writes, step: number, hold: Hold): Writes => {
    const alone = (asked: number, handler: EventHandlerName, there: Environments) => {
      const executions = reserved[handler] ?? shared;
      const mostRequests = executions * limits.requestsPerConcurrency * step;
      return hold("concurrency", asked, Math.min(mostRequests, there.take(asked, step, executions)));
    };
    const wanted = { put: alone(put, "receive", receivers), claim: alone(claim, "process", processors) };
    const requests = {
      put: sharedBy("receive", 1),
      claim: sharedBy("process", 1),
      available: shared * limits.requestsPerConcurrency * step,
    };
    const busy = { put: sharedBy("receive", seconds.receive), claim: sharedBy("process", seconds.process), available: shared * step };
    return share("concurrency", share("concurrency", wanted, requests, hold), busy, hold);
  };
}

interface Writes {
  put: number;
  claim: number;
}

interface Store {
  limits: Limits;
  demand: Demand;
  units: number;
  step: number;
  hold: Hold;
}

/** The share of a resource that a put and a claim take, and how much is available. */
interface Supply extends Writes {
  available: number;
}

/** Divides a resource. If demand exceeds it, puts and claims are reduced by the same factor; one that takes none of it is not reduced. */
function share(id: Stage["id"], wanted: Writes, { put, claim, available }: Supply, hold: Hold): Writes {
  const needed = wanted.put * put + wanted.claim * claim;
  const part = needed > 0 ? hold(id, needed, available) / needed : 1;
  return { put: put > 0 ? wanted.put * part : wanted.put, claim: claim > 0 ? wanted.claim * part : wanted.claim };
}

/** Writes puts and results to the table. If a key of an index or the table is full, both are reduced by the same factor. */
function write({ put, claim }: Writes, { limits, demand, units, step, hold }: Store): Writes {
  const { indexWrites, indexShards, writes } = demand;
  const { part, busiest } = throttle(put, claim, indexWrites, indexShards, limits.keyWrites * step);
  hold("keyWrites", busiest, 1);
  const keyed = { put: put * part, claim: claim * part };
  const id = units < limits.tableWrites ? "newTableWrites" : "tableWrites";
  return share(id, keyed, { put: writes.put, claim: writes.after, available: units * step }, hold);
}
