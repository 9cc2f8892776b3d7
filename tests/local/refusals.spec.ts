import * as assert from "node:assert/strict";
import { RefusalWatcher } from "../../local/refusals";

describe("The refusals that the local run shows", () => {
  it("are in one line where they do not differ, and are shown once", async () => {
    const refusal = (source: string, reason: string) =>
      JSON.stringify({ message: "Refused", source, code: "signature", reason, sourceIp: "127.0.0.1" });
    const messages = [refusal("stripe", "mismatch"), refusal("stripe", "stale"), refusal("stripe", "mismatch"), "no JSON", "{}"];
    const events = messages.map((message, index) => ({ eventId: `${index}`, timestamp: index, message }));
    const shown: string[] = [];
    const logs = { send: async () => Promise.resolve({ events }) };
    const watcher = new RefusalWatcher({ logs } as never, "receive", (line) => void shown.push(line));
    await watcher.look();
    await watcher.look();
    const refused = (check: string) => `  REFUSED    stripe  401 The signature could not be verified. Check: ${check}, from 127.0.0.1.`;
    assert.deepEqual(shown, [`${refused("mismatch")} 2 times.`, refused("stale")]);
  });
});
