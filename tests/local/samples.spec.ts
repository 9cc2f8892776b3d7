import * as assert from "node:assert/strict";
import { catalogProviders, descriptionOf } from "../../domain/catalog";
import type { ProviderDescription } from "../../domain/description";
import { codedProviders, type CodedProvider } from "../../domain/sources";
import { providers } from "../../handlers/sources";
import { describedProvider } from "../../handlers/sources/described/provider";
import { parseBody } from "../../handlers/request/body";
import type { Provider } from "../../handlers/sources/lib/types";
import { meaningOf } from "../../handlers/sources/lib/meaning";
import { meanings } from "../../handlers/sources/meanings";
import { sampleOf } from "../../local/samples";
import { usualTypeOf } from "../../local/describedSample";
import { usualType } from "../../local/sampleTypes";
import { createKey, seal, secretOf, sign } from "../../local/signing";
import type { SourceDescription } from "../../local/sources";
import { webhookRequest } from "../../testbed/handlers";

const url = "https://example.com/webhook/shop";

/** Descriptions, each with another way to sign. */
const described: Record<string, ProviderDescription> = {
  "a body": {
    mediaTypes: ["json"],
    verify: { scheme: "hmac", algorithm: "sha1", encoding: "hex", signature: { header: "x-a", prefix: "v1=" }, signed: "{body}" },
    identity: { paths: ["data.order.id"] },
    type: { paths: ["data.kind"] },
  },
  "headers, too": {
    mediaTypes: ["json"],
    verify: {
      scheme: "hmac",
      algorithm: "sha512",
      encoding: "base64",
      signature: { header: "x-b", separator: ",", part: "s" },
      signed: "v0:{id}:{time}:{body}",
    },
    time: { part: "t", unit: "milliseconds" },
    identity: { header: "x-b-id" },
    type: { paths: ["type"] },
  },
  "a public key": {
    mediaTypes: ["json"],
    verify: { scheme: "ed25519", key: "hex", encoding: "hex", signature: { header: "x-c" }, signed: "{time}{body}" },
    time: { header: "x-c-time", unit: "rfc3339" },
    identity: { header: "x-c-delivery" },
    type: { paths: ["kind"] },
  },
  "a form with a token in a field": {
    mediaTypes: ["form"],
    verify: { scheme: "token", token: { path: "token" } },
    identity: { paths: ["id"] },
    type: { paths: ["type"] },
  },
  "the JSON of a multipart form, with a token in it": {
    mediaTypes: ["multipart"],
    jsonField: "json",
    verify: { scheme: "token", token: { path: "auth.token" } },
    identity: { paths: ["event.id"] },
    type: { paths: ["event.type"] },
  },
};

const sources: [string, SourceDescription][] = [
  ...codedProviders.map((provider): [string, SourceDescription] => [provider, { name: "shop", provider }]),
  ...Object.entries(described).map(([what, description]): [string, SourceDescription] => [
    what,
    { name: "shop", provider: "custom", description },
  ]),
];
const types: Record<string, string> = { github: "pull_request.closed", twilio: "call.completed", shopify: "refunds/create" };

describe("A sample of a source with a name of its own", () => {
  const providerOf = ({ provider, description }: SourceDescription): Provider =>
    description === undefined ? providers[provider as CodedProvider] : (describedProvider(description) as Provider);
  const usualTypeOfSource = ({ provider, description }: SourceDescription) =>
    description === undefined ? usualType[provider as CodedProvider] : (usualTypeOf(provider, description) ?? "unknown");

  /** Sends a sample to the receiver's code. @returns what it knows of the event */
  async function received(source: SourceDescription, options: Parameters<typeof sampleOf>[1] = {}) {
    const provider = providerOf(source);
    const keys = { [source.name]: await createKey(source, url) };
    const { body, headers } = sampleOf(source, options);
    const sealed = seal(source.name, body, keys);
    const request = webhookRequest(sealed, { ...sign(source.name, sealed, keys), ...headers });
    await provider.verify(request, [provider.parseCredential(secretOf(keys[source.name]))], new Date());
    const event = parseBody(sealed, request.mediaType, provider.jsonField)!;
    return { ...provider.identify(event, request)!, test: provider.originOf?.(event, request).test ?? false, body: sealed };
  }

  for (const [what, source] of sources) {
    it(`of ${what} is signed, has its usual type and an ID of its own`, async () => {
      const [first, second] = [await received(source), await received(source)];
      assert.equal(first.eventType, usualTypeOfSource(source));
      assert.notEqual(first.eventId, second.eventId);
    });

    it(`of ${what} has the type that is asked for, which is signed, too`, async () => {
      const type = types[source.provider] ?? "some.other_type";
      assert.equal((await received(source, { type })).eventType, type);
    });

    it(`of ${what} has a type that the event filter stores`, async () => {
      assert.equal((await received({ ...source, events: ["more.*.than", "less"] })).eventType, "more.sample.than");
      assert.equal(
        (await received({ ...source, events: ["nothing", `${usualTypeOfSource(source).slice(0, 5)}*`] })).eventType,
        usualTypeOfSource(source),
      );
    });

    it(`of ${what} is no test where the source ignores tests`, async () =>
      assert.equal((await received({ ...source, testEvents: "ignore" })).test, false));

    it(`of ${what} is as large as asked`, async () => assert.ok((await received(source, { padding: 100_000 })).body.length > 100_000));
  }
});

describe("A sample of a type with a form of its own", () => {
  for (const [provider, type, kind] of [
    ["stripe", "charge.refunded", "refund"],
    ["stripe", "charge.dispute.created", "dispute"],
    ["square", "refund.updated", "refund"],
    ["paypal", "PAYMENT.CAPTURE.REFUNDED", "refund"],
    ["shopify", "refunds/create", "refund"],
  ] as const)
    it(`${type} of ${provider} is a ${kind} with its amount`, () => {
      const { body } = sampleOf({ name: "shop", provider }, { type });
      const meaning = meaningOf(meanings[provider], parseBody(body, "json")!, type);
      assert.equal(meaning.kind, kind);
      assert.ok(meaning.amount!.value > 0);
    });
});

describe("A sample of the catalog", () => {
  for (const provider of catalogProviders)
    it(`of ${provider} is accepted as its provider signs it, and is no duplicate of another`, async () => {
      const description = descriptionOf(provider);
      const source: SourceDescription = { name: "shop", provider, description };
      const receiver = describedProvider(description);
      const ids = [];
      for (let count = 0; count < 2; count++) {
        const keys = { shop: await createKey(source, url) };
        const { body: plain, headers } = sampleOf(source);
        const body = seal("shop", plain, keys);
        const sent = webhookRequest(body, { ...sign("shop", body, keys), ...headers });
        const request = { ...sent, mediaType: description.readAs ?? sent.mediaType };
        await receiver.verify(request, [receiver.parseCredential(secretOf(keys.shop))], new Date());
        ids.push(receiver.identify(parseBody(body, request.mediaType)!, request)!.eventId);
      }
      assert.notEqual(ids[0], ids[1]);
    });

  it("is sent as it is if it is no form, although its source sends forms", async () => {
    const description = described["the JSON of a multipart form, with a token in it"];
    const keys = { shop: await createKey({ name: "shop", provider: "custom", description }, url) };
    const body = Buffer.from("{}");
    assert.equal(seal("shop", body, keys), body);
    assert.equal(sign("shop", body, keys)["content-type"], 'multipart/form-data; boundary=""');
  });
});
