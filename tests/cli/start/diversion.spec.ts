import * as assert from "node:assert/strict";
import { divert } from "../../../cli/start/diversion";
import { everyProvider, withForwarding, type LocalSettings } from "../../../local/settings";

describe("The destinations of a stack in a local run", () => {
  const own = { name: "orders", url: "https://orders.example.com/webhooks", auth: "none" } as const;
  const base = everyProvider("us-east-1", "local");
  const forwarding = { localUrl: "http://127.0.0.1:3000/", secret: "whsec_AAAA" };
  const settings: LocalSettings = { ...base, destinations: [...withForwarding(base, forwarding).destinations, own] };
  const body = (data: object) => JSON.stringify({ type: "refund", data });

  it("get nothing: each URL is replaced by one of this machine, which shows what comes", async () => {
    const shown: string[] = [];
    const { destinations, notes } = await divert(settings, false, (line) => shown.push(line));
    const [forwarded, orders] = destinations;
    assert.equal(forwarded.localUrl, forwarding.localUrl, "what is forwarded stays so");
    assert.match(orders.localUrl!, /^http:\/\/127\.0\.0\.1:\d+\//);
    assert.deepEqual(notes, [`Shown and not posted, unless you add --deliver: what goes to orders (${own.url}).`]);
    for (const data of [{ transactionId: "stripe#evt_1" }, {}])
      assert.equal((await fetch(orders.localUrl!, { method: "POST", body: body(data) })).status, 204);
    assert.deepEqual(shown, [
      `  NOT POSTED stripe#evt_1  refund, ${body({ transactionId: "stripe#evt_1" }).length} bytes for orders at ${own.url}`,
      `  NOT POSTED test event  refund, ${body({}).length} bytes for orders at ${own.url}`,
    ]);
  });

  it("get their deliveries if that is asked for, and the run says so", async () => {
    const { destinations, notes } = await divert(settings, true, assert.fail);
    assert.deepEqual(destinations, settings.destinations);
    assert.deepEqual(notes, [`Posted for real, signed with secrets of this run: what goes to orders (${own.url}).`]);
  });

  it("need no sink if there are none", async () => assert.equal(await divert(base, false, assert.fail), base));
});
