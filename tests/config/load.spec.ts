import * as assert from "node:assert/strict";
import { ConfigurationError, parseConfig } from "../../config/load";
import { concurrencyWarning, keptUnreserved, usualConcurrency } from "../../config/account";
import type { ConfigName, PipelineConfig } from "../../config/schema";

function parse(settings: Partial<Record<ConfigName | "aws:region", unknown>> = {}, stack = "dev"): PipelineConfig {
  const values = Object.entries({ "aws:region": "eu-central-1", ...settings })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [
      key.includes(":") ? key : `webhook-pipeline:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  return parseConfig({ project: "webhook-pipeline", stack, values: Object.fromEntries(values) as Record<string, string> });
}

function problemsOf(settings: Parameters<typeof parse>[0], stack?: string): readonly string[] {
  try {
    parse(settings, stack);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems;
  }
  return [];
}

describe("The configuration", () => {
  it("needs nothing but a region", () => {
    const config = parse();
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
    assert.equal(parse({}, "prod").environmentSuffix, "prod");
    assert.equal(parse({ environmentSuffix: "blue" }, "prod").environmentSuffix, "blue");
  });

  it("accepts a new account's ten concurrent executions, and warns below 100", () => {
    assert.equal(parse({ accountConcurrency: 10 }).accountConcurrency, 10);
    assert.equal(parse().accountConcurrency, usualConcurrency);
    assert.match(concurrencyWarning(99)!, /^The account can run 99 Lambda executions at once \(accountConcurrency\), .*L-B99A9384/);
    assert.equal(concurrencyWarning(keptUnreserved), undefined);
  });

  it("accepts throttles that just fit the region's default, a raised limit, and AWS WAF's rate", () => {
    const fitting = [
      { throttleRequestsPerMinute: 200_000, throttleBurst: 1_666 },
      { "aws:region": "eu-south-1", throttleRequestsPerMinute: 50_000, throttleBurst: 416 },
      { throttleRequestsPerMinute: 400_000, throttleBurst: 3_333, accountRequestsPerSecond: 20_000 },
      { waf: true, throttleRequestsPerMinute: 800 },
      { waf: false, throttleRequestsPerMinute: 1 },
      { sources: ["square", { provider: "stripe", throttle: { requestsPerMinute: 500_000 } }], throttleRequestsPerMinute: 100_000 },
    ];
    for (const settings of fitting) assert.deepEqual(problemsOf(settings), [], JSON.stringify(settings));
  });

  it("has as many shards as the throttles of all sources need, unless it is set", () => {
    const fast = { sources: ["stripe", "github"], throttleRequestsPerMinute: 120_000, throttleBurst: 2_000 };
    assert.deepEqual([parse().indexShards, parse(fast).indexShards, parse({ ...fast, indexShards: 32 }).indexShards], [1, 16, 32]);
    const fastest = { accountRequestsPerSecond: 50_000, sources: ["stripe"], throttleRequestsPerMinute: 3_000_000, throttleBurst: 25_000 };
    assert.equal(parse(fastest).indexShards, 128);
    for (const indexShards of [3, -1, 2_048])
      assert.deepEqual(problemsOf({ indexShards }), [
        `indexShards is ${indexShards}. Allowed: 0 (as many as the throttles need), or a power of two up to 1,024.`,
      ]);
  });

  it("accepts account IDs that YAML reads as numbers", () => {
    assert.deepEqual(parse({ allowedAccountIds: [123456789012] }).allowedAccountIds, ["123456789012"]);
  });

  it("uses the domain without its first label as zone, unless one is set", () => {
    assert.equal(parse().domain, undefined);
    assert.deepEqual(parse({ domain: "hooks.example.com" }).domain, { name: "hooks.example.com", hostedZone: "example.com" });
    assert.deepEqual(parse({ domain: "a.b.example.com", hostedZone: "example.com" }).domain!.hostedZone, "example.com");
    assert.deepEqual(parse({ domain: "example.com", hostedZone: "example.com" }).domain!.name, "example.com");
  });

  const refusals: [string, Parameters<typeof parse>[0], RegExp][] = [
    ["a missing region", { "aws:region": undefined }, /^aws:region is missing\. Set it: pulumi config set aws:region eu-central-1$/],
    ["an invalid region", { "aws:region": "Frankfurt" }, /^aws:region is "Frankfurt"\. Allowed: an AWS region code/],
    ["capitals in the suffix", { environmentSuffix: "Dev" }, /^environmentSuffix is "Dev"\. Allowed: lower-case letters/],
    [
      "a throttle of 0",
      { throttleRequestsPerMinute: 0 },
      /^throttleRequestsPerMinute is 0\. Allowed: a whole number of requests from 1 to 6,000,000\.$/,
    ],
    ["a fraction for a whole number", { throttleBurst: "1.5" }, /^throttleBurst is 1\.5\. Allowed: a whole number/],
    [
      "rates that add up to more than the account's limit",
      { throttleRequestsPerMinute: 200_001 },
      /^throttleRequestsPerMinute and the sources' own throttle\.requestsPerMinute add up to 600003 for 3 sources\. Allowed: at most 600000 \(200000 each\), because API Gateway accepts 600000 requests per minute from the account in eu-central-1\. Lower them, or request a higher limit from AWS and set accountRequestsPerSecond to it\.$/,
    ],
    [
      "bursts that add up to more than the account's limit",
      { throttleBurst: 1_667 },
      /^throttleBurst and the sources' own throttle\.burst add up to 5001 for 3 sources\. Allowed: at most 5000 \(1666 each\), because API Gateway accepts 5000 requests at once/,
    ],
    [
      "bursts that exceed a smaller region's limit",
      { "aws:region": "eu-south-1", throttleBurst: 417 },
      / add up to 1251 for 3 sources\. Allowed: at most 1250 .* from the account in eu-south-1/,
    ],
    [
      "rates that exceed the account's configured limit",
      { throttleRequestsPerMinute: 3_001, accountRequestsPerSecond: 150, throttleBurst: 25 },
      / add up to 9003 for 3 sources\. Allowed: at most 9000 \(3000 each\)/,
    ],
    [
      "one source that uses up the others' share",
      { sources: ["square", { provider: "stripe", throttle: { requestsPerMinute: 599_001 } }] },
      / add up to 600001 for 2 sources\. Allowed: at most 600000 /,
    ],
    [
      "a rate per address above five times a source's throttle",
      { waf: true, sources: ["square", { provider: "stripe", throttle: { requestsPerMinute: 799 } }] },
      /^wafRequestsPerAddress is 4000 in five minutes\. Allowed: at most 3995, five times the requests per minute of the source stripe; /,
    ],
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
    ["a key that every object inherits", { constructor: "x" } as object, /^Unknown key "constructor"\. README\.md lists all keys\.$/],
    ["a whole number with a decimal point", { throttleBurst: "5.0" }, /^throttleBurst is "5\.0"\. Allowed: a whole number/],
    [
      "a subscription without an endpoint",
      { alertSubscriptions: [{ protocol: "email" }] },
      /^alertSubscriptions\[0\]\.endpoint is missing\. Allowed: an address or ARN for the protocol\.$/,
    ],
    [
      "an account ID that is too short",
      { allowedAccountIds: ["123456789012", "123"] },
      /^allowedAccountIds\[1\] is "123"\. Allowed: an account ID of 12 digits\.$/,
    ],
    ["a URL as domain", { domain: "https://hooks.example.com" }, /^domain is "https:\/\/hooks\.example\.com"\. Allowed: a host name/],
    ["a zone without a domain", { hostedZone: "example.com" }, /^domain is ""\. Allowed: a host name/],
    [
      "a zone that the domain does not end in",
      { domain: "hooks.example.com", hostedZone: "example.org" },
      /^hostedZone is "example\.org"\. Allowed: a zone name that the domain ends in, such as example\.com, or empty\.$/,
    ],
    [
      "a reservation of 0, with which a function never runs",
      { receiverReservedConcurrency: 0 },
      /^receiverReservedConcurrency is 0\. Allowed: -1 \(none reserved\), or at least 1/,
    ],
    [
      "reservations that leave less than 100 unreserved",
      { receiverReservedConcurrency: 500, processorReservedConcurrency: 401 },
      /^receiverReservedConcurrency and processorReservedConcurrency are 901 together\. Allowed: at most 900, because AWS keeps 100 unreserved and the account has 1000/,
    ],
    [
      "a reservation in an account with 109 executions",
      { accountConcurrency: 109, receiverReservedConcurrency: 10 },
      /are 10 together\. Allowed: at most 9, because AWS keeps 100 unreserved and the account has 109 \(accountConcurrency\)\./,
    ],
    [
      "any reservation in a new account",
      { accountConcurrency: 10, processorReservedConcurrency: 1 },
      /are 1 together\. Allowed: -1 each \(none reserved\), because .* Request more: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000$/,
    ],
    [
      "another stack's boundary",
      { permissionsBoundary: "arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-prod" },
      /^permissionsBoundary belongs to the stack prod\. It would deny every call to the roles of this stack, dev\. Find this stack's boundary: pulumi -C ci-roles stack output permissionsBoundaryArns$/,
    ],
    [
      "a boundary of an account that is not allowed",
      { permissionsBoundary: "arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev", allowedAccountIds: ["210987654321"] },
      /^permissionsBoundary is a policy of the account 123456789012\. Allowed: a policy of one of allowedAccountIds, 210987654321\.$/,
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
      assert.deepEqual(problemsOf({ [key]: 5 } as never), [`Unknown key "${key}". ${suggestion}README.md lists all keys.`]));

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

  it("ignores keys of other namespaces", () => assert.deepEqual(problemsOf({ "aws:profile": "x" } as never), []));

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
