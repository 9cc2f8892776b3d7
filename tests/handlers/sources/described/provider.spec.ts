import * as assert from "node:assert/strict";
import type { HmacVerification, ProviderDescription } from "../../../../domain/description";
import type { MediaType } from "../../../../domain/payload";
import { parseBody } from "../../../../handlers/request/body";
import { describedProvider } from "../../../../handlers/sources/described/provider";
import { webhookRequest } from "../../../../testbed/handlers";
import { body, describing } from "../../../helpers/described";

describe("An event of a described source", () => {
  const identify = (
    changes: Partial<ProviderDescription>,
    headers: Record<string, string> = {},
    verification: Partial<HmacVerification> = {},
    text = body,
  ) => describedProvider(describing(verification, changes)).identify(parseBody(text, "json")!, webhookRequest(text, headers));

  it("has ID, type and time where the description says", () => {
    const event = Buffer.from('{"id":"e1","kind":"order","action":"paid","at":1769860800000}');
    assert.deepEqual(
      identify(
        { identity: { paths: ["id"] }, type: { paths: ["kind", "action"] }, occurredAt: { path: "at", unit: "milliseconds" } },
        {},
        {},
        event,
      ),
      {
        eventId: "e1",
        eventType: "order.paid",
        occurredAt: "2026-01-31T12:00:00.000Z",
      },
    );
    assert.equal(identify({ type: { paths: ["kind", "action"], join: "/" } }, {}, {}, event)!.eventType, "order/paid");
    assert.equal(identify({ type: { header: "x-type" } }, { "x-type": "a" })!.eventType, "a");
    assert.equal(identify({ type: { header: "x-type" } })!.eventType, "unknown");
    assert.equal(identify({ type: { paths: ["data.none"] } })!.eventType, "unknown");
  });

  it("keeps every digit of a numeric ID", () => {
    for (const id of ["9007199254740993001", "9007199254740993002", "7"])
      assert.equal(identify({ identity: { paths: ["id"] } }, {}, {}, Buffer.from(`{"id":${id}}`))!.eventId, id);
  });

  it("is identified by its body if it has no ID", () => {
    for (const none of ["{}", '{"id":1e400}', '{"id":null}', '{"id":""}'])
      assert.match(identify({ identity: { paths: ["id"] } }, {}, {}, Buffer.from(none))!.eventId, /^[0-9a-f]{64}$/);
  });

  it("is identified by a header alone only if that is signed", () => {
    const idOf = (id: string, signed: string, text = body) =>
      identify({ identity: { header: "x-id" } }, { "x-id": id }, { signed }, text)!.eventId;
    assert.equal(idOf("e9", "{id}.{body}"), "e9");
    const all = [idOf("1", "{body}"), idOf("2", "{body}"), idOf("1", "{body}", Buffer.from("{}"))];
    assert.equal(new Set(all).size, 3);
    assert.equal(idOf("1", "{body}"), all[0]);
  });

  it("is identified by several values, whose borders cannot move", () => {
    const idOf = (a: string, b: string) =>
      identify({ identity: { paths: ["a", "b"] } }, {}, {}, Buffer.from(JSON.stringify({ a, b })))!.eventId;
    assert.notEqual(idOf("x", "yz"), idOf("xy", "z"));
  });

  it("is identified by its body and the window in which it arrives, if nothing else tells two apart", () => {
    const { identify: identified } = describedProvider(describing({}, { identity: { digest: true, windowSeconds: 600 } }));
    const idAt = (time: string, text = "{}") =>
      identified(parseBody(Buffer.from(text), "json")!, webhookRequest(Buffer.from(text), {}), new Date(time))!.eventId;
    assert.equal(idAt("2026-01-31T12:00:00Z"), idAt("2026-01-31T12:09:59Z"));
    const distinct = [idAt("2026-01-31T12:00:00Z"), idAt("2026-01-31T12:10:00Z"), idAt("2026-01-31T12:00:00Z", "[]")];
    assert.equal(new Set(distinct).size, 3);
  });

  it("has test mode and account of its item", () => {
    const { originOf } = describedProvider(
      describing({}, { items: "events", test: { path: "live", is: false }, account: { path: "org" } }),
    );
    const request = { headers: {}, mediaType: "json" } as const;
    assert.deepEqual(originOf!({ events: [{ live: false, org: 5 }] }, request), { test: true, account: "5" });
    assert.deepEqual(originOf!({ events: [] }, request), { test: false, account: undefined });
  });

  it("has the headers stored that it reads, except the signature", () => {
    const stored = (changes: Partial<ProviderDescription>, verification = {}) =>
      describedProvider(describing(verification, changes)).storedHeaders;
    assert.deepEqual(stored({ identity: { header: "x-id" }, type: { header: "x-type" } }), ["x-id", "x-type"]);
    assert.deepEqual(stored({ time: { header: "x-time", unit: "seconds" } }, { signed: "{time}.{body}" }), ["x-time"]);
    assert.deepEqual(stored({ time: { header: "x-signature", unit: "seconds" } }), []);
  });

  it("is none in a form that is JSON: a changed content type would turn one event into another", () => {
    const request = webhookRequest(body, { "content-type": "application/x-www-form-urlencoded" });
    assert.equal(describedProvider(describing()).identify(parseBody(body, "form")!, request), undefined);
  });

  for (const contentType of ["text/plain", "text/xml", "application/octet-stream"])
    it(`is none in ${contentType} that is JSON, if the source also sends JSON`, () => {
      const identified = (mediaTypes: readonly MediaType[], bytes: Buffer) =>
        describedProvider(describing({}, { mediaTypes })).identify({}, webhookRequest(bytes, { "content-type": contentType }));
      const all = ["text", "xml", "bytes"] as const;
      assert.equal(identified(["json", ...all], body), undefined);
      assert.ok(identified(["json", ...all], Buffer.from("<a/>")));
      assert.ok(identified(all, body));
      const form = Buffer.from('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--');
      assert.equal(identified(["multipart", ...all], form), undefined);
    });
});

