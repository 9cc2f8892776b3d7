import { Status } from "../../domain/event";
import { countDeadLetters } from "../events/dlq";
import type { ListedEvent } from "../events/listed";
import { openStatuses } from "../events/open";
import { settledStatuses } from "../events/settled";
import type { DestinationsTarget } from "../lib/target";
import type { Minute, Overview } from "./api";
import { countOf, groupedBy, mostRead, readNewest, type Newest } from "./counting";
import { readDestinations } from "./destinations";

const minuteMs = 60_000;
const minutesShown = 60;
/** Newest failed events that are shown. */
const failedShown = 5;

/** Reads what the first page shows: a thousand events of each status at most. */
export async function readOverview(target: DestinationsTarget, now = new Date()): Promise<Overview> {
  const [failed, waiting, settled, deadLetters, destinations] = await Promise.all([
    readNewest(target, { statuses: [Status.failed] }),
    readNewest(target, { statuses: [...openStatuses] }),
    readNewest(target, { statuses: [...settledStatuses] }),
    countDeadLetters(target),
    readDestinations(target),
  ]);
  const recent = newestOf(waiting, settled);
  const hourAgo = new Date(now.getTime() - minutesShown * minuteMs).toISOString();
  const lastHour = recent.events.filter(({ receivedAt }) => receivedAt >= hourAgo);
  return {
    failed: countOf(failed),
    newestFailed: failed.events.slice(0, failedShown),
    // With more than a thousand, the oldest of the newest thousand.
    oldestWaiting: waiting.events.at(-1) ?? null,
    waiting: countOf(waiting),
    lastHour: { count: lastHour.length, capped: recent.capped && lastHour.length === recent.events.length },
    minutes: minutesOf(recent, now),
    deadLetters,
    destinations,
    sources: Object.keys(target.webhookUrls)
      .sort()
      .map((name) => ({ name, last: recent.events.find(({ source }) => source === name) ?? null })),
  };
}

/** Merges events that were read, newest first, down to where both are complete. */
function newestOf(...read: Newest[]): Newest {
  const floors = read.flatMap(({ events, capped }) => (capped ? [events.at(-1)!.receivedAt] : []));
  const floor = floors.reduce((highest, one) => (one > highest ? one : highest), "");
  const all = read.flatMap(({ events }) => events).sort((a, b) => (a.receivedAt > b.receivedAt ? -1 : 1));
  const known = new Map(all.map((event) => [event.transactionId, event]));
  const events = [...known.values()].filter(({ receivedAt }) => receivedAt >= floor).slice(0, mostRead);
  return { events, capped: floor !== "" || known.size > mostRead };
}

/** Divides the last hour into minutes, oldest first. Leaves out the minutes of which not every event was read. */
export function minutesOf({ events, capped }: Newest, now: Date): Minute[] {
  const thisMinute = Math.floor(now.getTime() / minuteMs);
  const firstComplete = capped ? Math.floor(Date.parse(events.at(-1)!.receivedAt) / minuteMs) + 1 : 0;
  const byMinute = groupedBy(events, ({ receivedAt }) => Math.floor(Date.parse(receivedAt) / minuteMs));
  const shown = Array.from({ length: minutesShown }, (_, index) => thisMinute - minutesShown + 1 + index);
  return shown.filter((minute) => minute >= firstComplete).map((minute) => minuteOf(minute, byMinute.get(minute) ?? []));
}

function minuteOf(minute: number, events: readonly ListedEvent[]): Minute {
  const latencies = events
    .flatMap(({ receivedAt, finishedAt }) => (finishedAt === undefined ? [] : [Date.parse(finishedAt) - Date.parse(receivedAt)]))
    .sort((a, b) => a - b);
  return {
    at: new Date(minute * minuteMs).toISOString(),
    received: events.length,
    failed: events.filter(({ status }) => status === Status.failed).length,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
  };
}

/** Returns the nearest-rank quantile of sorted numbers; `null` if there is none. */
function quantile(sorted: readonly number[], part: number): number | null {
  return sorted.length === 0 ? null : sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}
