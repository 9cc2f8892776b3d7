import { quotas, type Limits, type QuotaId } from "./quotas";
import { sharesOf } from "./keys";
import { withThrottle, type Demand } from "./stack";

/** A stage of an event whose throughput is limited. */
export interface Stage {
  id: QuotaId | "throttle" | "shards";
  what: string;
  /** Returns the most events a second that pass in the long run. */
  capacity: (limits: Limits, demand: Demand) => number;
  /** Returns the limit required for a rate (events a second), in the unit of its quota. */
  required: (rate: number, demand: Demand) => number;
  more: string;
}

const advice = {
  "Service Quotas": "request more in Service Quotas",
  "warm throughput": "set the table's warm throughput in advance",
  none: "not adjustable",
} as const;

const stage = (id: QuotaId, units: (demand: Demand) => number, more: string = advice[quotas[id].more]): Stage => ({
  id,
  what: quotas[id].what,
  capacity: (limits, demand) => limits[id] / units(demand),
  required: (rate, demand) => rate * units(demand),
  more,
});

/** Returns the writes to the busiest key for an event: those of the index that it writes most, in the shard with most events. */
const busiestKey = ({ indexWrites, indexShards }: Demand) =>
  Math.max(1e-9, ...indexWrites.map(({ put, settle }) => put + settle)) * sharesOf(indexShards)[0];

/** Returns the shards of the stream: one for each partition, which takes a thousand units a second. */
export const shardsOf = (tableWrites: number) => Math.ceil(tableWrites / quotas.keyWrites.value);

/** Lists the limited stages, in the order of an event's timeline. */
export function stagesOf({ workflow }: Demand): Stage[] {
  const standard = workflow === "STANDARD";
  return [
    {
      id: "throttle",
      what: "All sources' throttles together",
      capacity: (_, { throttle }) => throttle.perSecond,
      required: (rate) => rate,
      more: "set `throttleRequestsPerMinute`",
    },
    stage("apiRate", () => 1),
    {
      ...stage("concurrency", ({ seconds }) => seconds.receive + seconds.process),
      what: "Lambda: concurrent executions of both functions, with ten requests a second for each",
      capacity: functionCapacity,
      required: (rate, { seconds }) =>
        Math.max(rate * (seconds.receive + seconds.process), (rate * handlers.length) / quotas.requestsPerConcurrency.value),
    },
    stage("newTableWrites", allWrites),
    stage("tableWrites", allWrites),
    stage("keyWrites", busiestKey, "raise `indexShards` (it follows the throttles): each shard is a key"),
    {
      id: "shards",
      what: "EventBridge Pipes: shards of the stream, times parallel executions, times events in a batch",
      capacity: (limits, demand) => (shardsOf(limits.newTableWrites) * demand.parallelization * demand.batch) / demand.seconds.execution,
      required: (rate, demand) => (rate * demand.seconds.execution) / demand.parallelization / demand.batch,
      more: "raise the table's write units: each partition adds a shard",
    },
    stage("pipeExecutions", ({ seconds, batch }) => seconds.execution / batch),
    ...(standard
      ? [
          stage("standardStarts", ({ batch }) => 1 / batch),
          stage("standardTransitions", ({ transitions, batch }) => transitions.perEvent + transitions.perExecution / batch),
        ]
      : []),
    stage("putEvents", () => 1),
  ];
}

/** A stage with its computed capacity and required limit. */
export type MeasuredStage = Omit<Stage, "capacity" | "required"> & { capacity: number; required: number };

/** Computes each stage's capacity under these limits, and the limit required for a rate (events a second). */
export const measuredStages = (limits: Limits, demand: Demand, rate: number): MeasuredStage[] =>
  stagesOf(demand).map((stage) => ({ ...stage, capacity: stage.capacity(limits, demand), required: stage.required(rate, demand) }));

export const handlers = ["receive", "process"] as const;
export type EventHandlerName = (typeof handlers)[number];

/** Returns the concurrent executions that functions without a reservation share.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
export const sharedConcurrency = ({ concurrency }: Limits, { reserved }: Demand) =>
  handlers.reduce((rest, handler) => rest - (reserved[handler] ?? 0), concurrency);

/** Returns the events a second that these functions can handle with a number of concurrent executions. */
const capacityOf = (functions: readonly EventHandlerName[], executions: number, limits: Limits, { seconds }: Demand) =>
  Math.min(
    (executions * limits.requestsPerConcurrency) / functions.length,
    executions / functions.reduce((sum, handler) => sum + seconds[handler], 0),
  );

function functionCapacity(limits: Limits, demand: Demand): number {
  const sharing = handlers.filter((handler) => demand.reserved[handler] === undefined);
  return Math.min(
    ...handlers.map((handler) => capacityOf([handler], demand.reserved[handler] ?? Infinity, limits, demand)),
    sharing.length > 0 ? capacityOf(sharing, sharedConcurrency(limits, demand), limits, demand) : Infinity,
  );
}

function allWrites({ writes }: Demand): number {
  return writes.put + writes.after;
}

/** Raises the throttle and every limit that AWS raises to what a rate (events a second) needs, and drops reservations. @param room factor above that, since a
 * queue at its limit never empties */
export function raised(limits: Limits, demand: Demand, rate: number, room = 1.25): { limits: Limits; demand: Demand } {
  const needed = stagesOf(demand).map((each) => [each.id, each.required(rate * room, demand)] as const);
  const higher = needed.map(([id, value]) => [id, Math.max(value, limits[id as QuotaId])] as const);
  return {
    limits: { ...limits, ...Object.fromEntries(higher.filter(([id]) => id in limits && quotas[id as QuotaId].more !== "none")) },
    demand: { ...withThrottle(demand, rate * room, limits), reserved: { receive: undefined, process: undefined } },
  };
}
