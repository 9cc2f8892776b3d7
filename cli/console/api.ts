/** What the console's page and its server tell each other: types alone, because the page is bundled for browsers. */
import type { DestinationStatus } from "../destinations/list";
import type { Delivery } from "../destinations/deliveries";
import type { DestinationOutput, TestResult } from "../../domain/destinations";
import type { EventWithAmount } from "../events/list";
import type { ListedEvent } from "../events/listed";
import type { ShownEvent } from "../events/shownEvent";

/** Which pipeline the console shows, and what it may do there. `GET /api/session` */
export interface Session {
  /** `null` is the local run. */
  stack: string | null;
  place: "LOCAL" | "AWS";
  account: string | null;
  region: string;
  /** False in a deployed stack without `--write`: every action is refused with 403. */
  canWrite: boolean;
  /** Milliseconds between two polls of the feed. */
  pollMs: number;
  sources: string[];
  destinations: { name: string; type: "https" | "queue" }[];
  eventBusName: string;
}

/** An answer that is no result: one sentence that says what, where, and what next. Its status is 400, 401, 403, 404, 409, 421 or 502. */
export interface Problem {
  error: string;
  /** Such as `not_found`, `read_only`, `token`, `usage`, `permission`, `unavailable`. */
  code: string;
  /** IAM action that the credentials lack, such as `dynamodb:Query`. */
  permission?: string;
}

/** A permission that the credentials lack, such as `cloudwatch:DescribeAlarms`, and what it is for. */
export interface MissingPermission {
  permission: string;
  for: string;
}

/** A count that ends at a bound: `capped` says that there are more. */
export interface Count {
  count: number;
  capped: boolean;
}

/** A minute of the last hour. */
export interface Minute {
  /** Beginning of the minute, RFC 3339. */
  at: string;
  received: number;
  failed: number;
  /** Milliseconds from receipt to the end of processing: median and 95th percentile; `null` if no event has ended. */
  p50: number | null;
  p95: number | null;
}

/** The first page. `GET /api/overview` */
export interface Overview {
  failed: Count;
  /** Newest failed events, at most five. */
  newestFailed: ListedEvent[];
  /** The open event that was received first; `null` if none waits. */
  oldestWaiting: ListedEvent | null;
  waiting: Count;
  /** Events of the last hour. */
  lastHour: Count;
  /** Sixty minutes, oldest first; fewer if more events arrived than are read. */
  minutes: Minute[];
  /** `null` if the credentials may not count them; so are the destinations. */
  deadLetters: number | null;
  destinations: (DestinationStatus & { name: string })[] | null;
  missing: MissingPermission[];
  /** Newest events that were read. */
  recent: Count;
  /** Each source, with the newest of its events among those. */
  sources: { name: string; last: ListedEvent | null }[];
}

/** A page of events, newest first. `GET /api/events?status&source&kind&since&until&minAmount&currency&limit&cursor` */
export interface EventsPage {
  events: EventWithAmount[];
  cursor: string | null;
}

/** Events that an ID may mean: a transaction ID, a source's own ID, a `webhook-id`, or a reference. `GET /api/find?id=` */
export interface Found {
  ids: string[];
  /** The first of them, at most 100. */
  events: ListedEvent[];
  /** Newest events among which a `webhook-id` or a reference was looked for. */
  searched: number;
}

/** What has changed since a number. `GET /api/feed?after=` @remarks without `after`, it returns only the number. */
export interface Feed {
  /** Number to give next. */
  at: number;
  events: ListedEvent[];
  /** True if more has changed than is told: the page has to load its view anew. */
  reset: boolean;
  /** When the pipeline last answered, RFC 3339. */
  asOf: string;
  /** Why it has not answered since then; `null` while it answers. */
  problem: string | null;
}

/** One event. `GET /api/event?id=` */
export interface EventView {
  event: ShownEvent;
  /** Stored headers, by lower-case name; never one with a signature. */
  headers: Readonly<Record<string, string>>;
  /** Content type of the body, such as `application/json`. */
  mediaType: string;
  deliveries: (Delivery & { destination: string })[];
  /** Destinations whose filter passes the event and that have no stored delivery: it succeeded at once, or was not sent yet. */
  silent: string[];
  /** Heading of docs/runbook.md that says what to do; `null` if nothing is to be done. */
  runbook: string | null;
  /** URL to which the source posts. */
  webhookUrl: string | null;
}

