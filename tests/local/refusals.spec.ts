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
    const places = { logs, functionName: "receive", readUnrouted: async () => [] };
    const watcher = new RefusalWatcher(places as never, (line) => void shown.push(line));
    await watcher.look();
    await watcher.look();
    const refused = (check: string) => `  REFUSED    stripe  401 The signature could not be verified. Check: ${check}, from 127.0.0.1.`;
    assert.deepEqual(shown, [`${refused("mismatch")} 2 times.`, refused("stale")]);
  });

  it("have those that no source has, each once, and none of before", async () => {
    const requests = [
      { number: 1, at: 99, source: "strpe", sourceIp: "127.0.0.1" },
      { number: 2, at: 100, source: "strpe", sourceIp: "127.0.0.1" },
    ];
    const shown: string[] = [];
    const places = { logs: { send: async () => Promise.resolve({}) }, functionName: "receive", readUnrouted: async () => requests };
    const watcher = new RefusalWatcher(places as never, (line) => void shown.push(line), 100);
    const [refused] = await watcher.look();
    assert.deepEqual(refused, { at: new Date(100), source: "strpe", status: 404, reason: "no such source", sourceIp: "127.0.0.1" });
    assert.deepEqual(await watcher.look(), []);
    assert.deepEqual(shown, ["  REFUSED    strpe  404 Unknown source. Check: no such source, from 127.0.0.1."]);
  });
});
