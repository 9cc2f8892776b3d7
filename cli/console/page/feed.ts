import type { ListedEvent } from "../../events/listed";
import { problemOf, type Client } from "./client";

/** How fresh the page is. */
export interface Freshness {
  /** When the pipeline last answered, RFC 3339; `null` before it first did. */
  asOf: string | null;
  /** Why it has not answered since; `null` while it answers. */
  problem: string | null;
}

/** The most changed events that are remembered; the oldest are forgotten. */
const mostRemembered = 5_000;

/** Asks the server what has changed, as long as someone sees the page, and tells the views. */
export class Feed {
  freshness: Freshness = { asOf: null, problem: null };
  /** Changed events by transaction ID, in the order of their last change: lists that were loaded before show them as they are now. */
  readonly changed = new Map<string, ListedEvent>();
  private readonly listeners = new Set<() => void>();
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

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    if (document.hidden || this.isAsking) return;
    this.isAsking = true;
    try {
      const { at, events, asOf, problem } = await this.client.get("/api/feed", { after: this.after });
      this.after = at;
      this.remember(events);
      this.freshness = { asOf, problem };
    } catch (error) {
      this.freshness = { ...this.freshness, problem: problemOf(error).error };
    }
    this.isAsking = false;
    for (const listener of [...this.listeners]) listener();
    this.timer = setTimeout(() => void this.ask(), this.pollMs);
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
