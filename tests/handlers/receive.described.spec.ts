import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { descriptionOf } from "../../domain/catalog";
import type { ProviderDescription } from "../../domain/description";
import { clearCredentials } from "../../handlers/credentials";
import { loadPayload } from "../../handlers/payload/payload";
import { apiEvent, withSettings } from "../../testbed/handlers";
import { describing, multipartWithFile } from "../helpers/described";
import { GetSecretValueCommand, PutItemCommand } from "../helpers/jsonMocks";
import { Receiver } from "../helpers/receiver";

const secret = "a-secret-of-the-provider";
const sign = (text: string | Buffer, encoding: "hex" | "base64" = "hex") => createHmac("sha256", secret).update(text).digest(encoding);

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
  /** Time of the request. A time at which the file is loaded is too old when a slow machine comes to the test. */
  let seconds: string;
  beforeEach(() => (seconds = String(Math.floor(Date.now() / 1_000))));

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

  describe("described by configuration", () => {
    const described = (changes: Partial<ProviderDescription>, body: Buffer, headers: Record<string, string>, event: object = {}) =>
      withSettings({ acme: { provider: "custom", description: describing({}, changes) } }, () =>
        receive(apiEvent("acme", body.toString("base64"), { "x-signature": sign(body), ...headers }, { isBase64Encoded: true, ...event })),
      );
    const stored = async () => {
      const [{ Item }] = puts();
      return Buffer.from(await loadPayload(Item as Record<string, AttributeValue>));
    };

    it("takes its event from the JSON field of a multipart form, and stores the form byte for byte", async () => {
      const { body, contentType } = await multipartWithFile('{"event":{"id":"e1","type":"signature_request_signed"}}');
      const changes = {
        mediaTypes: ["multipart"],
        jsonField: "json",
        identity: { paths: ["event.id"] },
        type: { paths: ["event.type"] },
      } as const;
      const { status, transactionId } = await described(changes, body, { "content-type": contentType });
      assert.deepEqual([status, transactionId], [202, "acme#e1"]);
      assert.equal(puts()[0].Item!.event_type.S, "signature_request_signed");
      assert.deepEqual(await stored(), body);
      const other = await described({ ...changes, jsonField: "payload" }, body, { "content-type": contentType });
      assert.equal(other.status, 400);
    });

    it("verifies bytes that are not UTF-8, and stores them as they are", async () => {
      const body = Buffer.from([0xff, 0x00, 0x80, 0x0a]);
      const { status } = await described({ mediaTypes: ["bytes"] }, body, { "content-type": "application/octet-stream" });
      assert.equal(status, 202);
      assert.deepEqual(await stored(), body);
    });

    it("answers a HEAD with 200 and no body, and refuses other methods", async () => {
      const head = { httpMethod: "HEAD", body: null };
      const { status, text } = await described({ answersHead: true }, Buffer.alloc(0), {}, head);
      assert.deepEqual([status, text], [200, ""]);
      assert.equal((await described({}, Buffer.alloc(0), {}, head)).status, 404);
      assert.equal((await described({ answersHead: true }, Buffer.alloc(0), {}, { ...head, httpMethod: "GET" })).status, 404);
      assert.equal(puts().length, 0);
    });
  });

  describe("whose provider posts a token that becomes the secret", () => {
    const token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";
    const handshake = (value = token) => JSON.stringify({ verification_token: value });
    const without = () =>
      receiver.secretsManager.on(GetSecretValueCommand).rejects(new ResourceNotFoundException({ message: "no value", $metadata: {} }));

    it("keeps the token for an operator while it has no secret, and never logs it", async () => {
      without();
      const { status, text, output } = await send("notion", handshake(), {});
      assert.deepEqual([status, text], [200, ""]);
      assert.ok(!output.includes(token));
      const [{ Item, ConditionExpression }] = puts();
      assert.match(Item!.transaction_id.S!, /^#handshake#notion#[0-7]$/);
      assert.equal(Item!.handshake_token.S, token);
      const hours = (Number(Item!.expires_at.N) * 1_000 - Date.now()) / 3_600_000;
      assert.ok(23.9 < hours && hours <= 24, String(hours));
      assert.equal(Item!.status, undefined, "neither the pipe nor an index sees it");
      assert.equal(ConditionExpression, undefined);
      await send("notion", handshake(), {});
      assert.equal(puts()[1].Item!.transaction_id.S, Item!.transaction_id.S, "each attempt has the same place");
      assert.equal(receiver.secretsManager.commandCalls(GetSecretValueCommand).length, 1, "strangers do not make it read more often");
    });

    it("takes a version without a value, which MiniStack returns, for no secret", async () => {
      receiver.secretsManager.on(GetSecretValueCommand).resolves({});
      assert.equal((await send("notion", handshake(), {})).status, 200);
      assert.equal(puts().length, 1);
    });

    it("keeps few tokens, however many strangers post", async () => {
      without();
      for (let count = 0; count < 50; count++) await send("notion", handshake(`secret_${count}`), {});
      assert.equal(new Set(puts().map(({ Item }) => Item!.transaction_id.S)).size, 8);
    });

    it("refuses the token once it has a secret, even one that cannot be used", async () => {
      assert.equal((await send("notion", handshake(), {})).status, 401);
      clearCredentials();
      receiver.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: "{}" });
      assert.equal((await send("notion", handshake(), {})).status, 503);
      assert.equal(puts().length, 0);
    });

    it("keeps nothing, and asks the provider to send again, if the secret cannot be read", async () => {
      receiver.secretsManager.on(GetSecretValueCommand).rejects(new Error("down"));
      assert.equal((await send("notion", handshake(), {})).status, 503);
      assert.equal((await send("notion", handshake(), {})).status, 503);
      assert.equal(puts().length, 0);
      without();
      clearCredentials();
      receiver.dynamodb.on(PutItemCommand).rejects(new Error("down"));
      const { status, output } = await send("notion", handshake(), {});
      assert.equal(status, 503);
      assert.ok(!output.includes(token));
    });

    it("stores a signed event, even one with such a field", async () => {
      const body = JSON.stringify({ id: "e1", type: "page.created", verification_token: "x" });
      const { status, transactionId } = await send("notion", body, { "x-notion-signature": `sha256=${sign(body)}` });
      assert.deepEqual([status, transactionId], [202, "notion#e1"]);
    });
  });
});
