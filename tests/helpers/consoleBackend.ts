/** Makes a pipeline for tests of the console's page: what it answers is typed by the contract, and the same each time. */
import type * as api from "../../cli/console/api";
import type { Backend, EventsQuery } from "../../cli/console/backend";
import { readFilters } from "../../cli/events/filters";
import { isStuck } from "../../domain/stuck";
import type { EventWithAmount } from "../../cli/events/list";
import { readRunbook } from "../../cli/console/runbook";
import { UsageError } from "../../cli/lib/errors";
import { NotFoundError, UserError } from "../../domain/userError";
import { consoleEvents, deliveryOf, detailsOf } from "./consoleEvents";
import { localSession, sources } from "./consoleSessions";
import { failureGroups, minutesOf } from "./consoleSums";
import { destinationViews, healthOf, refusedRequests, sourceViews } from "./consoleViews";

/** `full`: everything that there is; `empty`: nothing yet; `failing`: every call fails; `stale`: the feed does not answer any more. */
export type ConsoleState = "full" | "empty" | "failing" | "stale";

export interface ConsoleBackendOptions {
  state?: ConsoleState;
  session?: Partial<api.Session>;
  /** Number of events. */
  count?: number;
  now?: number;
}

/** A pipeline in memory. Tests may change `events`, and call `change` so that the feed tells of it. */
export class ConsoleBackend implements Backend {
  readonly session: api.Session;
  readonly list: EventWithAmount[];
  /** Actions that were asked for, in their order. */
  readonly asked: { action: string; destination?: string; ids: readonly string[] }[] = [];
  /** Events whose `requeuedAt` is that of a redrive. */
  readonly redriven = new Set<string>();
  private readonly changes: EventWithAmount[] = [];
  private readonly paused = new Map<string, string | undefined>([["ledger", "Database migration until noon"]]);
  private readonly now: number;
  state: ConsoleState;
  /** Number of changes before which the feed knows none any more. */
  resetAt = 0;

  constructor({ state = "full", session, count = 420, now = Date.now() }: ConsoleBackendOptions = {}) {
    this.state = state;
    this.now = now;
    this.session = { ...localSession, ...session, ...(state === "empty" && { destinations: [] }) };
    this.list = state === "empty" ? [] : consoleEvents(count, now);
  }

  /** Adds or changes an event, and has the feed tell of it. */
  change(event: EventWithAmount): void {
    const at = this.list.findIndex(({ transactionId }) => transactionId === event.transactionId);
    if (at === -1) this.list.unshift(event);
    else this.list[at] = event;
    this.changes.push(event);
  }

  /** Makes a new event, as one that arrives now. */
  arrive(n: number, source = "stripe"): EventWithAmount {
    const [, model] = consoleEvents(2, Date.now());
    const event = {
      ...model,
      transactionId: `${source}#evt_new_${n}`,
      source,
      receivedAt: new Date().toISOString(),
      finishedAt: new Date(Date.now() + 212).toISOString(),
    };
    this.change(event);
    return event;
  }

  async overview(): Promise<api.Overview> {
    this.fail();
    const failed = this.withStatus("FAILED");
    const waiting = this.list.filter(({ status }) => status === "RECEIVED" || status === "PROCESSING");
    const minutes = minutesOf(this.list, this.now);
    return {
      failed: { count: failed.length, capped: failed.length >= 1_000 },
      newestFailed: failed.slice(0, 5),
      oldestWaiting: waiting.at(-1) ?? null,
      waiting: { count: waiting.length, capped: false },
      lastHour: { count: minutes.reduce((sum, { received }) => sum + received, 0), capped: false },
      minutes,
      deadLetters: failed.length,
      missing: [],
      destinations: this.views(),
      recent: { count: Math.min(1_000, this.list.length), capped: this.list.length > 1_000 },
      sources: sources.map((name) => ({ name, last: this.list.find(({ source }) => source === name) ?? null })),
    };
  }

