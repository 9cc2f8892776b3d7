import * as assert from "node:assert/strict";
import { isStuck } from "../../domain/stuck";

const at = (seconds: number) => Date.UTC(2026, 0, 31) + seconds * 1_000;
const text = (seconds: number) => new Date(at(seconds)).toISOString();

describe("An event is stuck", () => {
  it("if it is RECEIVED for more than 15 minutes since it was stored, requeued or redriven", () => {
    const event = { status: "RECEIVED", receivedAt: text(0) };
    assert.deepEqual([isStuck(event, at(900)), isStuck(event, at(901))], [false, true]);
    const requeued = { ...event, requeuedAt: text(600) };
    assert.deepEqual([isStuck(requeued, at(1_500)), isStuck(requeued, at(1_501))], [false, true]);
  });

  it("if it is PROCESSING and its lease has expired", () => {
    const event = { status: "PROCESSING", receivedAt: text(0), leaseUntil: at(360) };
    assert.deepEqual([isStuck(event, at(360)), isStuck(event, at(361))], [false, true]);
    assert.equal(isStuck({ ...event, leaseUntil: undefined }, at(9_999)), false, "a list does not have the lease");
  });

  it("in no other status", () => {
    for (const status of ["PROCESSED", "FAILED", undefined]) assert.equal(isStuck({ status, receivedAt: text(0) }, at(9_999)), false);
  });
});
