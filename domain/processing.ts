/** Defines processing attempts for state machine, functions and reconciler: requests, errors, and limits of number and time. */

/** Names of the processing function's errors, by which the state machine distinguishes them. */
export const ProcessingError = {
  /** Another execution owns the item now. This one must stop without an error. */
  leaseLost: "LeaseLost",
  /** The event can never be processed as it is (no such item, payload is not JSON). A retry cannot help. */
  unprocessable: "Unprocessable",
  /** A call failed (throttled, missing permission). A retry may help. */
  transient: "Transient",
} as const;

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
  /** Claim that owns the item: one Map branch of one execution. */
  claim: string;
}

/** Seconds for which a claim is exclusive. Longer than an execution may run (`executionTimeoutSeconds`), so leases never overlap. */
export const leaseSeconds = 360;

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
