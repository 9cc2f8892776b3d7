import * as assert from "node:assert/strict";
import { eventPattern, passes } from "../../domain/destinationFilter";
import type { DestinationFilter } from "../../domain/destinations";

const event = { source: "stripe", kind: "payment.succeeded", eventType: "payment_intent.succeeded" } as const;

/** What AWS's own matcher (github.com/aws/event-ruler 1.8.1) said to the pattern of each event type. */
const judged: [wanted: string, eventType: string, passes: boolean][] = [
  ["payment_intent.succeeded", "payment_intent.succeeded", true],
  ["payment_intent.succeeded", "payment_intent_succeeded", false],
  ["payment_intent.succeeded", "Payment_intent.succeeded", false],
  ["payment_intent.*", "payment_intent.succeeded", true],
  ["payment_intent.*", "payment_intent.", true],
  ["payment_intent.*", "payment_intent", false],
  ["payment_intent.*", "payment_intentXsucceeded", false],
  ["*", "anything", true],
  ["*", "", true],
  ["*.succeeded", "charge.succeeded", true],
  ["*.succeeded", "charge.succeeded.late", false],
  ["charge.*.closed", "charge.dispute.closed", true],
  ["charge.*.closed", "charge..closed", true],
  ["charge.*.closed", "charge.closed", false],
  ["a*b*c", "abbc", true],
  ["a*b*c", "ac", false],
  ["(a+)?[b]^{2}|$*", "(a+)?[b]^{2}|$1", true],
  ["(a+)?[b]^{2}|$*", "aab", false],
  [String.raw`a\b*`, String.raw`a\bc`, true],
  [String.raw`a\b*`, "abc", false],
  [String.raw`a\*`, String.raw`a\c`, true],
  [String.raw`a\*`, "a*", false],
  [String.raw`a\b`, String.raw`a\b`, true],
  ["zahlung.größe.*", "zahlung.größe.1", true],
  ["line.*", "line.1\n2", true],
  ["smile.*", "smile.😀", true],
];

describe("A destination's filter", () => {
  it("is the pattern of a rule that passes the pipeline's events, and among them those that fit every list", () => {
    assert.deepEqual(eventPattern({}), { source: ["webhook.pipeline"] });
    assert.deepEqual(eventPattern({ kinds: ["refund", "dispute"] }), {
      source: ["webhook.pipeline"],
      "detail-type": ["refund", "dispute"],
    });
    assert.deepEqual(eventPattern({ sources: ["stripe"], eventTypes: ["a.b", "a.*", "*.b", String.raw`a\*`, String.raw`a\*c`, "*a*"] }), {
      source: ["webhook.pipeline"],
      detail: {
        source: ["stripe"],
        eventType: ["a.b", { prefix: "a." }, { suffix: ".b" }, { prefix: "a\\" }, { wildcard: String.raw`a\\*c` }, { wildcard: "*a*" }],
      },
    });
    for (const eventTypes of [["*"], ["a.b", "*"]])
      assert.deepEqual(eventPattern({ eventTypes }), { source: ["webhook.pipeline"] }, "every event has a type");
  });

  for (const [filter, expected] of [
    [{}, true],
    [{ kinds: ["payment.succeeded", "refund"] }, true],
    [{ kinds: ["refund"] }, false],
    [{ sources: ["square", "stripe"] }, true],
    [{ sources: ["square"] }, false],
    [{ eventTypes: ["charge.*", "payment_intent.*"] }, true],
    [{ eventTypes: ["charge.*"] }, false],
    [{ kinds: ["payment.succeeded"], sources: ["stripe"], eventTypes: ["payment_intent.succeeded"] }, true],
    [{ kinds: ["payment.succeeded"], sources: ["stripe"], eventTypes: ["charge.succeeded"] }, false],
    [{ kinds: ["payment.succeeded"], sources: ["square"] }, false],
  ] satisfies [DestinationFilter, boolean][])
    it(`${expected ? "passes" : "stops"} a payment of Stripe's with ${JSON.stringify(filter)}`, () =>
      assert.equal(passes(filter, event), expected));

  for (const [wanted, eventType, expected] of judged)
    it(`${expected ? "passes" : "stops"} the type ${JSON.stringify(eventType)} with ${JSON.stringify(wanted)}, as EventBridge`, () =>
      assert.equal(passes({ eventTypes: [wanted] }, { ...event, eventType }), expected));
});
