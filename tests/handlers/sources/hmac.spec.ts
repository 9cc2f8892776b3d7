import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { HmacSettings } from "../../../domain/sources";
import { parseBody } from "../../../handlers/request/body";
import { hmacProvider } from "../../../handlers/sources/hmac";
import { github } from "../../../handlers/sources/github";
import { shopify } from "../../../handlers/sources/shopify";
import { slack } from "../../../handlers/sources/slack";
import { freshSample } from "../../../local/samples";
import { sign } from "../../../local/signing";
import { testSigning, webhookRequest } from "../../../testbed/handlers";
import { passes, refusesAs } from "../../helpers/signatures";

const now = new Date("2026-01-31T12:00:00Z");
const body = Buffer.from('{"id":"e1","type":"parcel.lost","data":{"id":7}}');
const base: HmacSettings = { header: "x-signature", algorithm: "sha256", encoding: "hex", signed: "{body}" };
const hex = (text: string, algorithm = "sha256", key: string | Buffer = "s") => createHmac(algorithm, key).update(text).digest("hex");
const verify = (settings: Partial<HmacSettings>, headers: Record<string, string>, credentials: object[] = [{ secret: "s" }]) => {
  const provider = hmacProvider({ ...base, ...settings });
  return provider.verify(
    webhookRequest(body, headers),
    credentials.map((one) => provider.parseCredential(one)),
    now,
  );
};

