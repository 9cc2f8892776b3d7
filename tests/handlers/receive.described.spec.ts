import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { descriptionOf } from "../../domain/catalog";
import { apiEvent, withSettings } from "../../testbed/handlers";
import { Receiver } from "../helpers/receiver";

const secret = "a-secret-of-the-provider";
const sign = (text: string, encoding: "hex" | "base64" = "hex") => createHmac("sha256", secret).update(text).digest(encoding);

/** Handshakes and answers, as the providers document them. */
describe("A source of the catalog", () => {
  const receiver = new Receiver();
  const { receive, puts } = receiver;
  beforeEach(() => receiver.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify({ secret }) }));

  /** Sends a request to a source of a provider that is named like it. */
  const send = (provider: string, body: string, headers: Record<string, string>, changes: object = {}) =>
    withSettings({ [provider]: { provider, description: descriptionOf(provider) } }, () =>
      receive(apiEvent(provider, body, { "content-type": "application/json", ...headers }, changes)),
    );
  const seconds = String(Math.floor(Date.now() / 1_000));

  it("answers Zoom's validation of the URL with the encrypted token, and stores nothing", async () => {
    const body = '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}';
    const headers = { "x-zm-request-timestamp": seconds, "x-zm-signature": `v0=${sign(`v0:${seconds}:${body}`)}` };
    const { status, text } = await send("zoom", body, headers);
    const plainToken = "qgg8vlvZRS6UYooatFL8Aw";
    assert.deepEqual([status, JSON.parse(text)], [200, { plainToken, encryptedToken: sign(plainToken) }]);
    assert.equal((await send("zoom", body, { ...headers, "x-zm-signature": "v0=00" })).status, 401);
    assert.equal(puts().length, 0);
  });

  it("answers Twitch's verification with its challenge, once the signature is right", async () => {
    const body = '{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{"type":"channel.follow"}}';
    const [id, time] = ["e76c6bd4", new Date().toISOString()];
    const headers = {
      "twitch-eventsub-message-id": id,
      "twitch-eventsub-message-timestamp": time,
      "twitch-eventsub-message-type": "webhook_callback_verification",
      "twitch-eventsub-message-signature": `sha256=${sign(`${id}${time}${body}`)}`,
    };
    const { status, text } = await send("twitch", body, headers);
    assert.deepEqual([status, text], [200, "pogchamp-kappa-360noscope-vohiyo"]);
  });

  it("answers Xero's intent to receive with 200 or 401, each with an empty body", async () => {
    const body = '{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}';
    const right = await send("xero", body, { "x-xero-signature": sign(body, "base64") });
    const wrong = await send("xero", body, { "x-xero-signature": sign(`${body} `, "base64") });
    assert.deepEqual([right.status, right.text, wrong.status, wrong.text], [200, "", 401, ""]);
    assert.equal(puts().length, 0);
  });

  it("answers a GET with the challenge of Meta and Dropbox, and any other with 404", async () => {
    const get = (provider: string, queryStringParameters: Record<string, string>) =>
      send(provider, "", {}, { httpMethod: "GET", body: null, headers: {}, queryStringParameters });
    const meta = await get("meta", { "hub.mode": "subscribe", "hub.verify_token": "any", "hub.challenge": "1158201444" });
    assert.deepEqual([meta.status, meta.text, meta.headers["X-Content-Type-Options"]], [200, "1158201444", "nosniff"]);
    assert.equal((await get("dropbox", { challenge: "abc" })).text, "abc");
    assert.equal((await get("dropbox", {})).status, 404);
    assert.equal((await get("zoom", { challenge: "abc" })).status, 404);
    assert.equal(puts().length, 0);
  });

  it("stores each event of a delivery by its own ID, whatever the attempt", async () => {
    const delivery = (attemptNumber: number) =>
      JSON.stringify(
        [100, 101].map((eventId) => ({ eventId, subscriptionType: "contact.creation", attemptNumber, portalId: 62, objectId: eventId })),
      );
    const deliver = async (body: string) => {
      const now = String(Date.now());
      const url = "https://example.com/hubspot";
      receiver.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify({ secret, url }) });
      return send("hubspot", body, {
        "x-hubspot-request-timestamp": now,
        "x-hubspot-signature-v3": sign(`POST${url}${body}${now}`, "base64"),
      });
    };
    const first = await deliver(delivery(0));
    const again = await deliver(delivery(1));
    assert.equal(first.status, 200, first.text);
    const ids = (JSON.parse(first.text) as { transactionIds: string[] }).transactionIds;
    assert.equal(new Set(ids).size, 2);
    assert.deepEqual(JSON.parse(again.text), { transactionIds: ids });
    assert.deepEqual(
      puts().map(({ Item }) => Item!.event_type.S),
      Array(4).fill("contact.creation"),
    );
  });
});
