/** Defines the history of an event: its failed attempts, and what let it flow again. domain/lifecycle.ts says which writes keep it. */
import { maximumAttempts } from "./processing";

/** What an entry records: an attempt failed, the reconciler requeued an event whose worker died, or an operator redrove it. */
export const historyStages = ["failed", "requeued", "redriven"] as const;
export type HistoryStage = (typeof historyStages)[number];

/** Entry of an event's history. */
export interface HistoryEntry {
  stage: HistoryStage;
  /** RFC 3339 with milliseconds. */
  at: string;
  /** Code of the error, without its message; only if an attempt failed. */
  error?: string;
}

/** Attributes of the history, the newest first. Each redrive moves them along by one, and what is oldest is forgotten. */
export const historyRounds = ["history", "previousHistory", "olderHistory"] as const;

/** Most entries of one round: a redrive, a requeue after each attempt that may be repeated, and a failure. */
export const mostInRound = 1 + (maximumAttempts - 1) + 1;
/** An entry as the list of it alone, in the form of DynamoDB. */
export type EntryList<Value> = { L: { M: { stage: { S: HistoryStage }; at: Value; error?: Value } }[] };

/** Returns the list of one entry, which a write appends. Values may be expressions of the state machine. */
export function entryOf<Value>(stage: HistoryStage, at: Value, error?: Value): EntryList<Value> {
  return { L: [{ M: { stage: { S: stage }, at, ...(error !== undefined && { error }) } }] };
}

/** Returns the code of an error, which is in front of its message. */
export const errorCodeOf = (error: string): string => error.split(": ", 1)[0];
