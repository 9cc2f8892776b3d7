import * as assert from "node:assert/strict";
import { brotliCompressSync } from "node:zlib";
import { setTimeout as sleep } from "node:timers/promises";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import * as fc from "fast-check";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { maxBodyBytes } from "../../../domain/destinations";
import { largestInItem } from "../../../domain/payload";
import { webhookId } from "../../../handlers/deliver/signing";
import { deliverOne } from "../../../handlers/deliver/deliverOne";
import { readMessage } from "../../../handlers/deliver/message";
import { configuredDestinations } from "../../../handlers/deliver/settings";
import { capturingOutput } from "../../../testbed/handlers";
import { Deliverer, newSecret } from "../../helpers/deliverer";
import type { Received } from "../../helpers/endpoint";

/** Verifies a request with both libraries. @returns its body @throws their error */
function verify(secret: string, { headers, body }: Received): unknown {
  const given = headers as Record<string, string>;
  const standard = new StandardWebhook(secret).verify(body, given);
  assert.deepEqual(new SvixWebhook(secret).verify(body, given), standard);
  return standard;
}

const isVerifiedBy = (secret: string, received: Received): boolean => {
  try {
    verify(secret, received);
    return true;
  } catch {
    return false;
  }
};

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

describe("While a secret is rotated", () => {
  const deliverer = new Deliverer();
  let old: string;
  let renewed: string;
  beforeEach(() => {
    old = deliverer.secret;
    renewed = newSecret();
  });
  const deliver = async () => {
    const { staying } = await deliverer.deliver(deliverer.record({ generation: `redelivery-${Math.random()}`, trigger: "redelivery" }));
    return staying.length === 0 && deliverer.deadLetters().length === 0;
  };

  it("a request is signed with both", async () => {
    deliverer.secretIs([{ secret: renewed }, { secret: old }]);
    assert.ok(await deliver());
    for (const secret of [renewed, old]) verify(secret, deliverer.endpoint.received[0]);
  });

  for (const status of [400, 401, 403])
    it(`no delivery fails: neither with the old, nor with both, nor with the new, if the endpoint answers ${status} to others`, async () => {
      // An endpoint that knows one secret at a time, and changes over at any point of the rotation.
      for (const changesAfter of [0, 1, 2, 3]) {
        let known = old;
        deliverer.endpoint.answer = (received) => (isVerifiedBy(known, received) ? 204 : status);
        const steps = [
          { secret: old },
          [{ secret: renewed }, { secret: old }],
          [{ secret: renewed }, { secret: old }],
          { secret: renewed },
        ];
        for (const [step, value] of steps.entries()) {
          // The function has cached what was there before. The endpoint changes over while both are valid.
          deliverer.secretIs(value);
          if (step === Math.min(2, changesAfter + 1)) known = renewed;
          assert.ok(await deliver(), `step ${step}, changes after ${changesAfter}`);
        }
        assert.deepEqual(await deliverer.state(), {});
        [old, renewed] = [renewed, newSecret()];
      }
    });

  it("a refusal makes the function read the secret again, before it pauses the destination", async () => {
    deliverer.endpoint.answer = (received) => (isVerifiedBy(renewed, received) ? 204 : 401);
    await deliver();
    assert.equal(deliverer.secretsManager.commandCalls(GetSecretValueCommand).length, 2);
    assert.equal((await deliverer.state()).paused, "endpoint");
  });
});

