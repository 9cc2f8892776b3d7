import * as assert from "node:assert/strict";
import { alarmName, physicalName, randomEnding, tooLongName } from "../../domain/names";

describe("Names", () => {
  const rows: [string, string][] = [
    [physicalName("receiveFunction", "dev"), "webhook-receive-dev"],
    [physicalName("deadLetterQueue", "prod"), "webhook-dead-letters-prod"],
    [physicalName("stage", "blue"), "webhook-api-blue"],
    [alarmName("api-5xx", "dev"), "webhook-api-5xx-dev"],
  ];
  for (const [actual, expected] of rows) it(expected, () => assert.equal(actual, expected));

  it("fit their limits with a suffix of usual length", () => assert.equal(tooLongName("production-eu", { auditTrail: true }), undefined));

  it("say which of them is too long first", () => {
    const problem = tooLongName("a".repeat(45), { auditTrail: false })!;
    assert.equal(problem.kind, "event archive");
    assert.equal(problem.longestSuffix, 33);
  });

  it("leave room for the random ending of a role that stays", () => {
    const longest = physicalName("apiGatewayLogsRole", "a".repeat(33));
    assert.ok(longest.length + randomEnding.length <= 64, longest);
  });

  it("leave room for the account's id in the audit bucket", () => {
    assert.equal(tooLongName("a".repeat(33), { auditTrail: true }), undefined);
    const withAccount = `${physicalName("trailBucket", "a".repeat(33))}-123456789012`;
    assert.ok(withAccount.length <= 63, withAccount);
  });
});
