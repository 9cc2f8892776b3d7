import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { SharedFeed, type Following } from "../../../cli/console/feed";
import type { ListedEvent } from "../../../cli/events/listed";
import type { Table } from "../../../cli/events/query";

const event = (transactionId: string) => ({ transactionId, status: "RECEIVED" }) as ListedEvent;
const table = {} as Table;

/** Follows what a specification puts, and counts the polls. */
class Puts implements Following {
  polls = 0;
  next: ListedEvent[] = [];
  error: Error | undefined;
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
    const feed = new SharedFeed(table, 0, puts);
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
    const feed = new SharedFeed(table, 60_000, puts);
    await Promise.all([feed.read(undefined), feed.read(0), feed.read(0)]);
    await feed.read(0);
    assert.equal(puts.polls, 1);
  });

  it("polls nothing while no page asks", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(table, 1, puts);
    await feed.read(undefined);
    await sleep(20);
    assert.equal(puts.polls, 1);
  });

  it("says since when the pipeline does not answer, and goes on once it does", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(table, 0, puts);
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

  it("keeps the newest changes alone", async () => {
    const puts = new Puts();
    const feed = new SharedFeed(table, 0, puts);
    puts.next = Array.from({ length: 2_500 }, (_, index) => event(String(index)));
    const { events, at } = await feed.read(0);
    assert.equal(events.length, 2_000);
    assert.equal(at, 2_500);
    assert.equal(events.at(-1)?.transactionId, "2499");
  });
});
