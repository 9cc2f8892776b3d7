import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SharedFeed, type Following } from "../../../cli/console/feed";
import type { ListedEvent } from "../../../cli/events/listed";

const event = (transactionId: string) => ({ transactionId, status: "RECEIVED" }) as ListedEvent;

/** Follows what a specification puts, and counts the polls. */
class Puts implements Following {
  polls = 0;
  next: ListedEvent[] = [];
  error: Error | undefined;
  hasMissed = false;
  async start(): Promise<void> {}
  async poll(): Promise<ListedEvent[]> {
    this.polls++;
    await sleep(1);
    if (this.error) throw this.error;
    return this.next.splice(0);
  }
}

describe("The feed of the console", () => {
  const idsOf = (events: readonly ListedEvent[]) => events.map(({ transactionId }) => transactionId);

  it("tells each page what has changed since it last asked", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(0, () => puts);
    const { at, events } = await feed.read(undefined);
    assert.deepEqual({ at, events }, { at: 0, events: [] });
    puts.next = [event("a"), event("b")];
    const first = await feed.read(at);
    assert.deepEqual(idsOf(first.events), ["a", "b"]);
    puts.next = [event("c")];
    assert.deepEqual(idsOf((await feed.read(first.at)).events), ["c"]);
    assert.deepEqual(idsOf((await feed.read(at)).events), ["a", "b", "c"]);
  });

  it("polls once for all pages that ask within its interval", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(60_000, () => puts);
    await Promise.all([feed.read(undefined), feed.read(0), feed.read(0)]);
    await feed.read(0);
    assert.equal(puts.polls, 1);
  });

  it("polls nothing while no page asks", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(1, () => puts);
    await feed.read(undefined);
    await sleep(20);
    assert.equal(puts.polls, 1);
  });

  it("says since when the pipeline does not answer, and goes on once it does", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(0, () => puts);
    const { asOf, problem } = await feed.read(undefined);
    assert.equal(problem, null);
    puts.error = Object.assign(new Error("connect ECONNREFUSED"), { name: "Error" });
    const stale = await feed.read(0);
    assert.equal(stale.asOf, asOf);
    assert.match(stale.problem!, /ECONNREFUSED/);
    puts.error = undefined;
    puts.next = [event("a")];
    const { events, problem: none } = await feed.read(0);
    assert.deepEqual(idsOf(events), ["a"]);
    assert.equal(none, null);
  });

  it("has a page load anew that asks so late that changes are not kept any more", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(0, () => puts);
    puts.next = Array.from({ length: 2_500 }, (_, index) => event(String(index)));
    const { at } = await feed.read(undefined);
    assert.equal(at, 2_500);
    const { reset, events } = await feed.read(499);
    assert.deepEqual([reset, events.length], [true, 0]);
    const kept = await feed.read(500);
    assert.deepEqual([kept.reset, kept.events.length], [false, 2_000]);
  });

  it("has every page load anew if a poll finds more than it may read", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(0, () => puts);
    const { at } = await feed.read(undefined);
    puts.hasMissed = true;
    puts.next = [event("a")];
    const missed = await feed.read(at);
    assert.deepEqual([missed.reset, missed.events.length], [true, 0]);
    puts.hasMissed = false;
    puts.next = [event("b")];
    assert.deepEqual(idsOf((await feed.read(missed.at)).events), ["b"]);
  });

  it("begins anew after a pause, so that nothing reads all that came meanwhile", async () => {
    const followers = [new Puts(), new Puts()];
    let started = 0;
    const feed = new SharedFeed(0, () => followers[started++]);
    const { at } = await feed.read(undefined);
    const { now } = performance;
    performance.now = () => now.call(performance) + 61_000;
    try {
      assert.equal((await feed.read(at)).reset, true);
    } finally {
      performance.now = now;
    }
    assert.deepEqual([started, followers[0].polls, followers[1].polls], [2, 1, 1]);
  });
});