  async events(query: EventsQuery): Promise<api.EventsPage> {
    this.fail();
    const { status, source, kind, since, until, limit = "50", cursor = "0" } = query;
    readFilters({ status, source, kind, since, until });
    const fit = this.list.filter(
      (event) => (!status || event.status === status) && (!source || event.source === source) && (!kind || event.kind === kind),
    );
    const [from, to] = [Number(cursor), Number(cursor) + Number(limit)];
    return { events: fit.slice(from, to), cursor: to < fit.length ? String(to) : null };
  }

  async find(id: string): Promise<api.Found> {
    this.fail();
    const ids = this.list.map(({ transactionId }) => transactionId).filter((one) => one.includes(id));
    const events = this.list.filter(({ transactionId }) => ids.includes(transactionId)).slice(0, 100);
    return { ids, events, searched: Math.min(1_000, this.list.length) };
  }

  async feed(after: number | undefined): Promise<api.Feed> {
    this.fail();
    const at = this.changes.length;
    const isStale = this.state === "stale";
    const problem = isStale ? "DynamoDB does not answer: connect ECONNREFUSED." : null;
    const asOf = new Date(isStale ? this.now - 192_000 : Date.now()).toISOString();
    return {
      at,
      events: after === undefined ? [] : this.changes.slice(after),
      reset: after !== undefined && after < this.resetAt,
      asOf,
      problem,
    };
  }

