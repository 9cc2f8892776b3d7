import * as assert from "node:assert/strict";
import { withSentences } from "../../../cli/events/target";

describe("An error of a command of events", () => {
  const ended = (error: unknown, stack?: string) => withSentences("events list", stack, () => Promise.reject(error as Error));
  const named = (name: string, more: object = {}) => Object.assign(new Error("its own words"), { name, ...more });

  for (const [what, error] of [
    ["no answer in time", named("TimeoutError")],
    ["no process at the port", named("Error", { code: "ECONNREFUSED" })],
  ] as const) {
    it(`says of the local run that it is gone, after ${what}`, () =>
      assert.rejects(() => ended(error), { message: "The local run does not answer any more. Start it again." }));

    it(`is a sentence of a stack, after ${what}`, () =>
      assert.rejects(() => ended(error, "dev"), /^Error: events list: \w+: its own words$/));
  }

  it("is a sentence where AWS refuses, or where there are no credentials", async () => {
    for (const error of [named("AccessDeniedException", { $metadata: {} }), named("CredentialsProviderError")])
      await assert.rejects(() => ended(error, "dev"), /^Error: events list: \w+: its own words$/);
  });

  it("stays what it is if it is this program's, or no error at all", async () => {
    await assert.rejects(() => ended(named("TypeError")), { name: "TypeError" });
    await assert.rejects(
      () => ended("thrown"),
      (error) => error === "thrown",
    );
  });
});