describe("A source by configuration", () => {
  for (const algorithm of ["sha1", "sha256", "sha384", "sha512"] as const) {
    it(`verifies ${algorithm}, in either encoding, after a prefix`, () => {
      verify({ algorithm }, { "x-signature": hex(body.toString(), algorithm) });
      const base64 = createHmac(algorithm, "s").update(body).digest("base64");
      verify({ algorithm, encoding: "base64", prefix: "mac " }, { "x-signature": `mac ${base64}` });
    });
  }

  it("verifies the template's text and placeholders", () => {
    const settings = { signed: "v0|{id}|{timestamp}|{body}|end", timestampHeader: "x-time", idHeader: "x-id" };
    const time = String(now.getTime() / 1000);
    const headers = { "x-id": "e1", "x-time": time, "x-signature": hex(`v0|e1|${time}|${body}|end`) };
    verify(settings, headers);
    return Promise.all(
      [
        ["x-id", "e2"],
        ["x-time", String(Number(time) - 1)],
      ].map(([name, value]) => refusesAs("mismatch", () => verify(settings, { ...headers, [name]: value }))),
    );
  });

  for (const [what, time, reason] of [
    ["seconds", String(now.getTime() / 1000), undefined],
    ["milliseconds", String(now.getTime()), undefined],
    ["RFC 3339", now.toISOString(), undefined],
    ["a time an hour ago", String(now.getTime() / 1000 - 3600), "stale"],
    ["a word as time", "soon", "malformed time"],
  ] as const) {
    it(reason ? `refuses ${what} as ${reason}` : `accepts a time in ${what}`, async () => {
      const settings = { signed: "{timestamp}.{body}", timestampHeader: "x-time" };
      const headers = { "x-time": time, "x-signature": hex(`${time}.${body}`) };
      if (reason) await refusesAs(reason, () => verify(settings, headers));
      else verify(settings, headers);
    });
  }

  it("uses the secret as text, or decoded", () => {
    const key = Buffer.from("00ff10", "hex");
    verify({}, { "x-signature": hex(body.toString(), "sha256", key) }, [{ secret: "00ff10", encoding: "hex" }]);
    verify({}, { "x-signature": hex(body.toString(), "sha256", key) }, [{ secret: key.toString("base64"), encoding: "base64" }]);
    return refusesAs("mismatch", () => verify({}, { "x-signature": hex(body.toString(), "sha256", key) }, [{ secret: "00ff10" }]));
  });

  it("refuses a missing prefix", () => refusesAs("mismatch", () => verify({ prefix: "sha256=" }, { "x-signature": hex(body.toString()) })));

  it("reads ID and type from the configured places", () => {
    const identify = (settings: Partial<HmacSettings>, headers: Record<string, string> = {}) =>
      hmacProvider({ ...base, ...settings }).identify(JSON.parse(body.toString()) as never, webhookRequest(body, headers));
    assert.deepEqual(identify({ idPath: "id", typePath: "type" }), { eventId: "e1", eventType: "parcel.lost", occurredAt: undefined });
    assert.equal(identify({ idPath: "data.id" })!.eventId, "7");
    assert.equal(identify({ idPath: "data.none" }), undefined);
    assert.equal(identify({ idHeader: "x-id" }, { "x-id": "e9" })!.eventId, "e9");
    assert.match(identify({})!.eventId, /^[0-9a-f]{64}$/);
    assert.equal(identify({ typePath: "data.none" })!.eventType, "unknown");
  });

  it("reads a numeric ID of any length, with every digit", () => {
    const provider = hmacProvider({ ...base, idPath: "id" });
    const idOf = (id: string) => provider.identify(parseBody(Buffer.from(`{"id":${id}}`), "json")!, webhookRequest(body, {}))?.eventId;
    for (const id of ["9007199254740993001", "9007199254740993002", "7"]) assert.equal(idOf(id), id);
    for (const none of ["1e400", "{}", "[1]", "null", '""']) assert.equal(idOf(none), undefined, none);
  });

  it("distinguishes events with the same body by their delivery ID", () => {
    const idOf = (deliveryHeader: string | undefined, headers: Record<string, string>) =>
      hmacProvider({ ...base, deliveryHeader }).identify({}, webhookRequest(body, headers))!.eventId;
    assert.equal(idOf("x-delivery", { "x-delivery": "1" }), idOf("x-delivery", { "x-delivery": "1" }));
    const all = [
      idOf("x-delivery", { "x-delivery": "1" }),
      idOf("x-delivery", { "x-delivery": "2" }),
      idOf("x-delivery", {}),
      idOf(undefined, { "x-delivery": "1" }),
    ];
    assert.equal(new Set(all).size, 4);
  });

  describe("of a form, which any text is,", () => {
    const form = "application/x-www-form-urlencoded";
    const text = "e1.a=1.b=2";
    const parts: [id: string, fields: string][] = [
      ["e1", "a=1.b=2"],
      ["e1.a=1", "b=2"],
    ];
    for (const [signed, all] of [
      ["{id}.{body}", parts],
      ["{body}.{id}", parts.map(([id, fields]) => [fields, id])],
    ] as const) {
      it(`accepts ${signed} with only one border`, async () => {
        const provider = hmacProvider({ ...base, signed, idHeader: "x-id" });
        const verdicts = all.map(([id, fields]) => {
          const request = webhookRequest(Buffer.from(fields), { "content-type": form, "x-id": id, "x-signature": hex(text) });
          return passes(() => provider.verify(request, [{ secret: "s" }], now));
        });
        assert.deepEqual((await Promise.all(verdicts)).sort(), [false, true]);
      });
    }

    it("does not read a part of the body as a part of the time", async () => {
      const provider = hmacProvider({ ...base, signed: "{timestamp}.{body}", timestampHeader: "x-time" });
      for (const [time, fields] of [
        ["2026-01-31T12:00:00", "000Z.a=1"],
        ["2026-01-31T12:00:00.000Z.a", "b=1"],
        [`${now.getTime() / 1000}.a`, "b=1"],
      ]) {
        const request = webhookRequest(Buffer.from(fields), {
          "content-type": form,
          "x-time": time,
          "x-signature": hex(`${time}.${fields}`),
        });
        await refusesAs("malformed time", () => provider.verify(request, [{ secret: "s" }], now));
      }
    });
  });

  it("can have an ID that contains the text beside it if the body is JSON", () => {
    const provider = hmacProvider({ ...base, signed: "{id}.{body}", idHeader: "x-id" });
    provider.verify(webhookRequest(body, { "x-id": "a.b", "x-signature": hex(`a.b.${body}`) }), [{ secret: "s" }], now);
  });

  it("stores the headers that it reads, except the signature", () => {
    assert.deepEqual(hmacProvider({ ...base, deliveryHeader: "x-delivery" }).storedHeaders, ["x-delivery"]);
    assert.deepEqual(hmacProvider({ ...base, timestampHeader: "x-time", idHeader: "x-id" }).storedHeaders, ["x-time", "x-id"]);
  });

  it("can describe the schemes of GitHub, Shopify and Slack", async () => {
    const { signing } = await testSigning();
    const settingsByName = {
      github: { ...base, header: "x-hub-signature-256", prefix: "sha256=" },
      shopify: { ...base, header: "x-shopify-hmac-sha256", encoding: "base64" },
      slack: {
        ...base,
        header: "x-slack-signature",
        prefix: "v0=",
        signed: "v0:{timestamp}:{body}",
        timestampHeader: "x-slack-request-timestamp",
      },
    } as const;
    for (const [name, own, secret] of [
      ["github", github, signing.github.secret],
      ["shopify", shopify, signing.shopify.secret],
      ["slack", slack, signing.slack.signingSecret],
    ] as const) {
      const sample = freshSample(name);
      const request = webhookRequest(sample, sign(name, sample, signing, now));
      const credential = { secret, signingSecret: secret };
      await own.verify(request, [credential], now);
      await hmacProvider(settingsByName[name]).verify(request, [{ secret }], now);
    }
  });
});
