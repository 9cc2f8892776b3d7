import * as assert from "node:assert/strict";
import { deliveryOutcomeOf, type DeliveryOutcome } from "../../../handlers/deliver/outcome";
import { delayMs, delayWithin, retryAfterMs } from "../../../handlers/deliver/retryDelay";
import type { Answer } from "../../../handlers/deliver/send";

const now = Date.parse("2026-01-31T12:00:00Z");

/** Every row of the table in docs: what an answer is, and what it means. */
const table: Record<DeliveryOutcome["kind"], Answer[]> = {
  delivered: [200, 201, 202, 204, 206, 299].map((status) => ({ status })),
  permanent: [
    ...[400, 413, 415, 422].map((status) => ({ status })),
    { status: 503, delivery: "abort-message" },
    { status: 404, delivery: "abort-message" },
  ],
  pause: [
    ...[401, 403, 410].map((status) => ({ status })),
    { status: 400, delivery: "disable" },
    { status: 503, delivery: "disable" },
    { status: 410, delivery: "abort-message" },
    { error: "forbidden-address" },
  ],
  again: [
    ...[
      101, 300, 301, 302, 303, 304, 307, 308, 402, 404, 405, 406, 408, 409, 411, 418, 423, 425, 429, 451, 500, 501, 502, 503, 504, 505, 599,
    ].map((status) => ({
      status,
    })),
    { status: 500, delivery: "something else" },
    ...["timeout", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "EPIPE", "CERT_HAS_EXPIRED", "HPE_INVALID_CONSTANT"].map(
      (error) => ({ error }),
    ),
  ],
  unsent: [{ error: "secret" }],
};

describe("An answer", () => {
  for (const [kind, answers] of Object.entries(table))
    for (const answer of answers)
      it(`means ${kind} if it is ${JSON.stringify(answer)}`, () => assert.equal(deliveryOutcomeOf(answer, now).kind, kind));

  it("that is a success can't be changed by a header", () => {
    for (const delivery of ["disable", "abort-message"])
      assert.deepEqual(deliveryOutcomeOf({ status: 200, delivery }, now), { kind: "delivered" });
  });

  it("is told in a sentence", () => {
    const error = (answer: Answer) => (deliveryOutcomeOf(answer, now) as { error: string }).error;
    assert.equal(error({ status: 503 }), "It answered 503.");
    assert.equal(error({ status: 503, delivery: "disable" }), "It answered 503 with webhook-delivery: disable.");
    assert.equal(error({ status: 503, delivery: "anything else" }), "It answered 503.");
    assert.equal(error({ error: "timeout" }), "There was no answer in time.");
    assert.equal(error({ error: "ECONNREFUSED" }), "There was no answer: ECONNREFUSED.");
    assert.equal(error({ error: "forbidden-address" }), "An address of its host is not public.");
  });

  for (const [header, seconds] of [
    ["120", 120],
    ["0", 0],
    ["999999999", 999_999_999],
    ["Sat, 31 Jan 2026 12:05:00 GMT", 300],
    ["Saturday, 31-Jan-26 12:05:00 GMT", 300],
    ["Sat Jan 31 12:05:00 2026", 300],
    ["Sat, 31 Jan 2026 11:00:00 GMT", 0],
    ["Mon, nonsense", 0],
    ["-5", 0],
    ["1.5", 0],
    ["2027", 2_027],
    ["2027-01-01T00:00:00Z", 0],
    ["9999999999", 0],
    ["", 0],
    [undefined, 0],
  ] as const)
    it(`asks for ${seconds} s by Retry-After: ${header}`, () => {
      assert.equal(retryAfterMs(header, now), seconds * 1_000);
      const outcome = deliveryOutcomeOf({ status: 429, ...(header !== undefined && { retryAfter: header }) }, now);
      assert.deepEqual(outcome, { kind: "again", error: "It answered 429.", retryAfterMs: seconds * 1_000 });
    });
});

describe("The next attempt", () => {
  const hour = 3_600;
  const schedule = [5, 60, 300, 1_800, 2 * hour, 5 * hour, 10 * hour, 10 * hour, 10 * hour];

  it("follows after the schedule's interval, of which the last repeats, or up to a fifth sooner", () => {
    for (const [index, seconds] of schedule.entries()) {
      assert.equal(delayMs(index + 1, 0, 1), seconds * 1_000);
      assert.equal(delayMs(index + 1, 0, 0), seconds * 800);
    }
  });

  it("waits as long as the endpoint asks, up to 11 hours, but never less than the schedule", () => {
    assert.equal(delayMs(1, 120_000, 0.5), 120_000);
    assert.equal(delayMs(1, 24 * hour * 1_000, 0.5), 11 * hour * 1_000);
    assert.equal(delayMs(5, 120_000, 1), 2 * hour * 1_000);
    assert.ok(delayMs(20, Infinity, 1) < 12 * hour * 1_000, "SQS hides no message for longer");
  });

  for (const hours of [1, 2, 3, 8, 24, 72, 168])
    for (const random of [0, 0.5, 1])
      it(`is made until ${hours} h have passed, and the last at their end (random: ${random})`, () => {
        let scheduled = 0;
        for (let attempts = 1; ; attempts++) {
          const delay = delayWithin(hours, scheduled, delayMs(attempts, 0, random));
          if (delay === undefined) break;
          assert.ok(delay > 0 && delay <= schedule[Math.min(attempts, 9) - 1] * 1_000);
          scheduled += delay;
        }
        assert.equal(scheduled, hours * hour * 1_000);
      });
});
