/** Sums up events for tests of the console's page. */
import type * as api from "../../cli/console/api";
import type { EventWithAmount } from "../../cli/events/list";

/** Groups failed events, newest first, by their error without what differs. */
export function failureGroups(failed: readonly EventWithAmount[]): api.FailureGroup[] {
  const groups = new Map<string, EventWithAmount[]>();
  for (const event of failed) {
    const error = event.error!.replace(/\d+(\.\d+)*/g, "…");
    groups.set(error, [...(groups.get(error) ?? []), event]);
  }
  return [...groups].map(([error, events]) => ({
    error,
    sources: [...new Set(events.map(({ source }) => source))],
    first: events[events.length - 1].receivedAt,
    last: events[0].receivedAt,
    events,
  }));
}

const minuteMs = 60_000;

/** Counts the events of each minute of the last hour, and how long they took. */
export function minutesOf(events: readonly EventWithAmount[], now: number): api.Minute[] {
  const begin = Math.floor(now / minuteMs) * minuteMs - 59 * minuteMs;
  return Array.from({ length: 60 }, (_, index) => {
    const at = new Date(begin + index * minuteMs).toISOString();
    const some = events.filter(({ receivedAt }) => receivedAt.slice(0, 16) === at.slice(0, 16));
    const spans = some.flatMap(({ receivedAt, finishedAt }) => (finishedAt ? [Date.parse(finishedAt) - Date.parse(receivedAt)] : []));
    spans.sort((a, b) => a - b);
    const percentile = (share: number) => (spans.length === 0 ? null : spans[Math.floor((spans.length - 1) * share)]);
    const failed = some.filter(({ status }) => status === "FAILED").length;
    return { at, received: some.length, failed, p50: percentile(0.5), p95: percentile(0.95) };
  });
}
