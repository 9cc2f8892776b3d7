import * as assert from "node:assert/strict";
import type { HmacVerification, ProviderDescription } from "../../../../domain/description";
import { describedProvider } from "../../../../handlers/sources/described/provider";
import { github } from "../../../../handlers/sources/github";
import { shopify } from "../../../../handlers/sources/shopify";
import { slack } from "../../../../handlers/sources/slack";
import { freshSample } from "../../../../local/samples";
import { sign } from "../../../../local/signing";
import { testSigning, webhookRequest } from "../../../../testbed/handlers";
import { body, describing, mac, now, seconds } from "../../../helpers/described";
import { passes, refusesAs } from "../../../helpers/signatures";

const verify = (description: ProviderDescription, headers: Record<string, string>, bytes = body, query = {}) =>
  describedProvider(description).verify(webhookRequest(bytes, headers, query), [{ secret: "s" }], now);
const refuses = (reason: string, ...request: Parameters<typeof verify>) => refusesAs(reason, () => verify(...request));

describe("The signature of a described source", () => {
  it("may be any of several, each with its prefix", async () => {
    const several = describing({ signature: { header: "x-signature", separator: ",", prefix: "v1=" } });
    for (const text of [`v1=${mac(body)}`, `v1=00, v1=${mac(body)}`, `v1=${mac(body)},v1=00`]) verify(several, { "x-signature": text });
    await refuses("mismatch", several, { "x-signature": mac(body) });
    await refuses("mismatch", several, { "x-signature": `${"v1=00,".repeat(8)}v1=${mac(body)}` });
  });

  it("may be a part of a header, beside its time", async () => {
    const parts = describing(
      { signature: { header: "x-signature", separator: ";", part: "h1" }, signed: "{time}:{body}" },
      { time: { part: "ts", unit: "seconds" } },
    );
    const signed = mac(`${seconds}:${body}`);
    verify(parts, { "x-signature": `ts=${seconds};h1=00;h1=${signed}` });
    await refuses("no signature", parts, { "x-signature": `h1=${signed}` });
    await refuses("malformed time", parts, { "x-signature": `ts=now;h1=${signed}` });
    const old = String(Number(seconds) - 301);
    await refuses("stale", parts, { "x-signature": `ts=${old};h1=${mac(`${old}:${body}`)}` });
  });

  it("may be a parameter of the query", async () => {
    const inQuery = describing({ signature: { query: "sig" } });
    verify(inQuery, {}, body, { sig: mac(body) });
    await refuses("no signature", inQuery, {}, body, {});
  });

  it("may be a field of a small body, that signs others", async () => {
    const inBody = describing({ signature: { path: "sig" }, signed: "{path:data.id}|{path:data.urgent}" });
    const sealed = (sig: string) => Buffer.from(JSON.stringify({ sig, data: { id: 7, urgent: true } }));
    verify(inBody, {}, sealed(mac("7|true")));
    await refuses("mismatch", inBody, {}, sealed(mac("7|false")));
    await refuses("too_large", inBody, {}, Buffer.alloc(262_145, " ")).catch((error: Error) =>
      assert.match(error.message, /body size|large/),
    );
  });

  it("covers method, registered URL and other headers", () => {
    const signed = describing({ signed: "{method}{url}{body}.{header:x-nonce}" });
    const request = webhookRequest(body, { "x-nonce": "n1", "x-signature": mac(`POSThttps://example.com/a?b=1${body}.n1`) });
    describedProvider(signed).verify(request, [{ secret: "s", url: "https://example.com/a?b=1" }], now);
  });

  it("uses the secret as text, or decoded, with or without its prefix", async () => {
    const key = Buffer.from("00ff10", "hex");
    const headers = { "x-signature": mac(body, "hex", key) };
    const check = (changes: Partial<HmacVerification>, secret: string) =>
      describedProvider(describing(changes)).verify(webhookRequest(body, headers), [{ secret }], now);
    check({ key: "hex" }, "00ff10");
    check({ key: "base64", keyPrefix: "whsec_" }, `whsec_${key.toString("base64")}`);
    check({ key: "base64", keyPrefix: "whsec_" }, key.toString("base64"));
    await refusesAs("mismatch", () => check({}, "00ff10"));
  });

  it("needs the ID and the URL that it covers", async () => {
    const withId = describing({ signed: "{id}.{body}" }, { identity: { header: "x-id" } });
    verify(withId, { "x-id": "e1", "x-signature": mac(`e1.${body}`) });
    await refuses("no signature", withId, { "x-signature": mac(`.${body}`) });
    await refuses("no signature", describing({ signed: "{url}{body}" }), { "x-signature": mac(body) });
    await refuses("no signature", describing({ signed: "{body}.{path:none}" }), { "x-signature": mac(`${body}.`) });
  });

  it("may be by either of two secrets", () =>
    void describedProvider(describing()).verify(
      webhookRequest(body, { "x-signature": mac(body) }),
      [{ secret: "new" }, { secret: "s" }],
      now,
    ));

  it("of GitHub, Shopify and Slack can be described", async () => {
    const { signing } = await testSigning();
    const headerOf = (header: string, changes: Partial<HmacVerification> = {}, more: Partial<ProviderDescription> = {}) =>
      describing({ signature: { header, prefix: changes.signature?.prefix }, ...changes }, more);
    for (const [name, own, secret, description] of [
      ["github", github, signing.github.secret, describing({ signature: { header: "x-hub-signature-256", prefix: "sha256=" } })],
      ["shopify", shopify, signing.shopify.secret, headerOf("x-shopify-hmac-sha256", { encoding: "base64" })],
      [
        "slack",
        slack,
        signing.slack.signingSecret,
        describing(
          { signature: { header: "x-slack-signature", prefix: "v0=" }, signed: "v0:{time}:{body}" },
          { time: { header: "x-slack-request-timestamp", unit: "seconds" } },
        ),
      ],
    ] as const) {
      const sample = freshSample(name);
      const request = webhookRequest(sample, sign(name, sample, signing, now));
      const credential = { secret, signingSecret: secret };
      await own.verify(request, [credential], now);
      await describedProvider(description).verify(request, [{ secret }], now);
    }
  });
});

