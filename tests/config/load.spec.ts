import * as assert from "node:assert/strict";
import { parseSettings, problemsOf } from "../helpers/configuration";

describe("The configuration", () => {
  it("needs nothing but a region", () => {
    const config = parseSettings();
    assert.equal(config.environmentSuffix, "dev");
    assert.deepEqual(
      config.sources,
      ["stripe", "square", "paypal"].map((name) => ({
        name,
        provider: name,
        testEvents: "accept",
        throttle: { requestsPerMinute: 1_000, burst: 400 },
      })),
    );
    assert.equal(config.workflowType, "EXPRESS");
    assert.equal(config.workflowLogLevel, "ERROR");
    assert.equal(config.receiverReservedConcurrency, undefined);
  });

  it("uses the stack's name as suffix unless one is set", () => {
    assert.equal(parseSettings({}, "prod").environmentSuffix, "prod");
    assert.equal(parseSettings({ environmentSuffix: "blue" }, "prod").environmentSuffix, "blue");
  });

  it("has as many shards as the throttles of all sources need, unless it is set", () => {
    const fast = { sources: ["stripe", "github"], throttleRequestsPerMinute: 120_000, throttleBurst: 2_000 };
    assert.deepEqual(
      [parseSettings().indexShards, parseSettings(fast).indexShards, parseSettings({ ...fast, indexShards: 32 }).indexShards],
      [1, 16, 32],
    );
    const fastest = { accountRequestsPerSecond: 50_000, sources: ["stripe"], throttleRequestsPerMinute: 3_000_000, throttleBurst: 25_000 };
    assert.equal(parseSettings(fastest).indexShards, 128);
    for (const indexShards of [3, -1, 2_048])
      assert.deepEqual(problemsOf({ indexShards }), [
        `indexShards is ${indexShards}. Allowed: 0 (as many as the throttles need), or a power of two up to 1,024.`,
      ]);
  });

  it("uses the domain without its first label as zone, unless one is set", () => {
    assert.equal(parseSettings().domain, undefined);
    assert.deepEqual(parseSettings({ domain: "hooks.example.com" }).domain, { name: "hooks.example.com", hostedZone: "example.com" });
    assert.deepEqual(parseSettings({ domain: "a.b.example.com", hostedZone: "example.com" }).domain!.hostedZone, "example.com");
    assert.deepEqual(parseSettings({ domain: "example.com", hostedZone: "example.com" }).domain!.name, "example.com");
  });

  const refusals: [string, Record<string, unknown>, RegExp][] = [
    ["a missing region", { "aws:region": undefined }, /^aws:region is missing\. Set it: pulumi config set aws:region eu-central-1$/],
    ["an invalid region", { "aws:region": "Frankfurt" }, /^aws:region is "Frankfurt"\. Allowed: an AWS region code/],
    ["capitals in the suffix", { environmentSuffix: "Dev" }, /^environmentSuffix is "Dev"\. Allowed: at most 33 lower-case letters/],
    [
      "a throttle of 0",
      { throttleRequestsPerMinute: 0 },
      /^throttleRequestsPerMinute is 0\. Allowed: a whole number of requests from 1 to 6,000,000\.$/,
    ],
    ["a fraction for a whole number", { throttleBurst: "1.5" }, /^throttleBurst is 1\.5\. Allowed: a whole number/],
    ["a word for a number", { lambdaMemoryMb: "much" }, /^lambdaMemoryMb is "much"\. Allowed: a whole number of MB from 128 to 10,240\.$/],
    [
      "a retention that AWS does not offer",
      { logRetentionDays: 31 },
      /^logRetentionDays is 31\. Allowed: a number of days that CloudWatch Logs offers: 1, 3, 5,/,
    ],
    ["a word for a boolean", { deletionProtection: "yes" }, /^deletionProtection is "yes"\. Allowed: true or false\.$/],
    [
      "an unknown protocol",
      { alertSubscriptions: [{ protocol: "pigeon", endpoint: "x" }] },
      /^alertSubscriptions\[0\]\.protocol is invalid\. Allowed: email, email-json, https, sms, sqs, lambda\.$/,
    ],
    ["a key that every object inherits", { constructor: "x" }, /^Unknown key "constructor"\. README\.md lists all keys\.$/],
    ["a whole number with a decimal point", { throttleBurst: "5.0" }, /^throttleBurst is "5\.0"\. Allowed: a whole number/],
    [
      "a subscription without an endpoint",
      { alertSubscriptions: [{ protocol: "email" }] },
      /^alertSubscriptions\[0\]\.endpoint is missing\. Allowed: an address or ARN for the protocol\.$/,
    ],
    ["a URL as domain", { domain: "https://hooks.example.com" }, /^domain is "https:\/\/hooks\.example\.com"\. Allowed: a host name/],
    ["a zone without a domain", { hostedZone: "example.com" }, /^domain is ""\. Allowed: a host name/],
    [
      "a zone that the domain does not end in",
      { domain: "hooks.example.com", hostedZone: "example.org" },
      /^hostedZone is "example\.org"\. Allowed: a zone name that the domain ends in, such as example\.com, or empty\.$/,
    ],
  ];
  for (const [what, settings, message] of refusals) {
    it(`refuses ${what}, in one line`, () => {
      const problems = problemsOf(settings);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0], message);
      assert.ok(!problems[0].includes("\n"));
    });
  }

  it("refuses a suffix with which an archive's name would be too long, and says the limit", () => {
    assert.deepEqual(problemsOf({ environmentSuffix: "a".repeat(33) }), []);
    assert.deepEqual(problemsOf({ environmentSuffix: "a".repeat(34) }), [
      `environmentSuffix is "${"a".repeat(34)}" with 34 characters. Allowed: at most 33, ` +
        `because the event archive webhook-events-${"a".repeat(34)} would have 49 characters of at most 48.`,
    ]);
  });

  it("says that an unusable suffix is the stack's name", () => {
    assert.match(problemsOf({}, "My_Stack")[0], /^environmentSuffix \(not set, so the stack's name\) is "My_Stack"/);
  });

  for (const [key, suggestion] of [
    ["thorttleBurst", 'Did you mean "throttleBurst"? '],
    ["Waf", 'Did you mean "waf"? '],
    ["burst", 'Did you mean "throttleBurst"? '],
    ["eventRetention", 'Did you mean "eventRetentionDays"? '],
    ["retainEvents", ""],
    ["colour", ""],
  ])
    it(`refuses the key ${key} ${suggestion ? "with a suggestion" : "without a suggestion"}`, () =>
      assert.deepEqual(problemsOf({ [key]: 5 }), [`Unknown key "${key}". ${suggestion}README.md lists all keys.`]));

  it("never shows a subscription's values, which may be secret", () => {
    const secret = "https://alerts.example.com/token";
    for (const subscriptions of [
      secret,
      [secret],
      [{ protocol: secret, endpoint: secret }],
      [{ endpoint: "", protocol: "sms", url: secret }],
      [{ endpoint: [secret], protocol: "https" }],
      { endpoint: secret },
    ]) {
      const problems = problemsOf({ alertSubscriptions: subscriptions });
      assert.ok(problems.length > 0 && !problems.join().includes("token"), problems.join());
    }
  });

  it("ignores keys of other namespaces", () => assert.deepEqual(problemsOf({ "aws:profile": "x" }), []));

  it("reports all problems at once", () => {
    const problems = problemsOf({ "aws:region": undefined, throttleBurst: 0, workflowType: "FAST", logRetentionDays: 2 });
    assert.equal(problems.length, 4);
  });

  it("skips checks of a value that it refuses", () => {
    const settings = {
      hostedZone: "example.com",
      domain: "https://hooks.example.com",
      accountConcurrency: 9,
      receiverReservedConcurrency: 950,
    };
    assert.equal(problemsOf(settings).length, 2);
  });
});
