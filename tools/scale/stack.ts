import { writesOf } from "../cost/model";
import { factsOf, type StackFacts } from "../cost/stack";
import { estimates, readWorkload } from "../cost/workload";
import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";

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
  /** Index units for one status: RECEIVED with the put and the claim, PROCESSING afterwards. */
  statusWrites: { put: number; claim: number; processing: number };
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
  statusWrites: { put: 0, claim: 0, processing: 1e-9 },
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
    ...writeDemand(facts, bodyBytes),
    transitions: { perEvent: facts.tasks + 1, perExecution: 4 },
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

/** Counts writes. An index entry that moves takes a unit of the status that it leaves and one of the status that it enters. */
function writeDemand({ largestInItem }: StackFacts, bodyBytes: number): Pick<Demand, "writes" | "statusWrites"> {
  const { put, claim, normalize, complete } = writesOf(readWorkload(), bodyBytes, largestInItem);
  const unitsOf = (...writes: { table: number; index: number }[]) => writes.reduce((sum, { table, index }) => sum + table + index, 0);
  return {
    writes: { put: unitsOf(put), after: unitsOf(claim, normalize, complete) },
    statusWrites: { put: put.index, claim: claim.index / 2, processing: claim.index / 2 + normalize.index + complete.index / 2 },
  };
}
