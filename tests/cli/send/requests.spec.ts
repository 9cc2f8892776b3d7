import * as assert from "node:assert/strict";
import { headerOf } from "../../../cli/send";
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

  it("have the headers that are given, and are JSON unless one of them says otherwise", async () => {
    const header = headerOf("Content-Type: text/plain", headerOf("X-Signature:  a: b"));
    assert.deepEqual((await prepareRequests(stripe, "package.json", { header, count: 1 }))().headers, {
      "content-type": "text/plain",
      "x-signature": "a: b",
    });
    const { headers } = (await prepareRequests(stripe, "package.json", { header: headerOf("a:"), count: 1 }))();
    assert.deepEqual(headers, { "content-type": "application/json", a: "" });
  });

  for (const given of ["", "a", ": a", "a b: c", "a: \u001b[2J"])
    it(`take no header ${JSON.stringify(given)}`, () => assert.throws(() => headerOf(given), /Allowed: a name and a value/));

  it("are samples of the type that is asked for", async () => {
    const next = await prepareRequests(stripe, undefined, { type: "charge.refunded", count: 1 });
    assert.equal((JSON.parse(next().body.toString()) as { type: string }).type, "charge.refunded");
  });
});
