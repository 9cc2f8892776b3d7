import { shardsFor } from "../../domain/shards";
import { unitsOf, writesOf } from "../cost/model";
import { factsOf, type StackFacts } from "../cost/stack";
import { estimates, readWorkload } from "../cost/workload";
import type { IndexWrites } from "./keys";
import type { Limits } from "./quotas";
import type { GraphResource } from "../../preflight/graph/resource";
import { Type } from "../../preflight/graph/types";

/** The properties of a stack and of an event that determine how many events the stack can handle. */
export interface Demand {
  workflow: "EXPRESS" | "STANDARD";
  /** Number of sources. Each has its own throttle. */
  sources: number;
  /** All sources' throttles together. */
  throttle: { perSecond: number; burst: number };
  /** Concurrent executions reserved for a function, if any. */
  reserved: { receive: number | undefined; process: number | undefined };
  /** Seconds of an invocation and of an execution, estimated in tools/cost/workload.ts. */
  seconds: { receive: number; process: number; execution: number };
  /** Events in a batch, and parallel executions for each shard of the stream. */
  batch: number;
  parallelization: number;
  /** Capacity units of a put, and of all later writes, with their index entries. */
  writes: { put: number; after: number };
  /** Shards of the table's indexes. Each is a key. */
  indexShards: number;
  /** Writes of an event to each index. A failure also enters a third one, with as many as `by_time` has. */
  indexWrites: readonly IndexWrites[];
  /** Transitions of a STANDARD execution: for each event, and in addition. */
  transitions: { perEvent: number; perExecution: number };
}

/** A demand that fills no limit, so that a test can set a single one. */
export const undemanding: Demand = {
  workflow: "EXPRESS",
  sources: 1,
  throttle: { perSecond: 1e9, burst: 1e9 },
  reserved: { receive: undefined, process: undefined },
  seconds: { receive: 1e-9, process: 1e-9, execution: 1e-9 },
  batch: 1,
  parallelization: 1,
  writes: { put: 0, after: 0 },
  indexShards: 1,
  indexWrites: [],
  transitions: { perEvent: 1, perExecution: 0 },
};

interface Inputs {
  [input: string]: never;
}

/** Reads the demand of a stack from its resources. @param bodyBytes size of an event */
export function demandOf(resources: readonly GraphResource[], bodyBytes: number): Demand {
  const all = (type: string) => resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs as unknown as Inputs);
  const facts = factsOf(resources);
  const methods = all(Type.methodSettings).filter(({ methodPath }) => methodPath !== "*/*");
  const sumOf = (setting: keyof Throttle) => methods.reduce((sum, { settings }) => sum + (settings as Throttle)[setting], 0);
  const stream = (all(Type.pipe)[0].sourceParameters as { dynamodbStreamParameters: StreamParameters }).dynamodbStreamParameters;
  const reservedOf = (handler: string): number | undefined =>
    all(Type.function).find(({ environment }) => serviceOf(environment) === handler)!.reservedConcurrentExecutions;
  const { receive, process } = estimates.milliseconds;
  return {
    workflow: facts.workflow,
    sources: methods.length,
    throttle: { perSecond: sumOf("throttlingRateLimit"), burst: sumOf("throttlingBurstLimit") },
    reserved: { receive: reservedOf("receive"), process: reservedOf("process") },
    seconds: { receive: receive / 1_000, process: process / 1_000, execution: estimates.executionMilliseconds / 1_000 },
    batch: stream.batchSize,
    parallelization: stream.parallelizationFactor,
    indexShards: facts.indexShards,
    ...writeDemand(facts, bodyBytes),
    transitions: { perEvent: facts.states, perExecution: 4 },
  };
}

interface Throttle {
  throttlingRateLimit: number;
  throttlingBurstLimit: number;
}

interface StreamParameters {
  batchSize: number;
  parallelizationFactor: number;
}

const serviceOf = (environment: { variables: Record<string, string> }) => environment.variables.POWERTOOLS_SERVICE_NAME;

/** Counts writes. An event enters `open` with its put. When it settles, it leaves `open` and enters `by_time`. */
function writeDemand({ largestInItem }: StackFacts, bodyBytes: number): Pick<Demand, "writes" | "indexWrites"> {
  const { put, process, complete } = writesOf(readWorkload(), bodyBytes, largestInItem);
  return {
    writes: { put: unitsOf(put), after: unitsOf(process) + unitsOf(complete) },
    indexWrites: [
      { put: put.open, settle: complete.open },
      { put: put.byTime, settle: complete.byTime },
    ],
  };
}

/** Sets the sources' throttles together to a rate (events a second), and the shards to what the configuration then chooses. */
export function withThrottle(demand: Demand, perSecond: number, limits: Pick<Limits, "apiBurst">): Demand {
  const burst = Math.max(demand.throttle.burst, limits.apiBurst);
  return { ...demand, throttle: { perSecond, burst }, indexShards: Math.max(demand.indexShards, shardsFor(perSecond)) };
}