describe("A token of a described source", () => {
  const tokens = (token: object) => describedProvider(describing({}, { verify: { scheme: "token", token } as never }));

  it("is in a header, after its prefix, or in a field of the body", async () => {
    const bearer = tokens({ header: "authorization", prefix: "Bearer " });
    bearer.verify(webhookRequest(body, { authorization: "Bearer t" }), [{ token: "t" }], now);
    for (const other of ["t", "Bearer u", ""])
      await refusesAs(other ? "mismatch" : "no signature", () =>
        bearer.verify(webhookRequest(body, { authorization: other }), [{ token: "t" }], now),
      );
    tokens({ path: "type" }).verify(webhookRequest(body, {}), [{ token: "parcel.lost" }], now);
    tokens({ query: "t" }).verify(webhookRequest(body, {}, { t: "t" }), [{ token: "u" }, { token: "t" }], now);
  });

  it("is a name and a password", async () => {
    const basic = describedProvider(describing({}, { verify: { scheme: "basic" } }));
    const given = (text: string) => webhookRequest(body, { authorization: `Basic ${Buffer.from(text).toString("base64")}` });
    basic.verify(given("u:p"), [{ username: "u", password: "p" }], now);
    await refusesAs("mismatch", () => basic.verify(given("u:q"), [{ username: "u", password: "p" }], now));
  });
});

