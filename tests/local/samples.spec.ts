import * as assert from "node:assert/strict";
import { codedProviders, type HmacSettings, type ProviderName } from "../../domain/sources";
import { providers } from "../../handlers/sources";
import { hmacProvider } from "../../handlers/sources/hmac";
import { parseBody } from "../../handlers/request/body";
import type { Provider } from "../../handlers/sources/lib/types";
import { sampleOf } from "../../local/samples";
import { usualType } from "../../local/sampleTypes";
import { createKey, seal, secretOf, sign } from "../../local/signing";
import type { SourceDescription } from "../../local/sources";
import { webhookRequest } from "../../testbed/handlers";

const url = "https://example.com/webhook/shop";

/** Sources that are described by configuration alone, each with another way to sign. */
const described: Record<string, HmacSettings> = {
  "a body": {
    header: "x-a",
    algorithm: "sha1",
    encoding: "hex",
    prefix: "v1=",
    signed: "{body}",
    idPath: "data.order.id",
    typePath: "data.kind",
  },
  "headers, too": {
    header: "x-b",
    algorithm: "sha512",
    encoding: "base64",
    signed: "v0:{id}:{timestamp}:{body}",
    idHeader: "x-b-id",
    timestampHeader: "x-b-time",
    typePath: "type",
  },
  "the body of a delivery": {
    header: "x-c",
    algorithm: "sha384",
    encoding: "hex",
    signed: "{body}!",
    deliveryHeader: "x-c-delivery",
    typePath: "kind",
  },
};

const sources: [string, SourceDescription][] = [
  ...codedProviders.map((provider): [string, SourceDescription] => [provider, { name: "shop", provider }]),
  ...Object.entries(described).map(([what, hmac]): [string, SourceDescription] => [what, { name: "shop", provider: "hmac", hmac }]),
];
const types: Partial<Record<ProviderName, string>> = { github: "pull_request.closed", twilio: "call.completed", shopify: "refunds/create" };

describe("A sample of a source with a name of its own", () => {
  const providerOf = ({ provider, hmac }: SourceDescription): Provider =>
    provider === "hmac" ? (hmacProvider(hmac!) as Provider) : providers[provider];

  /** Sends a sample to the receiver's code. @returns what it knows of the event */
  async function received(source: SourceDescription, options: Parameters<typeof sampleOf>[1] = {}) {
    const provider = providerOf(source);
    const keys = { [source.name]: await createKey(source, url) };
    const { body, headers } = sampleOf(source, options);
    const sealed = seal(source.name, body, keys);
    const request = webhookRequest(sealed, { ...sign(source.name, sealed, keys), ...headers });
    await provider.verify(request, [provider.parseCredential(secretOf(keys[source.name]))], new Date());
    const event = parseBody(sealed, request.mediaType)!;
    return { ...provider.identify(event, request)!, test: provider.originOf?.(event, request).test ?? false, body: sealed };
  }

  for (const [what, source] of sources) {
    it(`of ${what} is signed, has its usual type and an ID of its own`, async () => {
      const [first, second] = [await received(source), await received(source)];
      assert.equal(first.eventType, usualType[source.provider]);
      assert.notEqual(first.eventId, second.eventId);
    });

    it(`of ${what} has the type that is asked for, which is signed, too`, async () => {
      const type = types[source.provider] ?? "some.other_type";
      assert.equal((await received(source, { type })).eventType, type);
    });

    it(`of ${what} has a type that the event filter stores`, async () => {
      assert.equal((await received({ ...source, events: ["more.*.than", "less"] })).eventType, "more.sample.than");
      assert.equal(
        (await received({ ...source, events: ["nothing", `${usualType[source.provider].slice(0, 5)}*`] })).eventType,
        usualType[source.provider],
      );
    });

    it(`of ${what} is no test where the source ignores tests`, async () =>
      assert.equal((await received({ ...source, testEvents: "ignore" })).test, false));

    it(`of ${what} is as large as asked`, async () => assert.ok((await received(source, { padding: 100_000 })).body.length > 100_000));
  }
});
