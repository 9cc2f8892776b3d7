import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { GetSecretValueCommand } from "../../helpers/jsonMocks";
import { deliverOne } from "../../../handlers/deliver/deliverOne";
import { readMessage } from "../../../handlers/deliver/message";
import { configuredDestinations } from "../../../handlers/deliver/settings";
import { capturingOutput } from "../../../testbed/handlers";
import { Deliverer, newSecret } from "../../helpers/deliverer";
import { isVerifiedBy, verify } from "../../helpers/verified";

describe("While a secret is rotated", () => {
  const deliverer = new Deliverer();
  let old: string;
  let renewed: string;
  beforeEach(() => {
    old = deliverer.secret;
    renewed = newSecret();
  });
  let generation = 0;
  const deliver = async () => {
    const { staying } = await deliverer.deliver(deliverer.record({ generation: `redelivery-${generation++}`, trigger: "redelivery" }));
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
      for (const changesAt of [1, 2, 3]) {
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
          if (step === changesAt) known = renewed;
          assert.ok(await deliver(), `step ${step}, changes at ${changesAt}`);
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
      const now = Date.now();
      deliverer.surroundings.now = () => now;
      const { staying } = await deliverer.deliver(deliverer.record());
      assert.deepEqual([staying, authorizations()], [["message-1"], []]);
      const { error, attempts, status, scheduled_ms, next_at } = (await deliverer.row())!;
      assert.deepEqual([error, attempts, status, scheduled_ms], ["Its secret has no value, or cannot be used.", 0, "OPEN", undefined]);
      assert.equal(next_at, now + 60_000);
      assert.deepEqual(deliverer.hidden(), [60]);
      deliverer.secretIs({ secret: newSecret(), token: "t" });
      deliverer.surroundings.now = () => now + 11_000;
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
