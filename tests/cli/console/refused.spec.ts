import * as assert from "node:assert/strict";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { mockClient } from "aws-sdk-client-mock";
import { RefusedRequests } from "../../../cli/console/refused";
import { RefusalWatcher, type Refused } from "../../../local/refusals";

const at = new Date("2026-01-31T12:00:00Z");
const refused = (reason: string, changes: Partial<Refused> = {}): Refused => ({ at, source: "stripe", status: 401, reason, ...changes });

describe("The refused requests of the local run", () => {
  it("are kept newest first, and no more than 200", async () => {
    const kept = new RefusedRequests();
    kept.add(Array.from({ length: 150 }, (_, index) => refused(`first ${index}`)));
    kept.add(Array.from({ length: 100 }, (_, index) => refused(`second ${index}`)));
    const reasons = (await kept.newest()).map(({ reason }) => reason);
    assert.equal(reasons.length, 200);
    assert.deepEqual([reasons[0], reasons[99], reasons[100], reasons[199]], ["second 99", "second 0", "first 149", "first 50"]);
  });

  it("say which check failed", async () => {
    const kept = new RefusedRequests();
    kept.add([refused("mismatch"), refused("stale"), refused("network", { status: 403, sourceIp: "192.0.2.1" }), refused("no event id")]);
    assert.deepEqual(
      (await kept.newest()).map(({ reason }) => reason),
      ["no event id", "address not allowed", "stale signature", "signature mismatch"],
    );
  });

  describe("in the receiver's log", () => {
    const logs = new CloudWatchLogsClient({});
    const mock = mockClient(logs);
    beforeEach(() => mock.reset());
    const line = { message: "Refused", source: "stripe", code: "signature", reason: "mismatch", sourceIp: "192.0.2.1" };
    const event = (eventId: string, text: string) => ({ eventId, timestamp: at.getTime(), message: text });

    it("are found once, printed, and handed on, from a time on", async () => {
      mock
        .on(FilterLogEventsCommand)
        .resolvesOnce({ events: [event("1", `WARN ${JSON.stringify(line)}`), event("2", "Refused, but no JSON")], nextToken: "more" })
        .resolvesOnce({ events: [event("3", JSON.stringify({ ...line, code: "malformed", reason: "no event id", sourceIp: undefined }))] })
        .resolves({ events: [event("1", JSON.stringify(line)), event("4", JSON.stringify({ message: "Refused" }))] });
      const printed: string[] = [];
      const kept = new RefusedRequests(
        new RefusalWatcher({ logs, functionName: "receive", readUnrouted: async () => [] }, (one) => printed.push(one), at.getTime()),
      );
      const found = [
        { at: at.toISOString(), source: "stripe", status: 400, reason: "no event id", sourceIp: null },
        { at: at.toISOString(), source: "stripe", status: 401, reason: "signature mismatch", sourceIp: "192.0.2.1" },
      ];
      assert.deepEqual(await kept.newest(), found);
      assert.deepEqual(await kept.newest(), found);
      assert.equal(printed.length, 2);
      assert.match(printed[0], /REFUSED +stripe {2}401 .+ Check: mismatch, from 192\.0\.2\.1\.$/);
      assert.equal(mock.commandCalls(FilterLogEventsCommand)[0].args[0].input.startTime, at.getTime());
    });
  });
});
