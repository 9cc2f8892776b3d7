/** Options of the commands of `destinations`, as the command line gives them. */
export interface DestinationsOptions {
  stack?: string;
  limit?: number;
  cursor?: string;
  reason?: string;
  failed?: boolean;
  since?: string;
  until?: string;
  rate?: number;
  /** An operation that was interrupted, such as `backfill-…`. */
  continue?: string;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}
