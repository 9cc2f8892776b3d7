import { readFileSync } from "node:fs";
import * as path from "node:path";

/** What one event takes of what is paid for by size or time. */
export interface Workload {
  /** Bytes of an item beside its body, by the write after which it has them; measured. */
  itemBytes: { put: number; claim: number; normalize: number; complete: number };
  /** What is left of a body of a few KB when it is compressed; measured. */
  compressedPart: number;
  /** Bytes of log lines by function; measured. */
  functionLogBytes: { receive: number; process: number };
  /** Bytes of an event on the bus; measured. */
  publishedBytes: number;
}

/** Measured on the local AWS by `npx webhook-pipeline stack cost --measure`. */
export const workloadFile = path.join(__dirname, "measured.json");
export const readWorkload = () => JSON.parse(readFileSync(workloadFile, "utf8")) as Workload;

/** What the local AWS can't show, by whoever reads AWS's documentation; each line of the result says that it rests on these. */
export const estimates = {
  /** Milliseconds of a warm invocation that are paid for. */
  milliseconds: { receive: 15, process: 15, reconcile: 50 },
  /** Of an execution, from the first to the last state. */
  executionMilliseconds: 200,
  /** Bytes of API Gateway's access log line, and of its execution log at INFO, for a request. */
  accessLogBytes: 500,
  executionLogBytes: 1_500,
  /** Events that an execution logs for each Task, and around them all; bytes of one with its data. */
  workflowLogEvents: { perTask: 5, around: 9 },
  workflowLogEventBytes: 700,
  /** Part of all requests that is traced: the first of each second, and a twentieth of the others. */
  tracedPart: 0.05,
  /** What is stored of a log, compressed. */
  storedPartOfLog: 0.15,
  /** Bytes that CloudTrail writes of a read or a write, and what is left of them in its compressed files. */
  trailEventBytes: 1_500,
  storedPartOfTrail: 0.1,
  /** The program's own metrics that are emitted while events arrive. */
  customMetrics: 12,
} as const;
