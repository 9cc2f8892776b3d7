import { kinds, Status } from "../../domain/event";
import { UsageError } from "../lib/errors";
import type { Target } from "../lib/target";

/** Chooses events; a filter that is not given lets every event pass. */
export interface Filters {
  source?: string;
  kind?: string;
  statuses: Status[];
  /** Earliest time of receipt, inclusive, RFC 3339. */
  since?: string;
  /** Latest time of receipt, inclusive, RFC 3339. */
  until?: string;
  /** Leaves out events that were stored, requeued, redriven, or finished later than that, RFC 3339. */
  asOf?: string;
}

/** Names the options of the command line that choose events. */
export const filterNames = ["source", "kind", "status", "since", "until"] as const;
export type FilterValues = Partial<Record<(typeof filterNames)[number], string>>;

/** Reads the filters. @throws UsageError that names the option, its value, and what is allowed */
export function readFilters({ source, kind, status, since, until }: FilterValues, now = new Date()): Filters {
  const statuses = Object.values(Status);
  const filters = {
    source,
    kind: oneOf("--kind", kind, kinds),
    statuses: status === undefined ? statuses : [oneOf("--status", status.toUpperCase(), statuses) as Status],
    since: since === undefined ? undefined : momentOf("--since", since, now),
    until: until === undefined ? undefined : momentOf("--until", until, now),
  };
  if (filters.since && filters.until && filters.since > filters.until)
    throw new UsageError(`--since (${filters.since}) is after --until (${filters.until}). Give an earlier --since.`);
  return filters;
}

/** Refuses a source that the pipeline does not have. @throws UsageError that lists its sources */
export function requireSource({ webhookUrls }: Pick<Target, "webhookUrls">, source: string | undefined): void {
  oneOf("--source", source, Object.keys(webhookUrls).sort());
}

/** Returns a value that is allowed. @throws UsageError that names the option, its value, and what is allowed */
export function oneOf(option: string, value: string | undefined, allowed: readonly string[]): string | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw new UsageError(`${option} is "${value}". Allowed: ${allowed.join(", ")}.`);
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const days: Record<string, number> = { today: 0, yesterday: 1 };

/** Reads a time: RFC 3339 (UTC unless it has an offset), so long ago (30m, 6h, 2d), or the beginning of today or yesterday in UTC. */
function momentOf(option: string, value: string, now: Date): string {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(value) ?? [];
  if (unit) return new Date(now.getTime() - Number(count) * units[unit]).toISOString();
  if (Object.hasOwn(days, value)) {
    const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - days[value]);
    return new Date(midnight).toISOString();
  }
  const moment = new Date(/T[\d:.]+$/.test(value) ? `${value}Z` : value);
  if (isDay(value.slice(0, 10)) && !Number.isNaN(moment.getTime())) return moment.toISOString();
  const allowed = "2026-01-31T12:00:00Z, today, yesterday, or so long ago: 30m, 6h, 2d";
  throw new UsageError(`${option} is "${value}". Allowed: a time, such as ${allowed}.`);
}

/** Tells whether a text is a day of the calendar: `Date` takes February 31 for March 3. */
function isDay(text: string): boolean {
  const midnight = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}
