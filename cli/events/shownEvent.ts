import type { HistoryEntry } from "../../domain/history";
import type { NormalizedEvent } from "../../handlers/events/normalize";

/** Attributes that are read of an event unless its payload is asked for. */
export const shown = [
  "status",
  "source",
  "eventType",
  "kind",
  "occurredAt",
  "occurredAtSource",
  "receivedAt",
  "requeuedAt",
  "claimedAt",
  "claimedBy",
  "leaseUntil",
  "finishedAt",
  "attempts",
  "requeues",
  "error",
] as const;

/** An event with its timeline; attributes that it does not have are left out. */
export type ShownEvent = {
  transactionId: string;
  normalized?: NormalizedEvent;
  /** Failed attempts, requeues after one, and redrives, the oldest first; left out if there is none. */
  history?: HistoryEntry[];
} & Partial<Record<(typeof shown)[number], string | number>>;
