import { writesOf } from "../cost/model";
import { factsOf, type StackFacts } from "../cost/stack";
import { estimates, readWorkload } from "../cost/workload";
import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";

/** What of a stack, and of what an event takes of it, decides how many events it bears. */
export interface Demand {
  workflow: "EXPRESS" | "STANDARD";
  /** Sources, each of which has a throttle of its own. */
  sources: number;
  /** Their throttles together: what the stack lets in if each sends its share. */
  throttle: { perSecond: number; burst: number };
  /** Concurrent executions that are reserved for a function; `undefined`: none. */
  reserved: { receive: number | undefined; process: number | undefined };
  /** Seconds of an invocation, and of an execution of the workflow; estimated (tools/cost/workload.ts). */
  seconds: { receive: number; process: number; execution: number };
  /** Events that an execution takes at most, and executions at once for each shard of the stream. */
  batch: number;
  parallelization: number;
  /** Units of the table and its index that a put takes, and all that comes after. */
  writes: { put: number; after: number };
  /** Units that an event takes of the index's entries of one status: of RECEIVED with the put and with the claim, of PROCESSING after. */
  statusWrites: { put: number; claim: number; processing: number };
  /** Transitions of a STANDARD execution, for an event and beside. */
  transitions: { perEvent: number; perExecution: number };
}

/** Of which nothing is full: a queue of its own is what is left to set. */
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

/** Counts the index's units: an event that changes status takes one of the status that it leaves, and one of the one that it enters. */
function writeDemand({ largestInItem }: StackFacts, bodyBytes: number): Pick<Demand, "writes" | "statusWrites"> {
  const { put, claim, normalize, complete } = writesOf(readWorkload(), bodyBytes, largestInItem);
  const unitsOf = (...writes: { table: number; index: number }[]) => writes.reduce((sum, { table, index }) => sum + table + index, 0);
  return {
    writes: { put: unitsOf(put), after: unitsOf(claim, normalize, complete) },
    statusWrites: { put: put.index, claim: claim.index / 2, processing: claim.index / 2 + normalize.index + complete.index / 2 },
  };
}
