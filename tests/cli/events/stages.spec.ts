import * as assert from "node:assert/strict";
import { historyIn } from "../../../cli/events/history";
import type { ShownEvent } from "../../../cli/events/shownEvent";
import { stagesOf } from "../../../cli/events/stages";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 31, 12) + ms).toISOString();
const event = (changes: Partial<ShownEvent>): ShownEvent => ({
  transactionId: "stripe#evt_1",
  status: "PROCESSED",
  occurredAt: at(0),
  receivedAt: at(1_240),
  claimedAt: at(1_330),
  finishedAt: at(1_500),
  ...changes,
});
const inWords = (changes: Partial<ShownEvent>) =>
  stagesOf(event(changes)).map(({ name, since, isFailure }) => `${name}${since === undefined ? "" : ` +${since}`}${isFailure ? "!" : ""}`);

describe("The stages of an event", () => {
  it("are in the order of time, each with the time since the one before", () => {
    assert.deepEqual(inWords({}), ["occurred", "received +1240", "claimed +90", "finished +170"]);
    const [, received] = stagesOf(event({}));
    assert.deepEqual([received.at, received.time], [at(1_240), Date.parse(at(1_240))]);
  });

  it("have those alone that it has passed", () => {
    assert.deepEqual(inWords({ status: "RECEIVED", claimedAt: undefined, finishedAt: undefined }), ["occurred", "received +1240"]);
    assert.deepEqual(stagesOf({ transactionId: "stripe#evt_1" }), []);
  });

  it("say when it failed", () => {
    assert.deepEqual(inWords({ status: "FAILED" }), ["occurred", "received +1240", "claimed +90", "failed +170!"]);
  });

  it("begin with its receipt where nobody says when it happened", () => {
    assert.deepEqual(inWords({ occurredAtSource: "received", occurredAt: at(1_240) }), ["received", "claimed +90", "finished +170"]);
  });

  it("have the requeue where it was, also after a claim that came to nothing; without one, it was a redrive", () => {
    const stages = (requeues?: number) => inWords({ status: "RECEIVED", requeues, requeuedAt: at(61_330), finishedAt: undefined });
    assert.deepEqual(stages(1), ["occurred", "received +1240", "claimed +90", "requeued +60000"]);
    for (const none of [0, undefined]) assert.equal(stages(none).at(-1), "redriven +60000");
  });

  it("are in order where the source's clock is ahead", () => {
    assert.deepEqual(inWords({ occurredAt: at(9_000) }), ["received", "claimed +90", "finished +170", "occurred +7500"]);
  });

  const history: ShownEvent["history"] = [
    { stage: "failed", at: at(2_000), error: "Unprocessable" },
    { stage: "redriven", at: at(60_000) },
    { stage: "requeued", at: at(500_000) },
    { stage: "failed", at: at(500_400), error: "States.Timeout" },
  ];
  const withReasons = (changes: Partial<ShownEvent>) =>
    stagesOf(event(changes)).map(({ name, reason }) => (reason === undefined ? name : `${name}: ${reason}`));

  it("have each failed attempt with its error, and each redrive and requeue between them", () => {
    const changes = { status: "FAILED", history, requeuedAt: at(500_000), claimedAt: at(500_200), requeues: 1, finishedAt: at(500_401) };
    assert.deepEqual(withReasons(changes), [
      "occurred",
      "received",
      "failed: Unprocessable",
      "redriven",
      "requeued: worker died",
      "claimed",
      "failed: States.Timeout",
    ]);
    assert.deepEqual(
      stagesOf(event(changes)).map(({ isFailure }) => isFailure),
      [false, false, true, false, false, false, true],
    );
  });

  it("have the failures also of an event that is PROCESSED in the end", () => {
    const changes = { history: history.slice(0, 2), requeuedAt: at(60_000), claimedAt: at(60_100), finishedAt: at(60_200) };
    assert.deepEqual(withReasons(changes), ["occurred", "received", "failed: Unprocessable", "redriven", "claimed", "finished"]);
  });

  it("have a requeue that the history lacks, because nothing had claimed the event", () => {
    const changes = { status: "RECEIVED", history: history.slice(0, 2), requeues: 3, requeuedAt: at(900_000), finishedAt: undefined };
    assert.equal(withReasons(changes).at(-1), "requeued: not claimed");
  });
});

describe("The history of an item", () => {
  const entry = (stage: string, at: string, error?: string) => ({
    M: { stage: { S: stage }, at: { S: at }, ...(error && { error: { S: error } }) },
  });

  it("begins with its oldest round", () => {
    const item = {
      history: { L: [entry("redriven", "5"), entry("failed", "6", "Transient")] },
      previous_history: { L: [entry("redriven", "3"), entry("failed", "4", "Transient")] },
      older_history: { L: [entry("failed", "1", "Unprocessable")] },
    };
    assert.deepEqual(
      historyIn(item).map(({ stage, at, error }) => [stage, at, error].join(" ")),
      ["failed 1 Unprocessable", "redriven 3 ", "failed 4 Transient", "redriven 5 ", "failed 6 Transient"],
    );
  });

  it("is empty where nothing went wrong", () => assert.deepEqual(historyIn({}), []));
});
