import * as assert from "node:assert/strict";
import { settingsBySource } from "../../config/sources";
import { catalogProviders, descriptionOf } from "../../domain/catalog";
import { signsBody } from "../../domain/description";
import { acme, bodyAlone, parseSettings, problemsOf } from "../helpers/configuration";

const usual = { testEvents: "accept", throttle: { requestsPerMinute: 1_000, burst: 400 } };

describe("The sources of a configuration", () => {
  it("are names of providers, or objects with a provider or a description", () => {
    const sources = ["github", { provider: "square" }, { name: "stripe-eu", provider: "stripe" }, ...acme().sources];
    assert.deepEqual(parseSettings({ sources }).sources, [
      { name: "github", provider: "github", ...usual },
      { name: "square", provider: "square", ...usual },
      { name: "stripe-eu", provider: "stripe", ...usual },
      {
        name: "acme",
        provider: "custom",
        description: {
          mediaTypes: ["json"],
          verify: { ...bodyAlone.verify, signature: { header: "x-acme-signature" } },
          identity: { digest: true },
        },
        ...usual,
      },
    ]);
  });

  it("use the stack's throttle and testEvents unless they set their own", () => {
    const own = { testEvents: "accept", throttle: { burst: 5 } };
    const settings = { testEvents: "ignore", throttleRequestsPerMinute: 600, throttleBurst: 50 };
    assert.deepEqual(parseSettings({ ...settings, sources: ["github", { provider: "stripe", ...own }] }).sources, [
      { name: "github", provider: "github", testEvents: "ignore", throttle: { requestsPerMinute: 600, burst: 50 } },
      { name: "stripe", provider: "stripe", testEvents: "accept", throttle: { requestsPerMinute: 600, burst: 5 } },
    ]);
  });

  it("give the receiver only the settings that it needs", () => {
    const events = ["payment_intent.*", "charge.dispute.*"];
    const allowedCidrs = ["192.30.252.0/22", "2a0a:a440::/29", "192.0.2.1"];
    const { sources } = parseSettings({
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

  const stripe = (settings: object) => ({ sources: ["square", { provider: "stripe", ...settings }] });
  const rows: [string, Record<string, unknown>, RegExp][] = [
    ["an empty list", { sources: [] }, /^sources is \[\]\. Allowed: a list of at least one source, such as \[stripe, github\]\.$/],
    ["a value that is not a list", { sources: "stripe" }, /^sources is "stripe"\. Allowed: a list of at least one source\. /],
    ["a number", { sources: [5] }, /^sources\[0\] is 5\. Allowed: a provider's name, or an object with the keys name, provider,/],
    [
      "a misspelled provider",
      { sources: ["stripe", "gihtub"] },
      /^sources\[1\] is "gihtub"\. Allowed: stripe, .*, custom, or one of the \d+ of the catalog \(.+\)\. Did you mean "github"\?$/,
    ],
    [
      "an unknown provider",
      stripe({ provider: "braintree" }),
      /^sources\[1\]\.provider is "braintree"\. Allowed: stripe, .*, standard-webhooks, custom, or one of the/,
    ],
    ["a missing provider", { sources: [{ name: "x" }] }, /^sources\[0\]\.provider is missing\. Allowed: stripe, /],
    [
      "a misspelled key",
      stripe({ evnts: ["charge.*"] }),
      /^sources\[1\] has the unknown key "evnts"\. Did you mean "events"\? Allowed: name, .*\. See docs\/providers\.md\.$/,
    ],
    [
      "a key that contains a known key",
      stripe({ keptEvents: ["charge.*"] }),
      /^sources\[1\] has the unknown key "keptEvents"\. Did you mean "events"\? Allowed: name, /,
    ],
    [
      "an unknown key",
      stripe({ secret: "s" }),
      /^sources\[1\] has the unknown key "secret"\. Allowed: name, provider, description, unsigned, events, allowedCidrs, testEvents, throttle\. See/,
    ],
    [
      "the provider custom without a description",
      { sources: ["custom"] },
      /^sources\[0\]\.description is missing\. Allowed: a description of how the source signs\. See docs\/providers\.md\.$/,
    ],
    [
      "an event type with a space",
      stripe({ events: ["charge.*", "a b"] }),
      /^sources\[1\]\.events\[1\] is "a b"\. Allowed: an event type without spaces or commas, with \* for any part of it, such as payment_intent\.\*\.$/,
    ],
    [
      "an empty event filter",
      stripe({ events: [] }),
      /^sources\[1\]\.events is \[\]\. Allowed: a list of at least one event type\. Without the key, all/,
    ],
    [
      "a string as event filter",
      stripe({ events: "push" }),
      /^sources\[1\]\.events is "push"\. Allowed: a list of event types, such as \[payment_intent\.\*, charge\.dispute\.\*\]\.$/,
    ],
    [
      "an invalid network",
      stripe({ allowedCidrs: ["10.0.0.0/8", "3.18.12.63/33"] }),
      /^sources\[1\]\.allowedCidrs\[1\] is "3\.18\.12\.63\/33"\. Allowed: a network in CIDR notation, such as/,
    ],
    ["an invalid address", stripe({ allowedCidrs: ["3.18.12"] }), /^sources\[1\]\.allowedCidrs\[0\] is "3\.18\.12"\. Allowed: /],
    [
      "an empty list of networks",
      stripe({ allowedCidrs: [] }),
      /^sources\[1\]\.allowedCidrs is \[\]\. Allowed: a list of at least one network/,
    ],
    [
      "an unknown value of testEvents",
      stripe({ testEvents: "drop" }),
      /^sources\[1\]\.testEvents is "drop"\. Allowed: accept or ignore\.$/,
    ],
    [
      "a misspelled key of a throttle",
      stripe({ throttle: { requestPerMinute: 5 } }),
      /^sources\[1\]\.throttle has the unknown key "requestPerMinute"\. Did you mean "requestsPerMinute"\?/,
    ],
    [
      "a name with capitals",
      { sources: [{ name: "Clerk", provider: "standard-webhooks" }] },
      /^sources\[0\]\.name is "Clerk"\. Allowed: at most 40 lower-case letters/,
    ],
    [
      "a name that is too long",
      { sources: [{ name: "a".repeat(41), provider: "stripe" }] },
      /^sources\[0\]\.name is "a{41}"\. Allowed: at most 40/,
    ],
    [
      "a description beside another provider",
      { sources: [{ name: "x", provider: "stripe", description: bodyAlone }] },
      /^sources\[0\]\.description is set, but is used only with the provider custom\. Remove it, or set provider to custom\.$/,
    ],
  ];
  for (const [what, settings, message] of rows) {
    it(`are refused with ${what}, in one line`, () => {
      const problems = problemsOf(settings);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0], message);
    });
  }

  it("can be any provider of the catalog, with its description", () => {
    const signed = catalogProviders.filter((name) => signsBody(descriptionOf(name)));
    const { sources } = parseSettings({ sources: signed, throttleBurst: 90 });
    for (const { provider, description } of sources) assert.deepEqual(description, descriptionOf(provider));
  });

  it("need a consent to a provider that does not sign", () => {
    const [unsigned] = catalogProviders.filter((name) => !signsBody(descriptionOf(name)));
    assert.match(
      problemsOf({ sources: [unsigned] })[0],
      /^sources\[0\] does not sign its events: .+ Set unsigned: true if you accept that\.$/,
    );
    assert.deepEqual(problemsOf({ sources: [{ provider: unsigned, unsigned: true }] }), []);
  });

  it("are refused if two have the same name, at both places", () =>
    assert.deepEqual(problemsOf({ sources: ["stripe", { name: "stripe", provider: "square" }] }), [
      'sources[0].name is "stripe", which another source also has. Give each source its own name, such as {name: stripe-2, provider: …}.',
      'sources[1].name is "stripe", which another source also has. Give each source its own name, such as {name: stripe-2, provider: …}.',
    ]));

  it("are refused with all problems at once: a repeated name, a misplaced description, an unknown provider", () => {
    const problems = problemsOf({ sources: ["stripe", "stripe", { provider: "rsa" }, { name: "x", provider: "github", description: {} }] });
    const places = problems.map((one) => one.split(" ")[0]).sort();
    assert.deepEqual(places, ["sources[0].name", "sources[1].name", "sources[2].provider", "sources[3].description"]);
  });
});
