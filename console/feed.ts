import type { ListedEvent } from "../cli/events/listed";
import { problemOf, unreachable, type Client } from "./client";

/** How fresh the page is. */
export interface Freshness {
  /** When the pipeline last answered, RFC 3339; `null` before it first did. */
  asOf: string | null;
  /** Why it has not answered since; `null` while it answers. */
  problem: string | null;
  /** The console's own server does not answer: only a new start helps. */
  isServerGone: boolean;
}

/** Time beyond three polls after which a missing answer is a silence, milliseconds. */
const silenceMs = 2_000;

/** The most changed events that are remembered; the oldest are forgotten. */
const mostRemembered = 5_000;

/** Asks the server what has changed, as long as someone sees the page, and tells the views. */
export class Feed {
  freshness: Freshness = { asOf: null, problem: null, isServerGone: false };
  /** Changed events by transaction ID, in the order of their last change: lists that were loaded before show them as they are now. */
  readonly changed = new Map<string, ListedEvent>();
  private readonly listeners = new Set<() => void>();
  private readonly resetListeners = new Set<() => void>();
  private after: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;

  constructor(
    private readonly client: Client,
    private readonly pollMs: number,
  ) {}

  /** Begins to ask. */
  start(): void {
    document.addEventListener("visibilitychange", () => void this.ask());
    void this.ask();
  }

  /** Calls a function after each change of events or freshness. @returns how to end that */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Calls a function when more has changed than the feed tells, so that what is shown must be loaded anew. @returns how to end that */
  onReset(listener: () => void): () => void {
    this.resetListeners.add(listener);
    return () => void this.resetListeners.delete(listener);
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    if (document.hidden || this.isAsking) return;
    this.isAsking = true;
    const slow = setTimeout(() => this.noteSilence(), 3 * this.pollMs + silenceMs);
    try {
      const { at, events, reset, asOf, problem } = await this.client.get("/api/feed", { after: this.after });
      this.after = at;
      if (reset) for (const listener of [...this.resetListeners]) listener();
      this.remember(events);
      this.freshness = { asOf, problem, isServerGone: false };
    } catch (error) {
      const { error: problem, code } = problemOf(error);
      this.freshness = { ...this.freshness, problem, isServerGone: code === unreachable.code };
    }
    clearTimeout(slow);
    this.isAsking = false;
    for (const listener of [...this.listeners]) listener();
    this.timer = setTimeout(() => void this.ask(), this.pollMs);
  }

  /** Says that the answer is late: a request can take a minute until it fails. */
  private noteSilence(): void {
    this.freshness = { ...this.freshness, problem: "The pipeline does not answer." };
    for (const listener of [...this.listeners]) listener();
  }

  private remember(events: readonly ListedEvent[]): void {
    for (const event of events) {
      this.changed.delete(event.transactionId);
      this.changed.set(event.transactionId, event);
    }
    for (const id of this.changed.keys()) {
      if (this.changed.size <= mostRemembered) break;
      this.changed.delete(id);
    }
  }
}
