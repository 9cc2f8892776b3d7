/** Defines processing attempts for state machine, functions and reconciler: requests, errors, and limits of number and time. */
import { Status, type ProcessedEvent } from "./event";

/** Names of the processing function's errors, by which the state machine distinguishes them. */
export const ProcessingError = {
  /** The event can never be processed as it is (its payload is not JSON). A retry cannot help. */
  unprocessable: "Unprocessable",
  /**
   * The table or the payload bucket did not answer, or refused. It says nothing about the event, which therefore does not become FAILED: the
   * pipe delivers it again.
   */
  storeUnavailable: "StoreUnavailable",
  /** Something else failed. A retry may help. */
  transient: "Transient",
} as const;

/** Outcomes of a Map branch. */
export const Outcome = {
  /** The branch owns the event, which is normalized. Only the processing function returns it. */
  owned: "OWNED",
  /** Another branch owns the event, or it is settled, or it does not exist any more. */
  nothingToDo: "NOTHING_TO_DO",
  /** A call failed. The execution fails, so that the pipe delivers its batch again. */
  unsettled: "UNSETTLED",
  processed: Status.processed,
  failed: Status.failed,
} as const;

/** Result of the processing function. */
export type ProcessResult = { outcome: typeof Outcome.owned; event: ProcessedEvent } | { outcome: typeof Outcome.nothingToDo };

/** Body of a dead letter: never a payload. */
export interface DeadLetter {
  transactionId: string;
  error: string;
  /** Execution of the workflow, or claim of the reconciler, whose attempt failed. */
  execution: string;
}

/** Input of the processing function. */
export interface ProcessRequest {
  transactionId: string;
  /** Claim with which the function makes one Map branch of one execution the owner of the item. */
  claim: string;
}

/** Seconds for which a claim is exclusive. Longer than an execution may run (`executionTimeoutSeconds`), so leases never overlap. */
export const leaseSeconds = 360;

/**
 * Returns when the reconciler should look at an event that was stored, requeued or redriven now, epoch milliseconds: not before the lease of a
 * worker that claimed it at once has expired.
 * @param lease seconds
 */
export const dueAfter = (now: Date, lease = leaseSeconds): number => now.getTime() + lease * 1_000;

/**
 * Seconds after which an execution ends itself, just before the five minutes after which AWS ends an EXPRESS one.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const executionTimeoutSeconds = 290;

/** Claims after which an event is exhausted if its workers keep dying. */
export const maximumAttempts = 5;

/** Seconds after which an unclaimed event is stale and gets requeued. Longer than the pipe's own retries take. */
export const staleSeconds = 900;

/** Requeues after which an unclaimed event is exhausted: one day of `staleSeconds`, as long as the stream keeps a record. */
export const maximumRequeues = 96;
