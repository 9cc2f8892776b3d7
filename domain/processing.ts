/** What state machine, functions and reconciler agree on about an attempt: its request, its errors, and how often and how long it may go on. */

/** Errors that the processing function raises and the state machine distinguishes by name. */
export const ProcessingError = {
  /** Another execution owns the item now: this one must stop quietly. */
  leaseLost: "LeaseLost",
  /** The event can never be processed as it is (no such item, payload that is not JSON): a retry cannot help. */
  unprocessable: "Unprocessable",
  /** Something around it failed (a throttle, a missing permission): worth a retry. */
  transient: "Transient",
} as const;

/** What a dead letter says of an event: never a payload. */
export interface DeadLetter {
  transactionId: string;
  error: string;
  /** Whose attempt it was: an execution, or the reconciler's invocation. */
  execution: string;
}

/** What the state machine hands to the processing function. */
export interface ProcessRequest {
  transactionId: string;
  /** The claim under which the item is processed: which branch of which execution. */
  claim: string;
}

/** How long a claim is exclusive. Longer than any execution may run (`executionTimeoutSeconds`), so leases never overlap. */
export const leaseSeconds = 360;

/** An EXPRESS workflow ends after five minutes at the latest; ours ends itself just before.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const executionTimeoutSeconds = 290;

/** Claims after which an event whose workers keep dying is exhausted. */
export const maximumAttempts = 5;

/** An event that nobody has taken for so long is requeued; more patience than the pipe's own retries take. */
export const staleSeconds = 900;

/** Requeues of an event before the reconciler exhausts it: a day of `staleSeconds`, as long as the stream itself keeps a record. */
export const maximumRequeues = 96;
