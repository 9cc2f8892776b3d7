import { Status } from "../../domain/event";
import { countDeadLetters } from "../events/dlq";
import type { ListedEvent } from "../events/listed";
import type { Target } from "../lib/target";
import type { FailureGroup, Failures } from "./api";
import { countOf, groupedBy, readNewest } from "./counting";

/** Reads the failed events, grouped by error: the largest group first. */
export async function readFailures(target: Target): Promise<Failures> {
  const [failed, deadLetters] = await Promise.all([readNewest(target, { statuses: [Status.failed] }), countDeadLetters(target)]);
  const groups = [...groupedBy(failed.events, ({ error = "" }) => shapeOf(error))].map(([error, events]) => groupOf(error, events));
  return { groups: groups.sort((a, b) => b.events.length - a.events.length), read: countOf(failed), deadLetters };
}

/** @param events newest first */
function groupOf(error: string, events: ListedEvent[]): FailureGroup {
  return {
    error: error === "" ? "No error is stored." : error,
    sources: [...new Set(events.map(({ source }) => source))].sort(),
    first: events.at(-1)!.receivedAt,
    last: events[0].receivedAt,
    events,
  };
}

/** Returns an error without what differs from event to event: IDs, times and numbers. */
export function shapeOf(error: string): string {
  return error
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, "…")
    .replace(/\b(?=[\w-]*\d)[\w-]{8,}\b/g, "…")
    .replace(/\b\d+\b/g, "…");
}
