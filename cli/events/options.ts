import type { FilterValues } from "./filters";

/** Options of the commands of `events`, as the command line gives them. */
export interface EventsOptions extends FilterValues {
  stack?: string;
  limit?: number;
  cursor?: string;
  minAmount?: string;
  currency?: string;
  rate?: number;
  rule?: string;
  all?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  payload?: boolean;
  json?: boolean;
}
