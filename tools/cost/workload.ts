import { readFileSync } from "node:fs";
import * as path from "node:path";

/** The question: events a month, bytes of a body, and events in a batch of the workflow or of a destination. */
export interface Question {
  events: number;
  bodyBytes: number;
  batch: number;
}

/** Bytes of one event, measured on the local run. */
export interface Workload {
  /** Bytes of an item without its body, after each write. */
  itemBytes: { put: number; process: number; complete: number };
  /** Compressed part of a body of some hundred bytes, and of one of a few KB. */
  compressedPart: { small: number; large: number };
  /** Bytes of log lines of each function. */
  functionLogBytes: { receive: number; process: number };
  /** Bytes of an event on the bus. */
  publishedBytes: number;
  /** A delivery that its destination accepts at the first attempt. */
  delivery: {
    /** Bytes of its row. */
    rowBytes: number;
    /** Bytes of log lines of a batch. */
    logBytes: number;
    /** Read units of its row and its event; and, for a batch, of the destination's state. */
    readUnits: { delivery: number; batch: number };
  };
}

/** Written by `npx webhook-pipeline stack cost --measure`. */
export const workloadFile = path.join(__dirname, "measured.json");
export const readWorkload = () => JSON.parse(readFileSync(workloadFile, "utf8")) as Workload;

/** Estimates from AWS's documentation for values that the local run cannot show. The bill marks each line that uses one. */
export const estimates = {
  /**
   * Billed milliseconds of a warm invocation. For a batch of deliveries: those of its own, those for each message, and those in which the
   * endpoint answers.
   */
  milliseconds: { receive: 15, process: 15, reconcile: 50, deliveryBatch: 15, delivery: 22, endpoint: 50, tend: 100 },
  /** Milliseconds of an execution, from the first to the last state. */
  executionMilliseconds: 200,
  /** Bytes of API Gateway's access log for a request. Its execution log has errors only. */
  accessLogBytes: 500,
  /** Log events of an execution for each Task and around all of them. Bytes of one with its data. */
  workflowLogEvents: { perTask: 5, around: 9 },
  workflowLogEventBytes: 700,
  /** Traced part of all requests: the first in each second, and a twentieth of the others. */
  tracedPart: 0.05,
  /** Compressed part of a log that CloudWatch stores. */
  storedPartOfLog: 0.15,
  /** Bytes of a CloudTrail event, and their compressed part. */
  trailEventBytes: 1_500,
  storedPartOfTrail: 0.1,
  /** Custom metrics that the functions emit while events arrive. */
  customMetrics: 12,
  /** Custom metrics of a destination that accepts what it gets: what it accepted, and whether it is paused. */
  customMetricsOfDestination: 2,
} as const;
