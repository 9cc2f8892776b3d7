import * as assert from "node:assert/strict";
import {
  alarmName,
  listenerName,
  longestSourceName,
  physicalName,
  randomEnding,
  secretName,
  suffixIn,
  tooLongName,
} from "../../domain/names";

/** Longest suffix that the configuration allows. */
const longest = "a".repeat(33);

describe("Names", () => {
  const rows: [string, string][] = [
    [physicalName("receive", "dev"), "webhook-receive-dev"],
    [physicalName("deadLetterQueue", "prod"), "webhook-dead-letters-prod"],
    [physicalName("stage", "blue"), "webhook-api-blue"],
    [alarmName("api-5xx", "dev"), "webhook-api-5xx-dev"],
  ];
  for (const [actual, expected] of rows) it(expected, () => assert.equal(actual, expected));

  it("fit their limits with the longest suffix, but not with a longer one", () => {
    assert.equal(tooLongName(longest), undefined);
    assert.deepEqual(tooLongName(`${longest}a`), {
      kind: "event archive",
      name: `webhook-events-${longest}a`,
      limit: 48,
      longestSuffix: 33,
    });
  });

  it("report the name that is too long first", () => assert.equal(tooLongName("a".repeat(45))!.longestSuffix, 33));

  it("leave room for a role's random ending", () => {
    const name = physicalName("apiGatewayLogsRole", longest);
    assert.ok(name.length + randomEnding.length <= 64, name);
  });

  it("leave room for the account's ID in bucket names", () => {
    for (const bucket of ["payloadBucket", "trailBucket"] as const)
      assert.ok(`${physicalName(bucket, longest)}-123456789012`.length <= 63, bucket);
  });

  it("of secrets and alarms fit AWS's limits", () => {
    assert.ok(secretName("s".repeat(longestSourceName), longest).length <= 512);
    assert.ok(alarmName("workflow-executions-timed-out", longest).length <= 255);
  });

  it("of a listen fit a rule's limit, and match a pattern that excludes stacks whose suffix ends alike", () => {
    assert.ok(listenerName(longest, "0123abcd").length <= 64);
    const pattern = new RegExp(`^${listenerName("dev").replaceAll("?", ".")}$`);
    assert.match(listenerName("dev", "0123abcd"), pattern);
    assert.doesNotMatch(listenerName("my-dev", "0123abcd"), pattern);
  });

  it("tell their suffix", () => {
    for (const key of ["eventBus", "deadLetterQueue"] as const) assert.equal(suffixIn(key, physicalName(key, "my-dev")), "my-dev");
  });
});
