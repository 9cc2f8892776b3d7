import { quotas, type Limits, type QuotaId } from "./quotas";
import type { Demand } from "./stack";

/** A stage of an event, as far as something limits how many pass it. */
export interface Stage {
  id: QuotaId | "throttle" | "shards";
  what: string;
  /** Events a second that pass it in the long run, at most. */
  capacity: (limits: Limits, demand: Demand) => number;
  /** The limit that is required for so many events a second, in the unit of its quota. */
  required: (rate: number, demand: Demand) => number;
  more: string;
}

const advice = {
  "Service Quotas": "ask for more in Service Quotas",
  "warm throughput": "set the table's warm throughput before the day",
  none: "AWS gives no more",
} as const;

const stage = (id: QuotaId, units: (demand: Demand) => number, more: string = advice[quotas[id].more]): Stage => ({
  id,
  what: quotas[id].what,
  capacity: (limits, demand) => limits[id] / units(demand),
  required: (rate, demand) => rate * units(demand),
  more,
});

/** Finds the busiest status: each is one key of the index, whichever source it is from. */
const busiestStatus = ({ statusWrites: { put, claim, processing } }: Demand) => Math.max(put + claim, processing);

/** Counts shards: one for each partition, and a partition for each thousand units. */
export const shardsOf = (tableWrites: number) => Math.ceil(tableWrites / quotas.keyWrites.value);

/** Lists the stages in the order of an event's timeline. */
export function stagesOf({ workflow }: Demand): Stage[] {
  const standard = workflow === "STANDARD";
  return [
    {
      id: "throttle",
      what: "the sources' throttles together (throttleRequestsPerMinute for each)",
      capacity: (_, { throttle }) => throttle.perSecond,
      required: (rate) => rate,
      more: "set throttleRequestsPerMinute",
    },
    stage("apiRate", () => 1),
    {
      ...stage("concurrency", ({ seconds }) => seconds.receive + seconds.process),
      what: "Lambda: concurrent executions of both functions, and ten requests a second for each",
      capacity: functionCapacity,
      required: (rate, { seconds }) =>
        Math.max(rate * (seconds.receive + seconds.process), (rate * handlers.length) / quotas.requestsPerConcurrency.value),
    },
    stage("newTableWrites", allWrites),
    stage("tableWrites", allWrites),
    stage("keyWrites", busiestStatus, "AWS gives no more: the index would need several keys for a status"),
    {
      id: "shards",
      what: "the pipe: shards of the stream, executions at once for each, events for each execution",
      capacity: (limits, demand) => (shardsOf(limits.newTableWrites) * demand.parallelization * demand.batch) / demand.seconds.execution,
      required: (rate, demand) => (rate * demand.seconds.execution) / demand.parallelization / demand.batch,
      more: "a shard comes with each partition of the table",
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

/** A stage, with its capacity and the required limit worked out. */
export type MeasuredStage = Omit<Stage, "capacity" | "required"> & { capacity: number; required: number };

/** Works out each stage's capacity under these limits, and the limit required for so many events a second. */
export const measuredStages = (limits: Limits, demand: Demand, rate: number): MeasuredStage[] =>
  stagesOf(demand).map((stage) => ({ ...stage, capacity: stage.capacity(limits, demand), required: stage.required(rate, demand) }));

export const handlers = ["receive", "process"] as const;
export type EventHandlerName = (typeof handlers)[number];

/**
 * Returns what the functions share: executions and requests that are reserved for neither.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export const sharedConcurrency = ({ concurrency }: Limits, { reserved }: Demand) =>
  handlers.reduce((rest, handler) => rest - (reserved[handler] ?? 0), concurrency);

/** Events a second of which each takes one run of these functions, with so many executions at once. */
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

/** Returns the limits, and the throttle, as they have to be for so many events a second, with this much room: a queue at its limit never empties. No
 * function is held to what is reserved for it. */
export function raised(limits: Limits, demand: Demand, rate: number, room = 1.25): { limits: Limits; demand: Demand } {
  const needed = stagesOf(demand).map((each) => [each.id, each.required(rate * room, demand)] as const);
  const higher = needed.map(([id, value]) => [id, Math.max(value, limits[id as QuotaId])] as const);
  return {
    limits: { ...limits, ...Object.fromEntries(higher.filter(([id]) => id in limits)) },
    demand: { ...withThrottle(demand, rate * room, limits), reserved: { receive: undefined, process: undefined } },
  };
}

/** Returns a demand with other throttles, which are a setting of the stack. */
export function withThrottle(demand: Demand, perSecond: number, limits: Limits): Demand {
  return { ...demand, throttle: { perSecond, burst: Math.max(demand.throttle.burst, limits.apiBurst) } };
}
