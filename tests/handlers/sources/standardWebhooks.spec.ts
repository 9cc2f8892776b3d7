import * as assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { mock } from "node:test";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { standardWebhooks } from "../../../handlers/sources/standardWebhooks";
import { webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

const now = new Date("2026-01-31T12:00:00Z");
const seconds = Math.floor(now.getTime() / 1000);
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const body = '{"type":"user.created","name":"Zoë €"}';
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const signed = (key = secret, at = now, payload = body) => new Webhook(key).sign(id, at, payload);
const headersOf = (signature: string, time: string | number = seconds, prefix = "webhook") => ({
  [`${prefix}-id`]: id,
  [`${prefix}-timestamp`]: String(time),
  [`${prefix}-signature`]: signature,
});
const verify = (headers: Record<string, string>, payload = body, credentials: object[] = [{ secret }]) =>
  standardWebhooks.verify(
    webhookRequest(Buffer.from(payload), headers),
    credentials.map((one) => standardWebhooks.parseCredential(one)),
    now,
  );

describe("A signature of Standard Webhooks", () => {
  before(() => mock.timers.enable({ apis: ["Date"], now }));
  after(() => mock.timers.reset());

  const wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  for (const [what, headers, payload, expected] of [
    ["as it should be", headersOf(signed()), body, true],
    ["among several", headersOf(`${wrong} ${signed()} v9,x`), body, true],
    ["of an altered body", headersOf(signed()), `${body} `, false],
    ["of another id", { ...headersOf(signed()), "webhook-id": "msg_2" }, body, false],
    ["of another time", headersOf(signed(), seconds - 1), body, false],
    ["with another secret", headersOf(signed(other)), body, false],
    ["of another version", headersOf(signed().replace("v1", "v2")), body, false],
    ["six minutes old", headersOf(signed(secret, new Date(now.getTime() - 360_000)), seconds - 360), body, false],
    ["six minutes early", headersOf(signed(secret, new Date(now.getTime() + 360_000)), seconds + 360), body, false],
  ] as const) {
    it(`${what} is judged as the standard's own library judges it`, async () => {
      assert.equal(await passes(() => void new Webhook(secret).verify(payload, headers)), expected);
      assert.equal(await passes(() => verify(headers, payload)), expected);
    });
  }

  for (const change of [
    (text: string) => `${text} `,
    (text: string) => ` ${text}`,
    (text: string) => `${text} ${text}`,
    (text: string) => `${wrong}  ${text}`,
  ]) {
    it(`written as "${change("…")}" is refused as another text`, () => refusesAs("mismatch", () => verify(headersOf(change(signed())))));
  }

  it("by Svix's own library is accepted, under Svix's header names", () => {
    const signature = new SvixWebhook(secret).sign(id, now, body);
    verify(headersOf(signature, seconds, "svix"));
    new SvixWebhook(secret).verify(body, headersOf(signature, seconds, "svix"));
  });

  it("of an invalid time is refused", () => {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const signature = `v1,${createHmac("sha256", key).update(`${id}.soon.${body}`).digest("base64")}`;
    return refusesAs("malformed time", () => verify(headersOf(signature, "soon")));
  });
});

describe("An asymmetric signature of Standard Webhooks", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
  const credentials = [{ publicKey: `whpk_${raw.toString("base64")}` }];
  const asymmetric = (payload = body) =>
    `v1a,${signBytes(null, Buffer.from(`${id}.${seconds}.${payload}`), privateKey).toString("base64")}`;

  it("is accepted, alone or among several", () => {
    verify(headersOf(asymmetric()), body, credentials);
    verify(headersOf(`${signed()} ${asymmetric()}`), body, credentials);
  });
  for (const [what, signature] of [
    ["of an altered body", asymmetric("{}")],
    ["of another length", "v1a,AAAA"],
    ["that base64 would read alike", `${asymmetric()}\t`],
    ["by a secret that both know", signed()],
    ["as if it were symmetric", asymmetric().replace("v1a", "v1")],
  ]) {
    it(`${what} is refused`, () => refusesAs("mismatch", () => verify(headersOf(signature), body, credentials)));
  }
  it("is refused if a secret is expected", () => refusesAs("mismatch", () => verify(headersOf(asymmetric()))));
});

describe("An event by Standard Webhooks", () => {
  it("has the signed ID, and the body's type and time", () => {
    const identify = (event: object) => standardWebhooks.identify(event as never, webhookRequest(Buffer.from(""), headersOf("x")));
    assert.deepEqual(identify({ type: "user.created", timestamp: "2026-01-31T12:00:00Z" }), {
      eventId: id,
      eventType: "user.created",
      occurredAt: "2026-01-31T12:00:00.000Z",
    });
    assert.equal(identify({ event_type: "x" })!.eventType, "x");
    assert.equal(identify({ object_kind: "push" })!.eventType, "push");
    assert.equal(identify({})!.eventType, "unknown");
  });

  it("has a time in seconds or milliseconds, too, as OpenAI and Clerk write it", () => {
    const timeOf = (event: object) =>
      standardWebhooks.identify(event as never, webhookRequest(Buffer.from(""), headersOf("x")))!.occurredAt;
    const time = "2026-01-31T12:00:00.000Z";
    for (const event of [{ created_at: 1_769_860_800 }, { timestamp: 1_769_860_800_000 }, { timestamp: "1769860800" }])
      assert.equal(timeOf(event), time);
    for (const timestamp of [0, 1e18, "soon", null]) assert.equal(timeOf({ timestamp }), undefined);
  });
});
