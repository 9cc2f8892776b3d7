import { Status } from "./event";
import { staleSeconds } from "./processing";

/** What tells whether an event is stuck, as far as it is known. */
export interface Waiting {
  status?: string | number;
  receivedAt?: string | number;
  requeuedAt?: string | number;
  leaseUntil?: string | number;
}

/** Returns the epoch milliseconds since when an event waits: since it was requeued, or received. */
export const waitsSince = ({ receivedAt, requeuedAt }: Waiting): number => Date.parse(String(requeuedAt ?? receivedAt));

/** Tells whether an event's worker has died: another one may claim the event. @param now epoch milliseconds */
export const hasExpiredLease = ({ status, leaseUntil }: Waiting, now: number): boolean =>
  status === Status.processing && Number(leaseUntil) < now;

/**
 * Tells whether an event is stuck: RECEIVED for too long, or PROCESSING with an expired lease.
 * @param now epoch milliseconds
 * @param staleBefore epoch milliseconds: an event that waits since then waits too long
 */
export const isStuck = (event: Waiting, now: number, staleBefore = now - staleSeconds * 1_000): boolean =>
  (event.status === Status.received && waitsSince(event) < staleBefore) || hasExpiredLease(event, now);
