import { Status } from "../../domain/event";
import { staleSeconds } from "../../domain/processing";

/** What tells whether an event is stuck, as far as it is known. */
export interface Waiting {
  status?: string | number;
  receivedAt?: string | number;
  requeuedAt?: string | number;
  leaseUntil?: string | number;
}

/**
 * Tells if an event is stuck, as the reconciler does: RECEIVED for too long, or PROCESSING with an expired lease.
 * @param now epoch milliseconds
 */
export function isStuck({ status, receivedAt, requeuedAt, leaseUntil }: Waiting, now: number): boolean {
  if (status === Status.processing) return leaseUntil !== undefined && Number(leaseUntil) < now;
  const since = Date.parse(String(requeuedAt ?? receivedAt));
  return status === Status.received && since + staleSeconds * 1_000 < now;
}
