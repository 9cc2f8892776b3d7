import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Attribute } from "../../domain/event";
import { historyRounds, type HistoryEntry, type HistoryStage } from "../../domain/history";

/** Reads the history of an item, the oldest entry first. */
export function historyIn(item: Readonly<Record<string, AttributeValue>>): HistoryEntry[] {
  const rounds = historyRounds.map((name) => item[Attribute[name]]?.L ?? []);
  return rounds.reverse().flatMap((entries) => entries.flatMap(({ M }) => (M ? [entryIn(M)] : [])));
}

function entryIn({ stage, at, error }: Record<string, AttributeValue>): HistoryEntry {
  return { stage: stage?.S as HistoryStage, at: at?.S ?? "", ...(error?.S !== undefined && { error: error.S }) };
}
