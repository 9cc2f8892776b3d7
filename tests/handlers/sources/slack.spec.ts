import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { verifySlackRequest } from "@slack/bolt/dist/receivers/verify-request";
import { parseBody } from "../../../handlers/request/body";
import { slack } from "../../../handlers/sources/slack";
import { webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

const now = new Date("2026-01-31T12:00:00Z");
const seconds = Math.floor(now.getTime() / 1000);
const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
const body = "token=xyz&command=%2Fweather&text=94070+%C3%A9&trigger_id=1";
const form = "application/x-www-form-urlencoded";
const mac = (time: number | string = seconds, key = signingSecret, payload = body) =>
  `v0=${createHmac("sha256", key).update(`v0:${time}:${payload}`).digest("hex")}`;
const verify = (headers: Record<string, string>, payload = body) =>
  slack.verify(webhookRequest(Buffer.from(payload), headers), [{ signingSecret }], now);
const headersOf = (signature: string, time: number | string = seconds) => ({
  "x-slack-signature": signature,
  "x-slack-request-timestamp": String(time),
});

describe("A Slack signature", () => {
  for (const [what, signature, time, payload, expected] of [
    ["as it should be", mac(), seconds, body, true],
    ["of an altered body", mac(), seconds, `${body}x`, false],
    ["of another time", mac(), seconds - 1, body, false],
    ["with another secret", mac(seconds, "other"), seconds, body, false],
    ["of another version", mac().replace("v0", "v1"), seconds, body, false],
    ["six minutes old", mac(seconds - 360), seconds - 360, body, false],
  ] as const) {
    it(`${what} is judged as Slack's own library judges it`, async () => {
      const headers = { "x-slack-signature": signature, "x-slack-request-timestamp": time };
      const theirs = await passes(() => verifySlackRequest({ signingSecret, body: payload, headers, nowMilliseconds: now.getTime() }));
      assert.equal(theirs, expected);
      assert.equal(await passes(() => verify(headersOf(signature, time), payload)), expected);
    });
  }

  it("matches the example of Slack's documentation", () => {
    const example =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const request = webhookRequest(Buffer.from(example), headersOf(signature, 1531420618));
    slack.verify(request, [{ signingSecret }], new Date(1531420618_000));
  });

  it("of a time in the future is refused", () => refusesAs("stale", () => verify(headersOf(mac(seconds + 301), seconds + 301))));
  it("of an invalid time is refused", () => refusesAs("malformed time", () => verify(headersOf(mac("soon"), "soon"))));
});

describe("A Slack request", () => {
  const identify = (payload: string, type = "application/json") => {
    const request = webhookRequest(Buffer.from(payload), { "content-type": type });
    return slack.identify(parseBody(request.body, request.mediaType)!, request)!;
  };

  const answerTo = (event: object) => slack.answerTo!(event as never, webhookRequest(Buffer.alloc(0), {}), [], now);

  it("that confirms a URL is answered with its challenge", () => {
    const answer = answerTo({ type: "url_verification", challenge: "abc" });
    assert.deepEqual(answer, { status: 200, body: { contentType: "text/plain", text: "abc" } });
  });
  for (const event of [{ type: "event_callback", challenge: "abc" }, { type: "url_verification" }, {}]) {
    it(`like ${JSON.stringify(event)} is an event`, () => assert.equal(answerTo(event), undefined));
  }

  it("with an event has the event's id, type and time", () => {
    const event = { type: "event_callback", event_id: "Ev1", event_time: seconds, event: { type: "reaction_added" } };
    assert.deepEqual(identify(JSON.stringify(event)), { eventId: "Ev1", eventType: "reaction_added", occurredAt: now.toISOString() });
  });

  it("with a command or an interaction has a digest as ID", () => {
    const command = identify(body, form);
    assert.equal(command.eventType, "/weather");
    assert.match(command.eventId, /^[0-9a-f]{64}$/);
    assert.equal(identify(body, form).eventId, command.eventId);
    assert.notEqual(identify(body.replace("trigger_id=1", "trigger_id=2"), form).eventId, command.eventId);
    const interaction = new URLSearchParams({ payload: '{"type":"block_actions","trigger_id":"1"}' }).toString();
    assert.equal(identify(interaction, form).eventType, "block_actions");
    assert.equal(identify("{}").eventType, "unknown");
  });

  it("without an event ID is different if signed at another second, and the same if sent again", () => {
    const idAt = (time: number) => {
      const request = webhookRequest(Buffer.from('{"type":"view_closed"}'), headersOf("x", time));
      return slack.identify({ type: "view_closed" }, request)!.eventId;
    };
    assert.equal(idAt(seconds), idAt(seconds));
    assert.notEqual(idAt(seconds), idAt(seconds + 1));
  });
});
