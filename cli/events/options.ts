import type { FilterValues } from "./filters";

/** What a command of `events` is asked. */
export interface EventsOptions extends FilterValues {
  stack?: string;
  limit?: number;
  cursor?: string;
  rate?: number;
  rule?: string;
  all?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  payload?: boolean;
  json?: boolean;
}
