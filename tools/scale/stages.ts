import { quotas, type Limits, type QuotaId } from "./quotas";
import type { Demand } from "./stack";

/** A limit on the way of an event. */
export interface Hop {
  id: QuotaId | "stage" | "shards";
  what: string;
  /** Events a second that it bears in the long run. */
  bears: (limits: Limits, demand: Demand) => number;
  /** What it has to be for so many events a second. */
  needs: (rate: number, demand: Demand) => number;
  more: string;
}

const advice = {
  "Service Quotas": "ask for more in Service Quotas",
  "warm throughput": "set the table's warm throughput before the day",
  none: "AWS gives no more",
} as const;

const hop = (id: QuotaId, units: (demand: Demand) => number, more: string = advice[quotas[id].more]): Hop => ({
  id,
  what: quotas[id].what,
  bears: (limits, demand) => limits[id] / units(demand),
  needs: (rate, demand) => rate * units(demand),
  more,
});

/** A status is one key of the index, whoever has it: the busiest one is what counts. */
const busiestStatus = ({ statusWrites: { put, claim, processing } }: Demand) => Math.max(put + claim, processing);

/** A table that takes so many units has a partition, and the stream a shard, for each thousand of them. */
export const shardsOf = (tableWrites: number) => Math.ceil(tableWrites / quotas.keyWrites.value);

/** In the order of an event's way. */
export function hopsOf({ workflow }: Demand): Hop[] {
  const standard = workflow === "STANDARD";
  return [
    {
      id: "stage",
      what: "the senders' throttles together (throttleRequestsPerMinute for each)",
      bears: (_, { stage }) => stage.perSecond,
      needs: (rate) => rate,
      more: "set throttleRequestsPerMinute",
    },
    hop("apiRate", () => 1),
    {
      ...hop("concurrency", ({ seconds }) => seconds.receive + seconds.process),
      what: "Lambda: concurrent executions of both functions, and ten requests a second for each",
      bears: bornByFunctions,
      needs: (rate, { seconds }) =>
        Math.max(rate * (seconds.receive + seconds.process), (rate * handlers.length) / quotas.requestsPerConcurrency.value),
    },
    hop("newTableWrites", allWrites),
    hop("tableWrites", allWrites),
    hop("keyWrites", busiestStatus, "AWS gives no more: the index would need several keys for a status"),
    {
      id: "shards",
      what: "the pipe: shards of the stream, executions at once for each, events for each execution",
      bears: (limits, demand) => (shardsOf(limits.newTableWrites) * demand.parallelization * demand.batch) / demand.seconds.execution,
      needs: (rate, demand) => (rate * demand.seconds.execution) / demand.parallelization / demand.batch,
      more: "a shard comes with each partition of the table",
    },
    hop("pipeExecutions", ({ seconds, batch }) => seconds.execution / batch),
    ...(standard
      ? [
          hop("standardStarts", ({ batch }) => 1 / batch),
          hop("standardTransitions", ({ transitions, batch }) => transitions.perEvent + transitions.perExecution / batch),
        ]
      : []),
    hop("putEvents", () => 1),
  ];
}

export const handlers = ["receive", "process"] as const;
export type HandlerName = (typeof handlers)[number];

/** The functions share what is reserved for none of them, of executions and of requests alike.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
export const sharedConcurrency = ({ concurrency }: Limits, { reserved }: Demand) =>
  handlers.reduce((rest, handler) => rest - (reserved[handler] ?? 0), concurrency);

/** Events a second of which each takes one run of these functions, with so many executions at once. */
const bornBy = (functions: readonly HandlerName[], executions: number, limits: Limits, { seconds }: Demand) =>
  Math.min(
    (executions * limits.requestsPerConcurrency) / functions.length,
    executions / functions.reduce((sum, handler) => sum + seconds[handler], 0),
  );

function bornByFunctions(limits: Limits, demand: Demand): number {
  const sharing = handlers.filter((handler) => demand.reserved[handler] === undefined);
  return Math.min(
    ...handlers.map((handler) => bornBy([handler], demand.reserved[handler] ?? Infinity, limits, demand)),
    sharing.length > 0 ? bornBy(sharing, sharedConcurrency(limits, demand), limits, demand) : Infinity,
  );
}

function allWrites({ writes }: Demand): number {
  return writes.put + writes.after;
}

/** The limits, and the stage, as they have to be for so many events a second, with this much room: a queue at its limit never empties. No
 * function is held to what is reserved for it. */
export function raised(limits: Limits, demand: Demand, rate: number, room = 1.25): { limits: Limits; demand: Demand } {
  const needed = hopsOf(demand).map((each) => [each.id, each.needs(rate * room, demand)] as const);
  const higher = needed.map(([id, value]) => [id, Math.max(value, limits[id as QuotaId])] as const);
  return {
    limits: { ...limits, ...Object.fromEntries(higher.filter(([id]) => id in limits)) },
    demand: { ...withThrottle(demand, rate * room, limits), reserved: { receive: undefined, process: undefined } },
  };
}

/** The senders' throttles are a setting of the stack's own. */
export function withThrottle(demand: Demand, perSecond: number, limits: Limits): Demand {
  return { ...demand, stage: { perSecond, burst: Math.max(demand.stage.burst, limits.apiBurst) } };
}