describe("A described source of forms, which any text is,", () => {
  const form = "application/x-www-form-urlencoded";
  const parts: [id: string, fields: string][] = [
    ["e1", "a=1.b=2"],
    ["e1.a=1", "b=2"],
  ];
  for (const [signed, all] of [
    ["{id}.{body}", parts],
    ["{body}.{id}", parts.map(([id, fields]) => [fields, id])],
  ] as const)
    it(`accepts ${signed} with only one border`, async () => {
      const provider = describedProvider(describing({ signed }, { identity: { header: "x-id" } }));
      const verdicts = all.map(([id, fields]) => {
        const request = webhookRequest(Buffer.from(fields), { "content-type": form, "x-id": id, "x-signature": mac("e1.a=1.b=2") });
        return passes(() => provider.verify(request, [{ secret: "s" }], now));
      });
      assert.deepEqual((await Promise.all(verdicts)).sort(), [false, true]);
    });

  it("does not read a part of the body as a part of the time", async () => {
    for (const [unit, time, fields] of [
      ["rfc3339", "2026-01-31T12:00:00", "000Z.a=1"],
      ["rfc3339", "2026-01-31T12:00:00.000Z.a", "b=1"],
      ["seconds", `${seconds}.a`, "b=1"],
    ] as const) {
      const timed = describing({ signed: "{time}.{body}" }, { time: { header: "x-time", unit } });
      const headers = { "content-type": form, "x-time": time, "x-signature": mac(`${time}.${fields}`) };
      await refuses("malformed time", timed, headers, Buffer.from(fields));
    }
  });

  it("does not read a part of an ID as the method or URL beside it", async () => {
    for (const [signed, text] of [
      ["{id}{method}{body}", "1POSTa=POSTb=1"],
      ["{id}{url}{body}", "1https://e.com/a=https://e.com/b=1"],
      ["{body}{method}{id}", "a=POSTb=1POST1"],
    ]) {
      const provider = describedProvider(describing({ signed }, { identity: { header: "x-id" } }));
      const [first, ...rest] = text.split(signed.includes("url") ? "https://e.com/" : "POST");
      const border = signed.includes("url") ? "https://e.com/" : "POST";
      const cuts = [
        [first, rest.join(border)],
        [first + border + rest[0], rest[1]],
      ].map((cut) => (signed.startsWith("{body}") ? cut.reverse() : cut));
      const verdicts = cuts.map(([id, fields]) => {
        const request = webhookRequest(Buffer.from(fields), { "content-type": form, "x-id": id, "x-signature": mac(text) });
        return passes(() => provider.verify(request, [{ secret: "s", url: "https://e.com/" }], now));
      });
      assert.deepEqual((await Promise.all(verdicts)).sort(), [false, true], signed);
    }
  });

  it("does not read a part of the text beside an ID as a part of it", async () => {
    const provider = describedProvider(describing({ signed: "{id}aa{body}" }, { identity: { header: "x-id" } }));
    const request = (id: string, fields: string) =>
      webhookRequest(Buffer.from(fields), { "content-type": form, "x-id": id, "x-signature": mac("xaaa=1") });
    assert.equal(await passes(() => provider.verify(request("x", "a=1"), [{ secret: "s" }], now)), true);
    assert.equal(await passes(() => provider.verify(request("xa", "=1"), [{ secret: "s" }], now)), false);
  });

  it("may have an ID that contains the text beside it if the body is JSON", () =>
    void verify(describing({ signed: "{id}.{body}" }, { identity: { header: "x-id" } }), {
      "x-id": "a.b",
      "x-signature": mac(`a.b.${body}`),
    }));
});

describe("A described source that signs several values of a JSON request", () => {
  const signedBy = async (signed: string, headers: Record<string, string>, text: string) => {
    const provider = describedProvider(describing({ signed }, { identity: { header: "x-id" } }));
    const request = webhookRequest(body, { ...headers, "x-signature": mac(text) });
    return passes(() => provider.verify(request, [{ secret: "s" }], now));
  };

  it("accepts one border of each: the value beside the body may contain the text", async () => {
    for (const [signed, text, right, moved] of [
      ["{id}.{header:X-Topic}.{body}", `evt.order.paid.${body}`, ["evt", "order.paid"], ["evt.order", "paid"]],
      ["{body}.{header:x-topic}.{id}", `${body}.order.paid.evt`, ["evt", "order.paid"], ["paid.evt", "order"]],
    ] as const) {
      const passesWith = ([id, topic]: readonly [string, string]) => signedBy(signed, { "x-id": id, "x-topic": topic }, text);
      assert.deepEqual([await passesWith(right), await passesWith(moved)], [true, false], signed);
    }
  });

  it("accepts values on both sides of the body, whatever they contain", async () =>
    assert.ok(await signedBy("{id}.{body}.{header:x-topic}", { "x-id": "a.b", "x-topic": "c.d" }, `a.b.${body}.c.d`)));
});
