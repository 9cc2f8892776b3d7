import { DeliveryStatus, queueRetentionSeconds } from "../../domain/destinations";
import { fail } from "./fail";
import type { DestinationState, ListedRow } from "./items";
import { visibleMessages } from "./queue";
import { readRow } from "./row";
import type { Surroundings } from "./surroundings";

/** Milliseconds after its time of the next attempt from which on a delivery's message may be gone. */
const overdueMs = 24 * 3_600_000;

/** Most deliveries that a run settles. */
const mostSettled = 5;

/**
 * Settles OPEN deliveries whose message is gone, because SQS has forgotten it or moved it to the dead letters: nobody would ever try them
 * again. A message that only waits behind others is none of them, so the queue must be empty, or the message older than SQS keeps any.
 * @param open the oldest OPEN deliveries
 */
export async function settleGone(
  destination: string,
  open: readonly ListedRow[],
  { paused, resumedAt }: DestinationState,
  { now }: Pick<Surroundings, "now">,
): Promise<void> {
  if (paused !== undefined || now() < resumedAt + overdueMs) return;
  // One that paused its destination has no time of its next attempt.
  const isOverdue = ({ nextAt, since }: ListedRow) => (nextAt ?? Date.parse(since)) + overdueMs < now();
  const overdue = open.filter(isOverdue).slice(0, mostSettled);
  if (overdue.length === 0) return;
  const isEmpty = (await visibleMessages(destination)) === 0;
  for (const { transactionId } of overdue) {
    const row = await readRow({ destination, transactionId }, true);
    if (row?.status !== DeliveryStatus.open || !isOverdue(row)) continue;
    if (isEmpty || row.generationAt + queueRetentionSeconds * 1_000 < now()) await fail(row, "Its message is gone from the queue.", now());
  }
}
