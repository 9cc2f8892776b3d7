import * as assert from "node:assert/strict";
import { exitCodeOf, restOf, unknown, type Sent } from "../../../cli/events/publish";

const done: Sent = { sent: 2, failed: new Map(), done: 2 };
const failed = (...reasons: string[]) => new Map(reasons.map((reason, index) => [`stripe#${index}`, reason]));
const error = new Error("refused");

describe("The exit code of a replay, redelivery or backfill", () => {
  for (const [what, outcome, code] of [
    ["everything was sent", done, 0],
    ["there was nothing to send", { ...done, sent: 0, done: 0 }, 0],
    ["a part was not sent", { ...done, sent: 1, failed: failed("It is FAILED.") }, 4],
    ["none was sent", { ...done, sent: 0, failed: failed("It is FAILED.", unknown) }, 1],
    ["none of the events exists", { ...done, sent: 0, failed: failed(unknown, unknown) }, 3],
    ["somebody interrupted it", { ...done, sent: 1, done: 1, stopped: {} }, 130],
    ["somebody interrupted it, and a part was not sent", { ...done, sent: 1, failed: failed(unknown), stopped: {} }, 130],
    ["an error stopped it before the first", { ...done, sent: 0, done: 0, stopped: { error } }, 1],
    ["an error stopped it, and none that was looked for exists", { ...done, sent: 0, failed: failed(unknown), stopped: { error } }, 1],
    ["an error stopped it later", { ...done, sent: 1, done: 1, stopped: { error } }, 4],
  ] as const)
    it(`is ${code} where ${what}`, () => assert.equal(exitCodeOf(outcome), code));
});

describe("What is left of a replay, redelivery or backfill", () => {
  for (const [what, outcome, rest] of [
    ["is nothing where nothing stopped it, though fewer were there than were counted", done, 0],
    ["is what it did not come to", { ...done, stopped: {} }, 3],
    ["is nothing where more were there than were counted", { ...done, done: 6, stopped: {} }, 0],
  ] as const)
    it(what, () => assert.equal(restOf(outcome, 5), rest));
});
