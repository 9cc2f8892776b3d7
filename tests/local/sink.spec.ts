import * as assert from "node:assert/strict";
import { startSink, type Sink, type SunkDelivery } from "../../local/sink";

describe("The sink of a local run", () => {
  let sink: Sink;
  let shown: SunkDelivery[];
  beforeEach(async () => {
    shown = [];
    sink = await startSink((delivery) => shown.push(delivery));
  });
  afterEach(() => sink.stop());

  const post = (url: string, body: string) => fetch(url, { method: "POST", body }).then(({ status }) => status);

  it("accepts a delivery, and shows it with its destination", async () => {
    assert.equal(await post(sink.urlOf("orders"), "{}"), 204);
    assert.deepEqual(shown, [{ destination: "orders", body: Buffer.from("{}") }]);
  });

  it("shows nothing that another program or a web page of this machine posts", async () => {
    const { origin } = new URL(sink.urlOf("orders"));
    for (const path of ["/orders", "/", `/${"0".repeat(24)}/orders`]) assert.equal(await post(origin + path, "{}"), 404);
    assert.equal((await fetch(sink.urlOf("orders"))).status, 404);
    assert.deepEqual(shown, []);
  });

  it("has an address that no other machine reaches", () => assert.equal(new URL(sink.urlOf("orders")).hostname, "127.0.0.1"));

  it("ends a request that is larger than any delivery", async () => {
    await assert.rejects(post(sink.urlOf("orders"), "x".repeat(2_000_000)));
    assert.deepEqual(shown, []);
  });
});