describe("A handshake of a described source", () => {
  const echo = {
    when: { query: "challenge" },
    unsigned: true,
    answer: { status: 200, contentType: "text/plain", body: "{query:challenge}" },
  } as const;
  const answerOf = (query: Record<string, string>, headers: Record<string, string> = {}) =>
    describedProvider(
      describing(
        {},
        {
          handshakes: [
            echo,
            { when: { header: "x-ping", is: ["1"] }, unsigned: true, answer: { status: 204, contentType: "text/plain", body: "" } },
          ],
        },
      ),
    ).answerUnsigned!(undefined, webhookRequest(body, headers, query));

  it("returns the text of the request, up to a limit", () => {
    assert.deepEqual(answerOf({ challenge: "abc" }), { status: 200, body: { contentType: "text/plain", text: "abc" } });
    assert.equal(answerOf({ challenge: "x".repeat(1_025) }), undefined);
    assert.equal(answerOf({}), undefined);
    assert.equal(answerOf({}, { "x-ping": "1" })!.status, 204);
    assert.equal(answerOf({}, { "x-ping": "2" }), undefined);
  });

  it("has an empty text where the request has none", () => {
    const { body: answer } = describedProvider(
      describing(
        {},
        { handshakes: [{ ...echo, answer: { ...echo.answer, body: "{query:challenge}|{query:none}|{path:none}|{header:none}" } }] },
      ),
    ).answerUnsigned!({}, webhookRequest(body, {}, { challenge: "1" }))!;
    assert.equal(answer.text, "1|||");
  });

  it("is none if its answer would be long: anyone may ask for it", () => {
    const long = { ...echo, answer: { ...echo.answer, body: "{query:challenge}".repeat(60) } };
    const answer = (challenge: string) =>
      describedProvider(describing({}, { handshakes: [long] })).answerUnsigned!(undefined, webhookRequest(body, {}, { challenge }));
    assert.equal(answer("x".repeat(1_000))!.body.text.length, 60_000);
    const texts = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [index, "{query:challenge}"]));
    const keys = { ...echo, answer: { ...echo.answer, body: texts } };
    const request = webhookRequest(body, {}, { challenge: "x".repeat(1_024) });
    assert.equal(describedProvider(describing({}, { handshakes: [keys] })).answerUnsigned!(undefined, request), undefined);
  });

  it("finds a header whose name its answer has in capitals", () => {
    const named = { ...echo, answer: { ...echo.answer, body: "{header:X-Challenge}" } };
    const request = webhookRequest(body, { "x-challenge": "abc" }, { challenge: "1" });
    assert.equal(describedProvider(describing({}, { handshakes: [named] })).answerUnsigned!({}, request)!.body.text, "abc");
  });

  it("that is not signed gets no signature: it would be one for any text", () => {
    const oracle = { ...echo, answer: { ...echo.answer, body: "{hmac-sha256-hex(path:id)}" } };
    const { body: answer } = describedProvider(describing({}, { handshakes: [oracle] })).answerUnsigned!(
      { id: "e1" },
      webhookRequest(body, {}, { challenge: "1" }),
    )!;
    assert.equal(answer.text, "");
  });
});
