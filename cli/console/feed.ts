import { Follower } from "../events/follow";
import type { ListedEvent } from "../events/listed";
import type { Table } from "../events/query";
import { asUserError } from "../lib/errors";
import type { Feed } from "./api";

/** Changes that are kept for pages that ask late; one that asks later still is told the newest. */
const mostKept = 2_000;

/** Something that follows events: a Follower of the events table. */
export type Following = Pick<Follower, "start" | "poll">;

/**
 * Follows events once for every page that is open. It polls only when a page asks, and not more often than `pollMs`, so that a console that
 * nobody looks at costs nothing.
 */
export class SharedFeed {
  readonly #pollMs: number;
  readonly #follower: Following;
  #kept: { at: number; event: ListedEvent }[] = [];
  #at = 0;
  #started = false;
  #polledAt = -Infinity;
  #polling: Promise<void> | undefined;
  #answeredAt = new Date();
  #problem: string | null = null;

  constructor(table: Table, pollMs: number, follower: Following = new Follower(table)) {
    this.#pollMs = pollMs;
    this.#follower = follower;
  }

  /** Returns what has changed since a number of an earlier answer. An error is told as `problem`, and the next call tries again. */
  async read(after: number | undefined): Promise<Feed> {
    if (performance.now() - this.#polledAt >= this.#pollMs) this.#polling ??= this.#poll();
    await this.#polling;
    const events = after === undefined ? [] : this.#kept.filter(({ at }) => at > after).map(({ event }) => event);
    return { at: this.#at, events, asOf: this.#answeredAt.toISOString(), problem: this.#problem };
  }

  async #poll(): Promise<void> {
    try {
      if (!this.#started) await this.#follower.start();
      this.#started = true;
      for (const event of await this.#follower.poll()) this.#keep(event);
      this.#answeredAt = new Date();
      this.#problem = null;
    } catch (error) {
      this.#problem = asUserError("console", error).message;
    } finally {
      this.#polledAt = performance.now();
      this.#polling = undefined;
    }
  }

  #keep(event: ListedEvent): void {
    this.#at++;
    this.#kept.push({ at: this.#at, event });
    if (this.#kept.length > mostKept) this.#kept = this.#kept.slice(-mostKept);
  }
}
