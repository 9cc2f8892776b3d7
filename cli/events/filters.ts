import { kinds, Status } from "../../domain/event";
import { UserError } from "../../domain/userError";

/** Which events a command is about; what is not given is not asked. */
export interface Filters {
  source?: string;
  kind?: string;
  statuses: Status[];
  /** RFC 3339, of the receipt: from, inclusive. */
  since?: string;
  /** RFC 3339, of the receipt: to, inclusive. */
  until?: string;
}

/** Of the command line. */
export const filterOptions = ["source", "kind", "status", "since", "until"] as const;
export type FilterValues = { [Option in (typeof filterOptions)[number]]?: string };

/** @throws UserError that names the option, what it is, and what is allowed. */
export function readFilters({ source, kind, status, since, until }: FilterValues, now = new Date()): Filters {
  const statuses = Object.values(Status);
  return {
    source: sourceOf(source),
    kind: oneOf("--kind", kind, kinds),
    statuses: status === undefined ? statuses : [oneOf("--status", status.toUpperCase(), statuses) as Status],
    since: since === undefined ? undefined : momentOf("--since", since, now),
    until: until === undefined ? undefined : momentOf("--until", until, now),
  };
}

/** Which sources there are, the stack's configuration says. */
function sourceOf(value: string | undefined): string | undefined {
  if (value === undefined || /^[a-z][a-z0-9-]*$/.test(value)) return value;
  throw new UserError(`--source is "${value}", but must be a source's name, such as stripe.`);
}

function oneOf(option: string, value: string | undefined, allowed: readonly string[]): string | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw new UserError(`${option} is "${value}", but must be one of ${allowed.join(", ")}.`);
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment as RFC 3339, or so long ago: 30m, 6h, 2d. */
function momentOf(option: string, value: string, now: Date): string {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(value) ?? [];
  const moment = unit ? new Date(now.getTime() - Number(count) * units[unit]) : new Date(value);
  if (unit || (/^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(moment.getTime()))) return moment.toISOString();
  throw new UserError(`${option} is "${value}", but must be a moment such as 2026-01-31T12:00:00Z, or so long ago: 30m, 6h, 2d.`);
}