  async event(id: string): Promise<api.EventView> {
    this.fail();
    const event = this.found(id);
    const { receivedAt, status, source } = event;
    const isPublished = status === "PROCESSED" && this.session.destinations.length > 0;
    return {
      event: { ...detailsOf(event), ...(this.redriven.has(id) && { requeues: 0 }) },
      headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)" },
      mediaType: "application/json; charset=utf-8",
      deliveries: isPublished ? [{ destination: "orders", ...deliveryOf(id, receivedAt, source === "paypal" ? "OPEN" : "DELIVERED") }] : [],
      silent: isPublished ? ["ledger"] : [],
      runbook: status === "FAILED" ? "dead-letters" : null,
      webhookUrl: `http://127.0.0.1:3000/webhook/${source}`,
    };
  }

  async body(id: string): Promise<{ bytes: Buffer; mediaType: string | null }> {
    this.fail();
    const event = this.found(id);
    const text = JSON.stringify({
      id,
      object: "event",
      note: "right\u202eleft",
      data: { object: { ...event, lines: [1, 2.5, true, null] } },
    });
    return { bytes: Buffer.from(text.replace('"event"', "12345678901234567890")), mediaType: "application/json" };
  }

  async sources(): Promise<api.Sources> {
    this.fail();
    const isLocal = this.session.place === "LOCAL";
    const refused = this.state === "empty" ? [] : refusedRequests(this.now);
    const counts = refused.map(({ source, reason }, index) => ({ source, reason, count: index * 7 + 1 }));
    return {
      sources: sourceViews(sources, this.session, this.now),
      refused: isLocal ? refused : null,
      refusedCounts: isLocal ? null : counts,
      missing: [],
    };
  }

  async destinations(): Promise<api.Destinations> {
    this.fail();
    return { destinations: this.views() };
  }

  async destination(name: string, cursor: string | undefined): Promise<api.DestinationPage> {
    this.fail();
    const from = Number(cursor ?? 0);
    const paypal = this.list.filter(({ source, status }) => source === "paypal" && status === "PROCESSED");
    const all =
      name === "orders" ? paypal.map((event, n) => deliveryOf(event.transactionId, event.receivedAt, n % 3 === 1 ? "FAILED" : "OPEN")) : [];
    const undelivered = all.slice(from, from + 20).map((delivery) => ({ ...delivery, history: undefined }));
    return { destination: this.viewOf(name), undelivered, cursor: from + 20 < all.length ? String(from + 20) : null };
  }

  async failures(): Promise<api.Failures> {
    this.fail();
    const failed = this.withStatus("FAILED");
    const groups = failureGroups(failed);
    return { groups, read: { count: failed.length, capped: false }, deadLetters: failed.length, missing: [] };
  }

  async runbook(heading: string): Promise<api.RunbookEntry> {
    this.fail();
    return readRunbook(heading);
  }

  async health(): Promise<api.Health> {
    this.fail();
    return healthOf(this.state === "empty", this.session, this.now);
  }

  async redrive(ids: readonly string[]): Promise<api.Done> {
    const takes = (event: EventWithAmount) => event.status === "FAILED" || isStuck(detailsOf(event), this.now);
    return this.act("redrive", ids, takes, (event) => this.change({ ...event, status: "RECEIVED", error: undefined, attempts: 0 }));
  }

  async replay(ids: readonly string[]): Promise<api.Done> {
    return this.act("replay", ids, ({ status }) => status === "PROCESSED");
  }

  async redeliver(destination: string, ids: readonly string[]): Promise<api.Done> {
    this.fail();
    this.asked.push({ action: "redeliver", destination, ids });
    return { done: ids.length, left: [] };
  }

  async pause(destination: string, reason: string | undefined): Promise<api.Steered> {
    this.fail();
    const changed = !this.paused.has(destination);
    this.paused.set(destination, reason);
    return { changed, destination: this.viewOf(destination) };
  }

  async resume(destination: string): Promise<api.Steered> {
    this.fail();
    return { changed: this.paused.delete(destination), destination: this.viewOf(destination) };
  }

  async test(destination: string): Promise<api.Tested> {
    this.fail();
    if (destination === "ledger") return { delivered: false, status: 503, error: "The endpoint answered 503.", durationMs: 1_204 };
    return { delivered: true, status: 204, durationMs: 87 };
  }

  async sample(source: string): Promise<api.SampleBody> {
    this.fail();
    return { body: JSON.stringify({ id: `evt_sample_${this.asked.length}`, source, type: "charge.succeeded" }, undefined, 2) };
  }

  async send(source: string, body: string): Promise<api.Sent> {
    this.fail();
    const { transactionId } = this.arrive(this.asked.push({ action: "send", ids: [body] }), source);
    return { outcome: "stored", status: 202, transactionId, inWords: `${source} sent ${transactionId}: stored (202).` };
  }

  private act(
    action: string,
    ids: readonly string[],
    takes: (event: EventWithAmount) => boolean,
    change?: (event: EventWithAmount) => void,
  ): api.Done {
    this.fail();
    this.asked.push({ action, ids });
    const events = ids.map((id) => this.found(id));
    const left = events.filter((event) => !takes(event)).map(({ transactionId: id, status }) => ({ id, why: `It is ${status}.` }));
    for (const event of events.filter(takes)) change?.(event);
    return { done: ids.length - left.length, left };
  }

  private fail(): void {
    if (this.state === "failing")
      throw new UserError("list: ResourceNotFoundException: the table webhook-events-local is not there. Run npm start.");
  }

  private found(id: string): EventWithAmount {
    const event = this.list.find(({ transactionId }) => transactionId === id);
    if (!event) throw new NotFoundError(`There is no event ${id} in webhook-events-local. "events list" lists what there is.`);
    return event;
  }

  private withStatus(wanted: string): EventWithAmount[] {
    return this.list.filter(({ status }) => status === wanted);
  }

  private views(): api.DestinationView[] {
    return destinationViews(this.session, this.paused, this.now);
  }

  private viewOf(name: string): api.DestinationView {
    const view = this.views().find((one) => one.name === name);
    if (!view)
      throw new UsageError(
        `There is no destination ${name}. Destinations: ${this.session.destinations.map((one) => one.name).join(", ")}.`,
      );
    return view;
  }
}
