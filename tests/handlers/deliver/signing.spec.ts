import * as assert from "node:assert/strict";
import { brotliCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { maxBodyBytes } from "../../../domain/destinations";
import { largestInItem } from "../../../domain/payload";
import { webhookId } from "../../../handlers/deliver/signing";
import { Deliverer, newSecret } from "../../helpers/deliverer";
import type { Received } from "../../helpers/endpoint";
import { isVerifiedBy, verify } from "../../helpers/verified";

describe("What a destination gets", () => {
  const deliverer = new Deliverer();
  let generation = 0;
  const sent = async () => {
    await deliverer.deliver(deliverer.record({ generation: String(generation++) }));
    return deliverer.endpoint.received.at(-1)!;
  };
  const bodyOf = (received: Received) =>
    JSON.parse(String(received.body)) as { type: string; timestamp: string; data: Record<string, unknown> };

  it("is verified by the libraries of Standard Webhooks and of Svix", async () => {
    const { headers, body } = await sent();
    assert.deepEqual(verify(deliverer.secret, deliverer.endpoint.received[0]), JSON.parse(String(body)));
    assert.equal(headers["webhook-id"], webhookId(deliverer.transactionId));
    assert.equal(headers["webhook-attempt"], "1");
    assert.equal(headers["webhook-trigger"], "event");
    assert.equal(isVerifiedBy(newSecret(), deliverer.endpoint.received[0]), false);
  });

  it("has the fields of the published event, and nothing of its payload", async () => {
    const data = {
      transactionId: deliverer.transactionId,
      source: "stripe",
      eventType: "payment_intent.succeeded",
      kind: "payment.succeeded",
      occurredAt: "2026-01-31T12:00:00.000Z",
      receivedAt: "2026-01-31T12:00:01.234Z",
      test: false,
    };
    assert.deepEqual(bodyOf(await sent()), { type: "payment.succeeded", timestamp: "2026-01-31T12:00:00.000Z", data });
  });

  it("tells of a test, an account, and a time that is the time of receipt", async () => {
    const normalized = { M: { test: { BOOL: true }, account: { S: "acct_1" } } };
    await deliverer.store({ normalized, occurred_at_source: { S: "received" }, occurred_at: { S: "" } });
    const { timestamp, data } = bodyOf(await sent());
    assert.equal(timestamp, "2026-01-31T12:00:01.234Z");
    assert.deepEqual([data.test, data.account, data.occurredAtSource, data.normalized], [true, "acct_1", "received", undefined]);
  });

  it("has the kind other if its event was stored without one", async () => {
    await deliverer.store({ kind: { S: "" }, normalized: { M: {} } });
    const { type, data } = bodyOf(await sent());
    assert.deepEqual([type, data.kind, data.test], ["other", "other", false]);
  });

  const normalized = { amount: { value: 4200, currency: "EUR", exponent: 2 }, test: false };
  it("has the normalized event if it is configured so", async () => {
    deliverer.configure({ payload: "normalized" });
    const { data } = bodyOf(await sent());
    assert.deepEqual([data.normalized, data.payload], [normalized, undefined]);
  });

  describe("if it is configured as full", () => {
    beforeEach(() => deliverer.configure({ payload: "full" }));
    const payload = async (body: Buffer, encoding?: "br") => {
      const B = encoding ? brotliCompressSync(body) : body;
      await deliverer.store({ payload: { B }, ...(encoding && { payload_encoding: { S: encoding } }) });
      const { data } = bodyOf(await sent());
      assert.deepEqual(data.normalized, normalized);
      return data.payload;
    };

    it("has the body as the provider sent it, as text", async () => {
      const text = '{ "id":"evt_1",  "name": "Zoë" }\r\n';
      assert.deepEqual(await payload(Buffer.from(text)), { text });
      assert.deepEqual(await payload(Buffer.from(text), "br"), { text });
    });

    it("has it as base64 if it is no text", async () => {
      assert.deepEqual(await payload(Buffer.from([0xff, 0xfe, 0])), { base64: "//4A" });
    });

    it("has up to 262,144 bytes of it, and then says that it is left out", async () => {
      assert.deepEqual(await payload(Buffer.alloc(262_144, "a")), { text: "a".repeat(262_144) });
      assert.deepEqual(await payload(Buffer.alloc(262_145, "a")), { omitted: "size" });
    });

    it("leaves out a body in the bucket, without reading it: none there is small enough", async () => {
      assert.ok(largestInItem >= maxBodyBytes);
      await deliverer.store({ payload_key: { S: "stripe/key" } });
      const { data } = bodyOf(await sent());
      assert.deepEqual([data.normalized, data.payload], [normalized, { omitted: "size" }]);
    });
  });

  it("has the same ID in every attempt, redelivery and replay, and the time of its own attempt", async () => {
    deliverer.endpoint.answer = () => 503;
    let time = Date.now() - 100_000;
    deliverer.surroundings.now = () => time;
    for (const message of [{}, {}, { trigger: "redelivery", generation: "redelivery-1" } as const, { "replay-name": "replay-1" }])
      await deliverer.deliver(deliverer.record(message, { sentAt: (time += 20_000) }));
    const headers = (name: string) => deliverer.endpoint.received.map((received) => received.headers[name]);
    assert.equal(new Set(headers("webhook-id")).size, 1);
    assert.equal(new Set(headers("webhook-timestamp")).size, 4);
    assert.deepEqual(headers("webhook-attempt"), ["1", "2", "1", "1"]);
    assert.deepEqual(headers("webhook-trigger"), ["event", "event", "redelivery", "redelivery"]);
    for (const received of deliverer.endpoint.received) verify(deliverer.secret, received);
  });

  it("has an ID that the specification allows, whatever the transaction ID", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        assert.match(webhookId(one), /^msg_[\w-]{32}$/);
        assert.equal(webhookId(one) === webhookId(other), one === other);
      }),
    );
  });
});
