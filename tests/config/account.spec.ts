import * as assert from "node:assert/strict";
import { concurrencyWarning, keptUnreserved, usualConcurrency } from "../../config/account";
import { parseSettings, problemsOf } from "../helpers/configuration";

describe("The configuration of the account", () => {
  it("accepts a new account's ten concurrent executions, and warns below 100", () => {
    assert.equal(parseSettings({ accountConcurrency: 10 }).accountConcurrency, 10);
    assert.equal(parseSettings().accountConcurrency, usualConcurrency);
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

  it("accepts account IDs that YAML reads as numbers", () => {
    assert.deepEqual(parseSettings({ allowedAccountIds: [123456789012] }).allowedAccountIds, ["123456789012"]);
  });

  const refusals: [string, Record<string, unknown>, RegExp][] = [
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
    [
      "an account ID that is too short",
      { allowedAccountIds: ["123456789012", "123"] },
      /^allowedAccountIds\[1\] is "123"\. Allowed: an account ID of 12 digits\.$/,
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
});
