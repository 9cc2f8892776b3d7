import * as assert from "node:assert/strict";
import { prepareRequests } from "../../../cli/send/requests";

describe("The requests that send prepares", () => {
  const stripe = { name: "stripe", provider: "stripe" } as const;

  for (const type of ["", "a b", "charge\u202erefunded", "größe"])
    it(`have no type that a header cannot carry: ${JSON.stringify(type)}`, async () => {
      await assert.rejects(prepareRequests(stripe, undefined, { type, count: 1 }), {
        message: `--type is "${type}". Allowed: an event type in ASCII characters without spaces, such as charge.refunded.`,
        exitCode: 2,
      });
    });

  it("are samples of the type that is asked for", async () => {
    const next = await prepareRequests(stripe, undefined, { type: "charge.refunded", count: 1 });
    assert.equal((JSON.parse(next().body.toString()) as { type: string }).type, "charge.refunded");
  });
});
