import * as assert from "node:assert/strict";
import { h } from "preact";
import type { EventWithAmount } from "../../cli/events/list";
import { useArrivals, withChanges } from "../../console/arrivals";
import { SharedContext, type Shared } from "../../console/context";
import type { Filters } from "../../console/filters";
import { runHook } from "../helpers/hook";

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();
const event = (transactionId: string, second: number, changes: Partial<EventWithAmount> = {}): EventWithAmount => ({
  transactionId,
  status: "RECEIVED",
  receivedAt: at(second),
  eventType: "charge.succeeded",
  source: transactionId.split("#")[0],
  kind: undefined,
  attempts: 0,
  requeuedAt: undefined,
  finishedAt: undefined,
  error: undefined,
  ...changes,
});
const byId = (...events: EventWithAmount[]) => new Map(events.map((one) => [one.transactionId, one]));

describe("A list of events with the changes of the feed", () => {
  const amount = { value: 14_900, currency: "EUR", exponent: 2 };

  it("shows each event as it is now, in its place", () => {
    const listed = [event("stripe#2", 2), event("stripe#1", 1)];
    const changed = event("stripe#1", 1, { status: "PROCESSED", attempts: 1 });
    assert.deepEqual(withChanges(listed, byId(changed, event("stripe#3", 3))), [listed[0], { ...changed, amount: undefined }]);
  });

  it("keeps the amounts, which the feed does not have", () => {
    const [shown] = withChanges([event("stripe#1", 1, { status: "FAILED", amount })], byId(event("stripe#1", 1)));
    assert.deepEqual([shown.status, shown.amount], ["RECEIVED", amount]);
  });
});

describe("The events that arrive after a list was loaded", () => {
  const listed = [event("stripe#20", 20), event("stripe#10", 10)];
  interface Setting {
    filters?: Filters;
    events?: EventWithAmount[];
    cursor?: string | null;
    isNewestPage?: boolean;
  }

  /** Runs the hook on a list, and lets the feed tell changes. @returns how many events the list does not have */
  function newerOf(
    changes: readonly EventWithAmount[],
    { filters = {}, events = listed, cursor = null, isNewestPage = true }: Setting = {},
  ) {
    const changed = new Map<string, EventWithAmount>();
    const listeners = new Set<() => void>();
    const feed = {
      changed,
      freshness: {},
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const loaded = { answer: { events, cursor }, isLoading: false, at: Date.parse(at(30)), reload: () => undefined };
    const running = runHook(
      () => useArrivals(loaded, filters, isNewestPage),
      (inner) => h(SharedContext.Provider, { value: { feed } as unknown as Shared, children: inner }),
    );
    assert.equal(running.result.newer, 0, "before");
    running.act(() => {
      for (const one of changes) changed.set(one.transactionId, one);
      feed.freshness = {};
      for (const listener of listeners) listener();
    });
    assert.deepEqual(
      running.result.events.map(({ transactionId }) => transactionId),
      events.map(({ transactionId }) => transactionId),
      "the list does not jump",
    );
    return running.result.newer;
  }

  it("are announced, and those that the list has are not", () => {
    assert.equal(newerOf([event("stripe#40", 40), event("stripe#41", 41), event("stripe#20", 20, { status: "PROCESSED" })]), 2);
  });

  it("are those that pass its filters", () => {
    const changes = [
      event("stripe#40", 40, { status: "FAILED" }),
      event("github#41", 41, { status: "FAILED" }),
      event("stripe#42", 42, { status: "PROCESSED", kind: "refund" }),
    ];
    assert.equal(newerOf(changes, { filters: { status: "FAILED" } }), 2);
    assert.equal(newerOf(changes, { filters: { source: "stripe" } }), 2);
    assert.equal(newerOf(changes, { filters: { kind: "refund" } }), 1);
    assert.equal(newerOf(changes, { filters: { status: "FAILED", source: "github" } }), 1);
  });

  it("are no older ones, which the next page has", () => {
    const older = event("stripe#5", 5, { status: "PROCESSED" });
    assert.equal(newerOf([older], { cursor: "more" }), 0);
    assert.equal(newerOf([older], { filters: { since: "6h" } }), 0);
    assert.equal(newerOf([older]), 1, "a list to the end lacks nothing older");
    assert.equal(newerOf([event("stripe#10b", 10)], { cursor: "more" }), 1, "at the same time as the last");
  });

  it("of an empty list since some time are those since it was loaded", () => {
    const filters = { since: "6h" };
    assert.equal(newerOf([event("stripe#29", 29), event("stripe#31", 31)], { events: [], filters }), 1);
    assert.equal(newerOf([event("stripe#29", 29)], { events: [] }), 1);
  });

  it("are not announced above a list that they do not belong to", () => {
    const changes = [event("stripe#40", 40)];
    assert.equal(newerOf(changes, { isNewestPage: false }), 0);
    for (const filters of [{ until: "yesterday" }, { minAmount: "100" }, { currency: "EUR" }])
      assert.equal(newerOf(changes, { filters }), 0);
  });
});
