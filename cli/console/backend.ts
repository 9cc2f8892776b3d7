import type * as api from "./api";

/** Filters of a list of events, as `events list` takes them; each is text, because it comes from a URL. */
export type EventsQuery = Partial<
  Record<"status" | "source" | "kind" | "since" | "until" | "minAmount" | "currency" | "limit" | "cursor", string>
>;

/** What the console's server asks of a pipeline. An error is a sentence: UsageError, NotFoundError, UserError, or one of AWS. */
export interface Backend {
  readonly session: api.Session;
  overview(): Promise<api.Overview>;
  events(query: EventsQuery): Promise<api.EventsPage>;
  find(id: string): Promise<api.Found>;
  /** @param after number of an earlier answer; `undefined` for the first */
  feed(after: number | undefined): Promise<api.Feed>;
  /** @throws NotFoundError if there is no such event */
  event(id: string): Promise<api.EventView>;
  /** Reads a body: only when a person asks for it. @throws NotFoundError if it is not there any more */
  body(id: string): Promise<{ bytes: Buffer; mediaType: string | null }>;
  sources(): Promise<api.Sources>;
  destinations(): Promise<api.Destinations>;
  destination(name: string, cursor: string | undefined): Promise<api.DestinationPage>;
  failures(): Promise<api.Failures>;
  health(): Promise<api.Health>;
  /** @throws NotFoundError if the runbook has no such heading */
  runbook(heading: string): Promise<api.RunbookEntry>;
  redrive(ids: readonly string[]): Promise<api.Done>;
  replay(ids: readonly string[]): Promise<api.Done>;
  redeliver(destination: string, ids: readonly string[]): Promise<api.Done>;
  pause(destination: string, reason: string | undefined): Promise<api.Steered>;
  resume(destination: string): Promise<api.Steered>;
  test(destination: string): Promise<api.Tested>;
  /** Returns a sample of a source; `undefined` of a deployed stack, to which nothing is sent. */
  sample?(source: string): Promise<api.SampleBody>;
  send?(source: string, body: string): Promise<api.Sent>;
}
