import { Follower, type FollowBounds } from "../events/follow";
import type { ListedEvent } from "../events/listed";
import type { Feed } from "./api";
import { sentenceOf } from "./problems";

/** Changes that are kept for pages that ask late; one that asks later still has to load its view anew. */
const mostKept = 2_000;

/** Milliseconds without a poll after which the feed begins anew: reading all that came since has no bound. */
const longestPauseMs = 60_000;

/**
 * Returns how much the feed of a console reads. DynamoDB charges for each open event that is read anew, payload included.
 * @param isLocal of the local run, which shows every status and charges nothing
 */
export const feedBounds = (isLocal: boolean): FollowBounds => ({ mostOpen: 100, mostSettled: 1_000, rereadsOpen: isLocal });

/** Something that follows events: a Follower of the events table. */
export type Following = Pick<Follower, "start" | "poll" | "hasMissed">;

/**
 * Follows events once for every page that is open. It polls only when a page asks, and not more often than `pollMs`, so that a console that
 * nobody looks at costs nothing.
 */
export class SharedFeed {
  readonly #pollMs: number;
  readonly #follow: () => Following;
  #follower: Following | undefined;
  #kept: { at: number; event: ListedEvent }[] = [];
  #at = 0;
  /** Number of the first change of which all later ones are known. */
  #completeSince = 0;
  #polledAt = -Infinity;
  #polling: Promise<void> | undefined;
  #answeredAt = new Date();
  #problem: string | null = null;

  /** @param follow makes what follows the events; it is called again after a pause */
  constructor(pollMs: number, follow: () => Following) {
    this.#pollMs = pollMs;
    this.#follow = follow;
  }

  /** Returns what has changed since a number of an earlier answer. An error is told as `problem`, and the next call tries again. */
  async read(after: number | undefined): Promise<Feed> {
    if (performance.now() - this.#polledAt >= this.#pollMs) this.#polling ??= this.#poll();
    await this.#polling;
    const reset = after !== undefined && after < this.#completeSince;
    const events = after === undefined || reset ? [] : this.#kept.filter(({ at }) => at > after).map(({ event }) => event);
    return { at: this.#at, events, reset, asOf: this.#answeredAt.toISOString(), problem: this.#problem };
  }

  async #poll(): Promise<void> {
    try {
      if (performance.now() - this.#polledAt > longestPauseMs) this.#forget();
      this.#follower ??= await this.#startFollowing();
      const changed = await this.#follower.poll();
      if (this.#follower.hasMissed) this.#forgetChanges();
      for (const event of changed) this.#keep(event);
      this.#answeredAt = new Date();
      this.#problem = null;
    } catch (error) {
      this.#problem = sentenceOf(error as Error);
    } finally {
      this.#polledAt = performance.now();
      this.#polling = undefined;
    }
  }

  async #startFollowing(): Promise<Following> {
    const follower = this.#follow();
    await follower.start();
    return follower;
  }

  /** Begins anew: what has changed meanwhile is not read. */
  #forget(): void {
    if (this.#follower) this.#forgetChanges();
    this.#follower = undefined;
  }

  /** Has pages that asked before load their views anew. */
  #forgetChanges(): void {
    this.#completeSince = ++this.#at;
    this.#kept = [];
  }

  #keep(event: ListedEvent): void {
    this.#at++;
    this.#kept.push({ at: this.#at, event });
    if (this.#kept.length <= mostKept) return;
    this.#completeSince = this.#kept.shift()!.at;
  }
}
