import * as assert from "node:assert/strict";
import { ConfigurationError, parseConfig } from "../../config/load";
import type { PipelineConfig } from "../../config/schema";
import { settingsBySource } from "../../config/sources";
import type { HmacSettings } from "../../domain/sources";

function parse(settings: Record<string, unknown>): PipelineConfig {
  const own = Object.entries(settings).map(([key, value]) => [
    `webhook-pipeline:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
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

const usual = { testEvents: "accept", throttle: { requestsPerMinute: 1_000, burst: 400 } };

describe("The sources of a configuration", () => {
  it("are providers by their name, and others that sign as one of them or as is described", () => {
    const sources = ["github", { provider: "square" }, { name: "stripe-eu", provider: "stripe" }, ...acme().sources];
    assert.deepEqual(parse({ sources }).sources, [
      { name: "github", provider: "github", ...usual },
      { name: "square", provider: "square", ...usual },
      { name: "stripe-eu", provider: "stripe", ...usual },
      { name: "acme", provider: "hmac", hmac: { ...hmac, header: "x-acme-signature" }, ...usual },
    ]);
  });

  it("have the stack's throttle and test events where they set none", () => {
    const own = { testEvents: "accept", throttle: { burst: 5 } };
    const settings = { testEvents: "ignore", throttleRequestsPerMinute: 600, throttleBurst: 50 };
    assert.deepEqual(parse({ ...settings, sources: ["github", { provider: "stripe", ...own }] }).sources, [
      { name: "github", provider: "github", testEvents: "ignore", throttle: { requestsPerMinute: 600, burst: 50 } },
      { name: "stripe", provider: "stripe", testEvents: "accept", throttle: { requestsPerMinute: 600, burst: 5 } },
    ]);
  });

  it("tell the receiver what it must know, and no more", () => {
    const events = ["payment_intent.*", "charge.dispute.*"];
    const allowedCidrs = ["192.30.252.0/22", "2a0a:a440::/29", "192.0.2.1"];
    const { sources } = parse({
      sources: [
        { provider: "stripe", events, testEvents: "ignore" },
        { provider: "github", allowedCidrs, throttle: { burst: 5 } },
      ],
    });
    assert.deepEqual(JSON.parse(JSON.stringify(settingsBySource(sources))), {
      stripe: { provider: "stripe", events, testEvents: "ignore" },
      github: { provider: "github", allowedCidrs },
    });
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

  const stripe = (settings: object) => ({ sources: ["square", { provider: "stripe", ...settings }] });
  const rows: [string, Record<string, unknown>, RegExp][] = [
    ["none at all", { sources: [] }, /^sources is \[\], but must be a list of at least one source, such as \[stripe, github\]\.$/],
    ["something else than a list", { sources: "stripe" }, /^sources is "stripe", but must be a list of sources, at least one, /],
    ["a number", { sources: [5] }, /^sources\[0\] is 5, but must be the name of a provider, or an object with the keys name, provider,/],
    [
      "a misspelt provider",
      { sources: ["stripe", "gihtub"] },
      /^sources\[1\] is "gihtub", but must be one of stripe, .*, standard-webhooks, hmac\. Did you mean "github"\?$/,
    ],
    [
      "an unknown provider",
      stripe({ provider: "braintree" }),
      /^sources\[1\]\.provider is "braintree", but must be one of stripe, .*, standard-webhooks, hmac\.$/,
    ],
    ["no provider", { sources: [{ name: "x" }] }, /^sources\[0\]\.provider is missing, but must be one of stripe, /],
    [
      "a misspelt key",
      stripe({ evnts: ["charge.*"] }),
      /^sources\[1\]\.evnts is an unknown key\. Did you mean "events"\? docs\/providers\.md shows them all\.$/,
    ],
    [
      "an unknown key",
      stripe({ secret: "s" }),
      /^sources\[1\]\.secret is an unknown key\. Allowed: name, provider, hmac, events, allowedCidrs, testEvents, throttle\. docs/,
    ],
    [
      "the provider hmac without a description",
      { sources: ["hmac"] },
      /^sources\[0\]\.hmac is missing, but must be a description of how the source signs \(docs\/providers\.md\)\.$/,
    ],
    [
      "an event type with a space",
      stripe({ events: ["charge.*", "a b"] }),
      /^sources\[1\]\.events\[1\] is "a b", but must be an event type, \* for any part of it, such as payment_intent\.\*\.$/,
    ],
    [
      "no event type",
      stripe({ events: [] }),
      /^sources\[1\]\.events is \[\], but must be a list of at least one event type; without the key, all/,
    ],
    [
      "a text for event types",
      stripe({ events: "push" }),
      /^sources\[1\]\.events is "push", but must be a list of event types, such as \[payment_intent\.\*, charge\.dispute\.\*\]\.$/,
    ],
    [
      "a network that is none",
      stripe({ allowedCidrs: ["10.0.0.0/8", "3.18.12.63/33"] }),
      /^sources\[1\]\.allowedCidrs\[1\] is "3\.18\.12\.63\/33", but must be a network in CIDR notation, such as/,
    ],
    ["an address that is none", stripe({ allowedCidrs: ["3.18.12"] }), /^sources\[1\]\.allowedCidrs\[0\] is "3\.18\.12", but must be/],
    ["no network", stripe({ allowedCidrs: [] }), /^sources\[1\]\.allowedCidrs is \[\], but must be a list of at least one network/],
    ["unknown test events", stripe({ testEvents: "drop" }), /^sources\[1\]\.testEvents is "drop", but must be accept or ignore\.$/],
    [
      "a misspelt part of a throttle",
      stripe({ throttle: { requestPerMinute: 5 } }),
      /^sources\[1\]\.throttle\.requestPerMinute is an unknown key\. Did you mean "requestsPerMinute"\?/,
    ],
    [
      "the id of a delivery beside the event's own",
      acme({ deliveryHeader: "x-delivery", idPath: "id" }),
      /^sources\[0\]\.hmac\.deliveryHeader is set, but counts only for events without an ID\.$/,
    ],
    [
      "a signature for the id of a delivery",
      acme({ deliveryHeader: "x-acme-signature" }),
      /^sources\[0\]\.hmac\.deliveryHeader is the header of the signature, which differs at each delivery\.$/,
    ],
    [
      "a name in capitals",
      { sources: [{ name: "Clerk", provider: "standard-webhooks" }] },
      /^sources\[0\]\.name is "Clerk", but must be at most 40 lower-case letters/,
    ],
    [
      "a name that is too long",
      { sources: [{ name: "a".repeat(41), provider: "stripe" }] },
      /^sources\[0\]\.name is "a{41}", but must be at most 40/,
    ],
    [
      "a description that nobody reads",
      { sources: [{ name: "x", provider: "stripe", hmac }] },
      /^sources\[0\]\.hmac is set, but belongs to the provider hmac alone\.$/,
    ],
    [
      "no header",
      acme({ header: undefined }),
      /^sources\[0\]\.hmac\.header is missing, but must be the name of a header, of at most 64 characters\.$/,
    ],
    [
      "a header that AWS WAF could not redact",
      acme({ header: `x-${"a".repeat(63)}` }),
      /^sources\[0\]\.hmac\.header is "x-a{63}", but must be the name of a header, of at most 64 characters\.$/,
    ],
    [
      "an unknown algorithm",
      acme({ algorithm: "md5" }),
      /^sources\[0\]\.hmac\.algorithm is "md5", but must be one of sha1, sha256, sha384, sha512\.$/,
    ],
    ["an unknown key of hmac", acme({ tolerance: 9 }), /^sources\[0\]\.hmac\.tolerance is an unknown key\. Allowed: header, algorithm,/],
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
    [
      "nothing between",
      acme({ signed: "{id}{body}", idHeader: "x-id" }),
      /^sources\[0\]\.hmac\.signed is "\{id\}\{body\}", but must be a text with .*, with text between\.$/,
    ],
    [
      "two ids",
      acme({ signed: "{id}.{body}", idHeader: "x-id", idPath: "id" }),
      /^sources\[0\]\.hmac\.idHeader is set beside idPath, but an event has one ID: leave one of the two out\.$/,
    ],
    [
      "more than the receiver can be told",
      stripe({ allowedCidrs: Array.from({ length: 300 }, (_, index) => `10.0.${index % 256}.0/24`) }),
      /^sources take \d+ bytes of the receiver's environment together, but must take at most 3496: AWS Lambda keeps 4 KB/,
    ],
  ];
  for (const [what, settings, message] of rows) {
    it(`are refused with ${what}, in one sentence`, () => {
      const problems = problemsOf(settings);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0], message);
    });
  }

  it("are refused with one name twice, at both places", () =>
    assert.deepEqual(problemsOf({ sources: ["stripe", { name: "stripe", provider: "square" }] }), [
      'sources[0].name is "stripe", which another source has: give each a name of its own, such as {name: stripe-2, provider: …}.',
      'sources[1].name is "stripe", which another source has: give each a name of its own, such as {name: stripe-2, provider: …}.',
    ]));

  it("are told all of it at once: a name twice and a description that belongs nowhere beside a provider that there is not", () => {
    const problems = problemsOf({ sources: ["stripe", "stripe", { provider: "rsa" }, { name: "x", provider: "github", hmac: {} }] });
    const places = problems.map((one) => one.split(" ")[0]).sort();
    assert.deepEqual(places, ["sources[0].name", "sources[1].name", "sources[2].provider", "sources[3].hmac"]);
  });
});
