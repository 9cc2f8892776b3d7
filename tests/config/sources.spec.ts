import * as assert from "node:assert/strict";
import { parseConfig, ConfigurationError, type PipelineConfig } from "../../config/load";
import { settingsOf } from "../../config/sources";
import type { HmacSettings } from "../../domain/sources";

function parse(settings: Record<string, unknown>): PipelineConfig {
  const own = Object.entries(settings).map(([key, value]) => [`webhook-pipeline:${key}`, JSON.stringify(value)]);
  return parseConfig({ project: "webhook-pipeline", stack: "dev", values: { "aws:region": "eu-central-1", ...Object.fromEntries(own) } });
}

function problemsOf(settings: Record<string, unknown>): readonly string[] {
  try {
    parse(settings);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems;
  }
  return [];
}

const hmac: HmacSettings = { header: "X-Acme-Signature", algorithm: "sha256", encoding: "hex", signed: "{body}" };
const acme = (changes: object = {}) => ({ sources: [{ name: "acme", provider: "hmac", hmac: { ...hmac, ...changes } }] });

describe("The sources of a configuration", () => {
  it("are providers, and others that sign as one of them or as is described", () => {
    const { sources } = parse({
      providers: ["github"],
      sources: [{ name: "stripe-eu", provider: "stripe" }, { name: "clerk", provider: "standard-webhooks" }, ...acme().sources],
    });
    assert.deepEqual(sources, [
      { name: "github", provider: "github" },
      { name: "stripe-eu", provider: "stripe" },
      { name: "clerk", provider: "standard-webhooks" },
      { name: "acme", provider: "hmac", hmac: { ...hmac, header: "x-acme-signature", timestampHeader: undefined, idHeader: undefined } },
    ]);
  });

  it("may be none of the providers", () => {
    assert.deepEqual(parse({ providers: [], sources: [{ name: "clerk", provider: "standard-webhooks" }] }).sources.length, 1);
  });

  it("have kept events and networks, in a text or a list", () => {
    const { sources } = parse({
      providers: ["stripe", "github"],
      keptEvents: { stripe: "payment_intent.*, charge.dispute.*" },
      allowedNetworks: { github: ["192.30.252.0/22", "2a0a:a440::/29", "192.0.2.1"] },
    });
    assert.deepEqual(sources, [
      { name: "stripe", provider: "stripe", events: ["payment_intent.*", "charge.dispute.*"] },
      { name: "github", provider: "github", allowedCidrs: ["192.30.252.0/22", "2a0a:a440::/29", "192.0.2.1"] },
    ]);
    assert.deepEqual(settingsOf(sources).stripe, { provider: "stripe", events: ["payment_intent.*", "charge.dispute.*"] });
  });

  it("by a provider of their own may sign time and id", () => {
    const described = {
      signed: "{id}.{timestamp}.{body}",
      timestampHeader: "X-Time",
      idHeader: "X-Id",
      prefix: "v1=",
      typePath: "event.type",
    };
    assert.deepEqual(parse(acme(described)).sources.at(-1)!.hmac, {
      ...hmac,
      ...described,
      header: "x-acme-signature",
      timestampHeader: "x-time",
      idHeader: "x-id",
    });
  });

  it("by a provider of their own may tell repetitions by the id of a delivery", () => {
    assert.equal(parse(acme({ deliveryHeader: "X-Acme-Delivery" })).sources.at(-1)!.hmac!.deliveryHeader, "x-acme-delivery");
  });

  const rows: [string, Record<string, unknown>, RegExp][] = [
    [
      "the id of a delivery beside the event's own",
      acme({ deliveryHeader: "x-delivery", idPath: "id" }),
      /^sources\[0\]\.hmac\.deliveryHeader is set, but counts only for events without an id\.$/,
    ],
    [
      "a signature for the id of a delivery",
      acme({ deliveryHeader: "x-acme-signature" }),
      /^sources\[0\]\.hmac\.deliveryHeader is the header of the signature, which is another one at each delivery\.$/,
    ],
    [
      "a name in capitals",
      { sources: [{ name: "Clerk", provider: "standard-webhooks" }] },
      /^sources\[0\]\.name is "Clerk", but must be at most 40 lower-case letters/,
    ],
    ["no name", { sources: [{ provider: "stripe" }] }, /^sources\[0\]\.name is undefined, but must be/],
    [
      "a name that is too long",
      { sources: [{ name: "a".repeat(41), provider: "stripe" }] },
      /^sources\[0\]\.name is "a{41}", but must be at most 40/,
    ],
    [
      "a provider's name",
      { sources: [{ name: "stripe", provider: "stripe" }] },
      /^sources\[0\]\.name is "stripe", which another source has\.$/,
    ],
    ["something that is no source", { sources: ["clerk"] }, /^sources\[0\] is "clerk", but must be an object with name and provider\.$/],
    [
      "an unknown provider",
      { sources: [{ name: "x", provider: "rsa" }] },
      /^sources\[0\]\.provider is "rsa", but must be one of stripe, .*, standard-webhooks, hmac\.$/,
    ],
    [
      "an unknown key",
      { sources: [{ name: "x", provider: "stripe", secret: "s" }] },
      /^sources\[0\]\.secret is not a key of a source; the keys are name, provider, hmac\.$/,
    ],
    [
      "a description that nobody reads",
      { sources: [{ name: "x", provider: "stripe", hmac }] },
      /^sources\[0\]\.hmac is set, but belongs to the provider hmac alone\.$/,
    ],
    [
      "no header",
      acme({ header: undefined }),
      /^sources\[0\]\.hmac\.header is undefined, but must be the name of a header, of at most 64 characters\.$/,
    ],
    [
      "something that is no header",
      acme({ timestampHeader: "two words" }),
      /^sources\[0\]\.hmac\.timestampHeader is "two words", but must be the name of a header, of at most 64 characters\.$/,
    ],
    [
      "a header that AWS WAF could not redact",
      acme({ header: `x-${"a".repeat(63)}` }),
      /^sources\[0\]\.hmac\.header is "x-a{63}", but must be the name of a header, of at most 64 characters\.$/,
    ],
    [
      "an unknown algorithm",
      acme({ algorithm: "md5" }),
      /^sources\[0\]\.hmac\.algorithm is "md5", but must be sha1, sha256, sha384, sha512\.$/,
    ],
    ["an unknown encoding", acme({ encoding: "base32" }), /^sources\[0\]\.hmac\.encoding is "base32", but must be hex, base64\.$/],
    [
      "an unknown key of hmac",
      acme({ tolerance: 9 }),
      /^sources\[0\]\.hmac\.tolerance is not a key of hmac; the keys are header, algorithm,/,
    ],
    [
      "a path with a gap",
      acme({ idPath: "a..b" }),
      /^sources\[0\]\.hmac\.idPath is "a\.\.b", but must be keys with dots between, such as data\.id\.$/,
    ],
    [
      "a template without the body",
      acme({ signed: "x" }),
      /^sources\[0\]\.hmac\.signed is "x", but must be a text with \{body\}, each once, with text between\.$/,
    ],
    [
      "a time that is not signed",
      acme({ timestampHeader: "x-time" }),
      /^sources\[0\]\.hmac\.signed is "\{body\}", but must be a text with \{body\}, \{timestamp\}, each once/,
    ],
    [
      "a signed time that is nowhere",
      acme({ signed: "{timestamp}{body}" }),
      /^sources\[0\]\.hmac\.signed is "\{timestamp\}\{body\}", but must be/,
    ],
    [
      "an id that is not signed",
      acme({ idHeader: "x-id" }),
      /^sources\[0\]\.hmac\.signed is "\{body\}", but must be a text with \{body\}, \{id\}, each once/,
    ],
    ["a part that nobody knows", acme({ signed: "{url}{body}" }), /^sources\[0\]\.hmac\.signed is "\{url\}\{body\}", but must be/],
    [
      "nothing between",
      acme({ signed: "{id}{body}", idHeader: "x-id" }),
      /^sources\[0\]\.hmac\.signed is "\{id\}\{body\}", but must be a text with .*, with text between\.$/,
    ],
    [
      "two ids",
      acme({ signed: "{id}.{body}", idHeader: "x-id", idPath: "id" }),
      /^sources\[0\]\.hmac\.idHeader and sources\[0\]\.hmac\.idPath are both set, but an event has one id\.$/,
    ],
    [
      "kept events of nobody",
      { keptEvents: { github: "push" } },
      /^keptEvents\.github is for a source that is not accepted; those are stripe, square, paypal\.$/,
    ],
    ["kept events of nothing", { keptEvents: { stripe: "" } }, /^keptEvents\.stripe is "", but must be event types between commas/],
    ["kept events that are no text", { keptEvents: { stripe: 5 } }, /^keptEvents\.stripe is 5, but must be/],
    [
      "a network that is none",
      { allowedNetworks: { stripe: "3.18.12.63/33" } },
      /^allowedNetworks\.stripe is "3\.18\.12\.63\/33", but must be networks in CIDR notation/,
    ],
    ["an address that is none", { allowedNetworks: { stripe: "3.18.12" } }, /^allowedNetworks\.stripe is "3\.18\.12", but must be/],
    [
      "networks in a list with something else",
      { allowedNetworks: { stripe: ["10.0.0.0/8", 5] } },
      /^allowedNetworks\.stripe is \["10\.0\.0\.0\/8",5\], but must be/,
    ],
    ["kept events that are no object", { keptEvents: [] }, /^keptEvents is "\[\]", but must be an object of sources/],
    [
      "more than the receiver can be told",
      { allowedNetworks: { stripe: Array.from({ length: 300 }, (_, index) => `10.0.${index % 256}.0/24`) } },
      /^providers, sources, keptEvents and allowedNetworks take \d+ bytes of the receiver's environment together, but must take at most 3496: AWS Lambda keeps 4 KB/,
    ],
  ];
  for (const [what, settings, message] of rows) {
    it(`are refused with ${what}, in one sentence`, () => {
      const problems = problemsOf(settings);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0], message);
    });
  }

  it("are refused with one name twice, at both places", () => {
    const twice = {
      sources: [
        { name: "x", provider: "stripe" },
        { name: "x", provider: "square" },
      ],
    };
    assert.deepEqual(problemsOf(twice), [
      'sources[0].name is "x", which another source has.',
      'sources[1].name is "x", which another source has.',
    ]);
  });
});