/** The body of an event. `GET /api/payload?id=`; the exact bytes are at `GET /api/payload/file?id=`. */
export interface Payload {
  bytes: number;
  /** The first 256 KB, base64. */
  base64: string;
  isCut: boolean;
  mediaType: string | null;
}

/** A refused request. It has neither a payload nor a secret. */
export interface RefusedRequest {
  at: string;
  source: string;
  status: number;
  /** The check that failed, in a word or two, such as `signature mismatch`. */
  reason: string;
  sourceIp: string | null;
}

/** A source. `GET /api/sources` */
export interface SourceView {
  name: string;
  provider: string;
  url: string;
  /** Number of its secrets; `null` if that is not known without reading them, or the credentials may not ask. */
  secrets: number | null;
  /** Since when the secret is this one, RFC 3339; `null` if there is none. */
  since: string | null;
  /** Where to set a secret: the command line. */
  command: string;
}

/** `GET /api/sources` */
export interface Sources {
  sources: SourceView[];
  /** Refused requests, newest first, of the local run; in AWS `null`, and `refusedCounts` instead. */
  refused: RefusedRequest[] | null;
  /** Refused requests of the last 24 hours by source and reason, from the metrics. */
  refusedCounts: { source: string; reason: string; count: number }[] | null;
  missing: MissingPermission[];
}

/** `GET /api/destinations` */
export interface Destinations {
  destinations: DestinationView[];
}
export interface DestinationView extends DestinationStatus {
  name: string;
  /** Settings, without what only machines need. */
  settings: Pick<DestinationOutput, "url"> & Record<string, unknown>;
}

/** A destination and its undelivered events. `GET /api/destination?name=&cursor=` */
export interface DestinationPage {
  destination: DestinationView;
  undelivered: Delivery[];
  cursor: string | null;
}

/** Failed events with one error. */
export interface FailureGroup {
  /** The error with what differs (IDs, numbers, times) left out. */
  error: string;
  sources: string[];
  first: string;
  last: string;
  /** The failed events, newest first. */
  events: ListedEvent[];
}

/** `GET /api/failures` */
export interface Failures {
  groups: FailureGroup[];
  /** Failed events that were read; at most 1,000. */
  read: Count;
  /** `null` if the credentials may not count them. */
  deadLetters: number | null;
  missing: MissingPermission[];
}

/** An alarm, the pipe, or a permission that is missing. */
export interface HealthCheck {
  name: string;
  state: "ok" | "alarm" | "unknown";
  /** One sentence. */
  detail: string;
  since: string | null;
  /** Heading of docs/runbook.md. */
  runbook: string | null;
}

/** `GET /api/health` */
export interface Health {
  checks: HealthCheck[];
  /** Permissions that the credentials lack, such as `cloudwatch:DescribeAlarms`. */
  missing: MissingPermission[];
}

/** What the runbook says under a heading. `GET /api/runbook?heading=` */
export interface RunbookEntry {
  heading: string;
  /** Markdown. */
  text: string;
}

/** `POST /api/redrive {ids}`, `/api/replay {ids}`, `/api/redeliver {destination, ids}` */
export interface Done {
  /** Events that were redriven, published or sent again. */
  done: number;
  /** The others: why, one sentence each. */
  left: { id: string; why: string }[];
}

/** `POST /api/pause {destination, reason?}`, `POST /api/resume {destination}` */
export interface Steered {
  changed: boolean;
  destination: DestinationView;
}

/** `POST /api/test {destination}` */
export type Tested = TestResult;

/** `GET /api/sample?source=` of the local run: a new sample of the source. */
export interface SampleBody {
  body: string;
}

/** `POST /api/send {source, body}` of the local run: the body, signed as the source does. */
export interface Sent {
  /** `stored`, `duplicate`, `not stored`, `answered` or `refused`. */
  outcome: string;
  status: number;
  transactionId: string | null;
  /** One line, as `send` prints it. */
  inWords: string;
}