describe("A destination with authentication", () => {
  const deliverer = new Deliverer();
  const authorizations = () => deliverer.endpoint.received.map(({ headers }) => headers.authorization);

  it("gets user name and password", async () => {
    deliverer.configure({ auth: "basic" });
    deliverer.secretIs({ secret: deliverer.secret, username: "pipeline", password: "pässword:" });
    await deliverer.deliver(deliverer.record());
    assert.deepEqual(authorizations(), [`Basic ${Buffer.from("pipeline:pässword:").toString("base64")}`]);
  });

  it("gets a token, and the old one too while the new one is not known to it", async () => {
    deliverer.configure({ auth: "bearer" });
    deliverer.secretIs([
      { secret: newSecret(), token: "new" },
      { secret: deliverer.secret, token: "old" },
    ]);
    deliverer.endpoint.answer = ({ headers }) => (headers.authorization === "Bearer old" ? 204 : 401);
    const { staying } = await deliverer.deliver(deliverer.record());
    assert.deepEqual([staying, authorizations()], [[], ["Bearer new", "Bearer old"]]);
    for (const received of deliverer.endpoint.received) verify(deliverer.secret, received);
  });

  it("gives the endpoint all of its time, however long the secret is read", async () => {
    deliverer.configure({ timeoutSeconds: 1 });
    const { secret } = deliverer;
    deliverer.secretsManager.on(GetSecretValueCommand).callsFake(() => sleep(1_100, { SecretString: JSON.stringify({ secret }) }));
    const { staying } = await deliverer.deliver(deliverer.record());
    assert.deepEqual([staying, deliverer.endpoint.received.length], [[], 1]);
  });

  for (const [what, secret] of [
    ["no value", ""],
    ["no signing secret", { token: "t" }],
    ["a signing secret of another form", { secret: "whsec_ä", token: "t" }],
    ["no token", { secret: newSecret() }],
    ["a token that fits into no header", { secret: newSecret(), token: "a\nb" }],
    ["three entries", [1, 2, 3].map(() => ({ secret: newSecret(), token: "t" }))],
  ] as const)
    it(`gets nothing while its secret has ${what}, and gets it later`, async () => {
      deliverer.configure({ auth: "bearer" });
      deliverer.secretIs(secret);
      const { staying } = await deliverer.deliver(deliverer.record());
      assert.deepEqual([staying, authorizations()], [["message-1"], []]);
      const { error, attempts, status, scheduled_ms, next_at } = (await deliverer.row())!;
      assert.deepEqual([error, attempts, status, scheduled_ms], ["Its secret has no value, or cannot be used.", 0, "OPEN", undefined]);
      assert.ok(Math.abs((next_at as number) - Date.now() - 60_000) < 5_000);
      assert.deepEqual(deliverer.hidden(), [60]);
      deliverer.secretIs({ secret: newSecret(), token: "t" });
      deliverer.surroundings.now = () => Date.now() + 11_000;
      assert.deepEqual((await deliverer.deliver(deliverer.record())).staying, []);
      assert.equal(deliverer.endpoint.received[0].headers["webhook-attempt"], "1");
    });

  it("makes no dead letter for want of a secret, however often and long, and stops the flow", async () => {
    deliverer.secretsManager.on(GetSecretValueCommand).rejects(new Error("outage"));
    let time = Date.now();
    deliverer.surroundings.now = () => time;
    deliverer.configure({ retryHours: 1 });
    const sentAt = time;
    for (let tries = 0; tries < 25; tries++, time += 24 * 3_600_000) await deliverer.deliver(deliverer.record({}, { sentAt }));
    assert.deepEqual([deliverer.deadLetters(), (await deliverer.row())!.attempts], [[], 0]);
    const { paused, pause_reason } = await deliverer.state();
    assert.deepEqual([paused, pause_reason, deliverer.mappings()], ["breaker", "Its secret has no value, or cannot be used.", [false]]);
  });

  it("makes no dead letter if a probe finds no secret", async () => {
    deliverer.secretIs("");
    const record = deliverer.record({}, { sentAt: Date.now() - 13.5 * 24 * 3_600_000 });
    const [destination] = configuredDestinations().values();
    const message = readMessage(deliverer.name, record.body, Number(record.attributes.SentTimestamp))!;
    const { result } = await capturingOutput(() => deliverOne(destination, message, deliverer.surroundings, { isProbe: true }));
    assert.deepEqual(result, { kind: "again", delayMs: 1_800_000, pauses: true });
    assert.deepEqual([deliverer.deadLetters(), await deliverer.row()], [[], undefined]);
  });
});
