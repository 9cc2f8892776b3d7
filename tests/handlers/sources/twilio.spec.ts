import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } from "twilio/lib/webhooks/webhooks";
import { parseBody } from "../../../handlers/request/body";
import { twilio } from "../../../handlers/sources/twilio";
import { webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

const authToken = "12345";
const url = "https://example.com/webhook/twilio?foo=1&bar=2";
const form = "application/x-www-form-urlencoded";
const fields = { CallSid: "CA1", Caller: "+12349013030", Digits: "1234", Body: "Zoë & € = 1 + 1", Empty: "" };
const encode = (all: Record<string, string>) => new URLSearchParams(all).toString();
const verify = (signature: string, payload: string, { type = form, credentials = [{ authToken, url }] } = {}) =>
  twilio.verify(webhookRequest(Buffer.from(payload), { "content-type": type, "x-twilio-signature": signature }), credentials, new Date());

describe("A Twilio signature of a form", () => {
  const signed = getExpectedTwilioSignature(authToken, url, fields);
  for (const [what, signature, sent, expected] of [
    ["as it should be", signed, fields, true],
    ["of altered fields", signed, { ...fields, Digits: "1235" }, false],
    ["of a field more", signed, { ...fields, Extra: "1" }, false],
    ["with another token", getExpectedTwilioSignature("other", url, fields), fields, false],
    ["for another URL", getExpectedTwilioSignature(authToken, `${url}&x=1`, fields), fields, false],
  ] as const) {
    it(`${what} is judged as Twilio's own library judges it`, async () => {
      assert.equal(validateRequest(authToken, signature, url, sent), expected);
      assert.equal(await passes(() => verify(signature, encode(sent))), expected);
    });
  }

  for (const [what, registered, called] of [
    ["with a query for each message", "https://example.com/webhook/twilio", "https://example.com/webhook/twilio?id=12345"],
    ["with another query than the registered one", "https://example.com/hook?id=1", "https://example.com/hook?id=2&text=a%20b"],
    ["with the port", "https://example.com/hook", "https://example.com:443/hook"],
    ["with the port of plain HTTP", "http://example.com/hook", "http://example.com:80/hook"],
    ["without the registered port", "https://example.com:443/hook", "https://example.com/hook"],
  ] as const)
    it(`${what} is accepted, as Twilio's own library accepts it`, async () => {
      const signature = getExpectedTwilioSignature(authToken, called, fields);
      assert.ok(validateRequest(authToken, signature, called, fields));
      const query = Object.fromEntries(new URL(called).searchParams);
      const request = (own: Record<string, string>) =>
        webhookRequest(Buffer.from(encode(fields)), { "content-type": form, "x-twilio-signature": signature }, own);
      twilio.verify(request(query), [{ authToken, url: registered }], new Date());
      if (query.id)
        assert.ok(!(await passes(() => twilio.verify(request({ ...query, id: "9" }), [{ authToken, url: registered }], new Date()))));
    });

  for (const [query, sent = query, registered = "https://example.com/hook"] of [
    ["a=1&a=2"],
    ["x=a@b:c/d,e;f$g"],
    ["x=a%40b%3Ac%2Fd%2Ce"],
    ["x=a+b@c"],
    ["flag"],
    ["flag="],
    ["flag&to=a@b"],
    // API Gateway may sort what it decodes.
    ["b=2&a=1", "a=1&b=2", "https://example.com/hook?b=0&a=0"],
    ["a=1&b=2", "b=2&a=1"],
    ["id=1", "id=1", "https://example.com/hook?id=2#rc=3"],
  ])
    it(`with the query ${query}, sent as ${sent} to ${registered}, is accepted, as Twilio's own library accepts it`, async () => {
      const called = `https://example.com/hook?${query}`;
      const signature = getExpectedTwilioSignature(authToken, called, fields);
      assert.ok(validateRequest(authToken, signature, called, fields));
      const accepts = (text: string) => {
        const parameters = [...new URLSearchParams(text)];
        const plain = webhookRequest(Buffer.from(encode(fields)), { "content-type": form, "x-twilio-signature": signature });
        return passes(() => twilio.verify({ ...plain, parameters }, [{ authToken, url: registered }], new Date()));
      };
      assert.ok(await accepts(sent));
      for (const other of [`${sent}1`, `${sent}&z`, sent.replace(/\w/, "y"), ""]) assert.ok(!(await accepts(other)), other);
    });

  it("for a URL with a fragment, which Twilio does not send, is accepted", async () => {
    const signature = getExpectedTwilioSignature(authToken, url, fields);
    assert.ok(await passes(() => verify(signature, encode(fields), { credentials: [{ authToken, url: `${url}#rc=3&ct=2000` }] })));
  });

  it("by a URL that is none is judged as it is", async () =>
    assert.ok(!(await passes(() => verify(signed, encode(fields), { credentials: [{ authToken, url: "twilio" }] })))));

  it("covers the fields sorted by name, however they are sent", () => {
    verify(signed, encode(Object.fromEntries(Object.entries(fields).reverse())));
  });

  it("covers a repeated field once with each value", () => {
    const several = getExpectedTwilioSignature(authToken, url, { Media: ["b", "a", "b"] });
    verify(several, "Media=b&Media=a&Media=b");
  });

  it("matches the example of Twilio's documentation", () => {
    const example = { CallSid: "CA1234567890ABCDE", Caller: "+14158675310", Digits: "1234", From: "+14158675310", To: "+18005551212" };
    const credentials = [{ authToken: "12345", url: "https://mycompany.com/myapp.php?foo=1&bar=2" }];
    verify("GvWf1cFY/Q7PnoempGyD5oXAezc=", encode(example), { credentials });
  });
});

describe("A Twilio signature of JSON", () => {
  const body = '{"name":"Zoë €"}';
  const urlOf = (payload: string, base = url) =>
    `${base}${base.includes("?") ? "&" : "?"}bodySHA256=${createHash("sha256").update(payload).digest("hex")}`;

  for (const [what, signedBody, sent, expected] of [
    ["as it should be", body, body, true],
    ["of an altered body", body, `${body} `, false],
  ] as const) {
    it(`${what} is judged as Twilio's own library judges it`, async () => {
      const signature = getExpectedTwilioSignature(authToken, urlOf(signedBody), {});
      assert.equal(validateRequestWithBody(authToken, signature, urlOf(signedBody), sent), expected);
      assert.equal(await passes(() => verify(signature, sent, { type: "application/json" })), expected);
    });
  }

  for (const base of [url, "https://example.com/webhook/twilio"]) {
    it(`is never that of a form for ${base}, whatever its field names`, async () => {
      const field = urlOf(body, base).slice(base.length);
      const signature = getExpectedTwilioSignature(authToken, urlOf(body, base), {});
      const credentials = [{ authToken, url: base }];
      assert.ok(await passes(() => verify(signature, body, { type: "application/json", credentials })), "it is one of JSON");
      for (const fields of [{ [field]: "" }, { [field.slice(0, 11)]: field.slice(11) }, { [field.slice(0, 20)]: field.slice(20) }]) {
        assert.ok(validateRequest(authToken, signature, base, fields), "Twilio's own library takes it");
        await refusesAs("mismatch", () => verify(signature, encode(fields), { credentials }));
      }
    });
  }

  it("is never a form's", () => {
    const signature = getExpectedTwilioSignature(authToken, url, { bodySHA256: createHash("sha256").update(body).digest("hex") });
    return refusesAs("mismatch", () => verify(signature, body, { type: "application/json" }));
  });

  it("can be for a URL without a query", () => {
    const plain = "https://example.com/webhook/twilio";
    const signature = getExpectedTwilioSignature(authToken, urlOf(body, plain), {});
    verify(signature, body, { type: "application/json", credentials: [{ authToken, url: plain }] });
  });
});

describe("A Twilio event", () => {
  const identify = (payload: string, type = form) => {
    const request = webhookRequest(Buffer.from(payload), { "content-type": type });
    return twilio.identify(parseBody(request.body, request.mediaType)!, request)!;
  };

  it("has the same ID in any order of fields, and another for each state of a message", () => {
    const { eventId } = identify("MessageSid=SM1&MessageStatus=sent");
    assert.match(eventId, /^[0-9a-f]{64}$/);
    assert.equal(identify("MessageStatus=sent&MessageSid=SM1").eventId, eventId);
    assert.notEqual(identify("MessageSid=SM1&MessageStatus=delivered").eventId, eventId);
    assert.equal(identify("MessageSidS=M1&MessageStatus=sent").eventId, eventId, "what is signed is the same");
    assert.notEqual(identify('[{"id":"1"}]', "application/json").eventId, eventId);
  });

  it("has another ID with another token, which each retry keeps", () => {
    const idOf = (token: string | undefined) =>
      twilio.identify(
        {},
        webhookRequest(Buffer.from("Digits=1"), { "content-type": form, ...(token && { "i-twilio-idempotency-token": token }) }),
      )!.eventId;
    assert.equal(idOf("1"), idOf("1"));
    assert.equal(new Set([idOf("1"), idOf("2"), idOf(undefined)]).size, 3);
  });

  it("of Event Streams has its own ID and time", () => {
    const { eventId, occurredAt } = identify('[{"id":"EZ1","time":"2026-01-31T12:00:00.000Z"}]', "application/json");
    assert.deepEqual([eventId, occurredAt], ["EZ1", "2026-01-31T12:00:00.000Z"]);
  });

  it("of a form has neither, whatever its fields are", () => {
    const { eventId, occurredAt } = identify("0=EZ1&id=EZ1&time=2026-01-31T12:00:00Z&0.id=EZ1&0.time=2026-01-31T12:00:00Z");
    assert.match(eventId, /^[0-9a-f]{64}$/);
    assert.equal(occurredAt, undefined);
  });

  for (const [payload, type, eventType] of [
    ["MessageStatus=delivered&SmsStatus=sent", form, "message.delivered"],
    ["SmsStatus=received", form, "message.received"],
    ["CallStatus=ringing", form, "call.ringing"],
    ["EventType=onMessageAdded", form, "onMessageAdded"],
    ['[{"type":"com.twilio.messaging.message.delivered"}]', "application/json", "com.twilio.messaging.message.delivered"],
    ["x=1", form, "unknown"],
  ]) {
    it(`${payload} is ${eventType}`, () => assert.equal(identify(payload, type).eventType, eventType));
  }
});
