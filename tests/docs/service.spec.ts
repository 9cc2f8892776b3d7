import * as assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { Command } from "../helpers/commands";
import { eventually } from "../helpers/eventually";
import { freePort } from "../helpers/freePort";

const secret = `whsec_${randomBytes(24).toString("base64")}`;
const body = (transactionId: string) =>
  JSON.stringify({ type: "refund", timestamp: "2026-01-31T12:00:00.000Z", data: { transactionId, kind: "refund" } });

describe("The service of docs/destinations.md", () => {
  let service: Command;
  let url: string;
  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    service = new Command(process.execPath, ["docs/service.mjs"], { WEBHOOK_SECRET: secret, PORT: String(port) });
    await eventually("the service to listen", async () => service.printed.includes("Waiting") || undefined);
  });
  after(async () => {
    service.child.kill();
    await service.ended;
  });

  type Signer = (id: string, at: Date, text: string) => string;
  const official: Signer = (id, at, text) => new Webhook(secret).sign(id, at, text);
  const post = async (id: string, text: string, sign: Signer = official, at = new Date()) => {
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": sign(id, at, text),
    };
    return (await fetch(url, { method: "POST", headers, body: text })).status;
  };
  const printed = () => service.printed.split("\n").filter((line) => line.startsWith("refund "));

  it("handles an event once, however often it comes", async () => {
    assert.deepEqual([await post("msg_1", body("stripe#evt_1")), await post("msg_1", body("stripe#evt_1"))], [204, 204]);
    await post("msg_last", body("stripe#last"));
    await eventually("the last event", async () => printed().includes("refund stripe#last") || undefined);
    assert.deepEqual(printed(), ["refund stripe#evt_1", "refund stripe#last"]);
  });

  const byHand: Signer = (id, at, text) => {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    return `v1,${createHmac("sha256", key)
      .update(`${id}.${Math.floor(at.getTime() / 1_000)}.${text}`)
      .digest("base64")}`;
  };
  const taken = [
    ["signed by svix's library", (id, at, text) => new SvixWebhook(secret).sign(id, at, text)],
    ["signed as the page shows", byHand],
    ["with the signature of an older secret beside it", (id, at, text) => `v1,${"A".repeat(43)}= ${official(id, at, text)}`],
  ] as const satisfies [string, Signer][];
  for (const [index, [what, sign]] of taken.entries())
    it(`takes an event ${what}`, async () => {
      assert.equal(await post(`msg_taken_${index}`, body(`stripe#evt_taken_${index}`), sign), 204);
      await eventually("the event", async () => printed().includes(`refund stripe#evt_taken_${index}`) || undefined);
    });

  for (const [what, sign, at] of [
    ["signed with another secret", (id, time, text) => new Webhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").sign(id, time, text), 0],
    ["altered on its way", (id, time, text) => official(id, time, `${text} `), 0],
    ["six minutes old", official, -360_000],
  ] as const satisfies [string, Signer, number][])
    it(`refuses an event ${what}`, async () => {
      assert.equal(await post("msg_3", body("stripe#evt_3"), sign, new Date(Date.now() + at)), 401);
      assert.ok(!printed().includes("refund stripe#evt_3"));
    });

  it("answers 500 to what it cannot read, so that it is sent again", async () => {
    assert.equal(await post("msg_4", '{"type":"refund"}'), 500);
  });
});
