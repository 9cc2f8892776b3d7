import * as assert from "node:assert/strict";
import { DeliveryAttribute } from "../../domain/destinations";
import { brokenDeliveries, countRepeated, RowWatch } from "../../testbed/matrix/deliveries/guarantees";
import { oddEvents, Target } from "../../testbed/matrix/deliveries/target";
import type { DeliveryWorld } from "../../testbed/matrix/deliveries/world";
import type { Item } from "../../testbed/matrix/eventsTable";
import { matrixDestinations } from "../../testbed/matrix/settings";
import { canary } from "../../testbed/matrix/traffic";

describe("The checks of deliveries", () => {
  const events = ["a#0", "a#1", "a#2"];
  const refused = events[oddEvents.neverTaken];
  const secret = "whsec_c2VjcmV0";
  let targets: Map<string, Target>;
  let items: Map<string, Item>;
  let watch: RowWatch;
  const world = () => ({ targets, deliveries: { items } }) as unknown as DeliveryWorld;
  const row = (status: string, others: Item = {}): Item => ({ [DeliveryAttribute.status]: { S: status }, ...others });
  const undelivered = { [DeliveryAttribute.undelivered]: { S: "orders#OPEN" } };

  /** Delivers everything as it should be. */
  beforeEach(() => {
    targets = new Map(matrixDestinations.map((name) => [name, new Target(name, 0, (id) => events.indexOf(id))]));
    items = new Map();
    watch = new RowWatch(world);
    for (const { name, accepted, deadLetters } of targets.values())
      for (const transactionId of events) {
        const isRefused = name === "orders" && transactionId === refused;
        if (isRefused) deadLetters.send(JSON.stringify({ transactionId }));
        else accepted.push({ transactionId, at: 1 });
        items.set(`${name}#${transactionId}`, row(isRefused ? "FAILED" : "DELIVERED"));
      }
  });
  const orders = () => targets.get("orders")!;
  const found = (log = "") => brokenDeliveries(world(), events, watch, log, secret).join("\n");
  const written = (id: string, before: Item | undefined, after: Item) => {
    watch.onChange({ id, before, after });
    return watch.broken.join("\n");
  };

  it("accept events that are all delivered, and one that is FAILED with a dead letter", () => assert.equal(found(), ""));

  for (const [what, break_, words] of [
    ["an event was never accepted", () => orders().accepted.shift(), /^orders: a#0 was never accepted/],
    ["a refused event is not FAILED", () => items.delete(`orders#${refused}`), /^orders: a#2 was refused, and is not FAILED/],
    ["its dead letter is missing", () => orders().deadLetters.messages.shift(), /^orders: a#2 was refused, and is not FAILED with a dead/],
    [
      "a delivered event is a dead letter",
      () => orders().deadLetters.send(JSON.stringify({ transactionId: "a#0" })),
      /^orders: a#0 was accepted, and is a dead letter/,
    ],
    [
      "a message stays in the queue",
      () => orders().queue.send(JSON.stringify({ detail: { transactionId: "a#0" } })),
      /^orders: a#0 is still in the queue/,
    ],
    ["a row stays OPEN", () => items.set("orders#a#0", row("OPEN")), /^orders: a#0 is OPEN, and its message is gone/],
    ["a queue shows a payload", () => orders().deadLetters.send(JSON.stringify({ note: canary })), /^a payload is in a queue/],
  ] as const)
    it(`notice if ${what}`, () => {
      break_();
      assert.match(found(), words);
    });

  it("notice a payload, a secret or a signature in the log", () => {
    orders().signatures.add("v1,signed");
    assert.match(found(`${canary} c2VjcmV0 v1,signed`), /^a payload is in the log\na secret is in the log\na signature is in the log$/);
  });

  for (const [what, change, words] of [
    ["leaves DELIVERED", () => written("orders#a#0", row("DELIVERED"), row("OPEN", undelivered)), /leaves DELIVERED/],
    ["is DELIVERED, but nobody accepted it", () => written("orders#a#9", undefined, row("DELIVERED")), /was not accepted/],
    ["is FAILED before its dead letter", () => written("orders#a#0", undefined, row("FAILED", undelivered)), /before its dead letter/],
    ["is OPEN, but not in the index", () => written("orders#a#0", undefined, row("OPEN")), /is OPEN and not in the index/],
    [
      "is DELIVERED, and in the index",
      () => written("orders#a#0", undefined, row("DELIVERED", undelivered)),
      /is DELIVERED and in the index/,
    ],
  ] as const)
    it(`notice a row that ${what}`, () => assert.match(change(), words));

  it("pass over a destination's state, and count what was accepted twice", () => {
    assert.equal(written("orders", undefined, {}), "");
    assert.equal(countRepeated(world()), 0);
    orders().accepted.push({ transactionId: "a#0", at: 2 });
    assert.equal(countRepeated(world()), 1);
  });
});
