import * as assert from "node:assert/strict";
import { disableStackTraces, withStackTraceHint } from "../../../components/lib/stackTraces";

describe("Stack traces", () => {
  const limit = Error.stackTraceLimit;
  afterEach(() => void (Error.stackTraceLimit = limit));
  const fail = () => {
    throw new Error("no such key");
  };

  it("are off, and an error says how to get one", () => {
    disableStackTraces({});
    assert.throws(() => withStackTraceHint(fail), /^Error: no such key\nTo see where .+ PULUMI_DEBUG_PROMISE_LEAKS=1\.$/);
  });

  it("stay on if requested, and the result is returned", () => {
    disableStackTraces({ PULUMI_DEBUG_PROMISE_LEAKS: "1" });
    assert.equal(Error.stackTraceLimit, limit);
    assert.throws(() => withStackTraceHint(fail), { message: "no such key" });
    assert.equal(
      withStackTraceHint(() => 1),
      1,
    );
  });
});
