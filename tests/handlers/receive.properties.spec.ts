import * as assert from "node:assert/strict";
import fc from "fast-check";
import { localSources } from "../../local/sources";
import { seal, sign } from "../../local/signing";
import { apiEvent } from "../../testbed/handlers";
import { Receiver } from "../helpers/receiver";

const numRuns = Number(process.env.FUZZ_CASES ?? 300);

describe("The receiver", function () {
  this.timeout(0);
  const receiver = new Receiver();
  const body = fc.oneof(fc.json(), fc.string({ unit: "binary", maxLength: 200 }), fc.webQueryParameters());

  it("answers anything signed with an acknowledgment or a clear refusal, never with 5xx", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...localSources), body, async (source, text) => {
        const sealed = seal(source, Buffer.from(text), receiver.signing);
        const { status } = await receiver.receive(apiEvent(source, sealed.toString(), sign(source, sealed, receiver.signing)));
        assert.ok([200, 202, 400, 401].includes(status), String(status));
      }),
      { numRuns },
    );
  });

  it("refuses anything unsigned, never with 5xx", async () => {
    const type = fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain", "");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...localSources, "nobody", "__proto__"), body, type, async (source, text, contentType) => {
        const { status } = await receiver.receive(apiEvent(source, text, { "Content-Type": contentType }));
        assert.ok([401, 404, 415].includes(status), String(status));
        assert.equal(receiver.puts().length, 0);
      }),
      { numRuns },
    );
  });
});
