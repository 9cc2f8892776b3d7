import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Type } from "../../preflight/graph/types";
import { equipped, guarded, program, type Program } from "../../testbed/program";

interface Rule {
  name: string;
  priority: number;
  action?: { block: { customResponse: { responseCode: number } } };
  overrideAction?: unknown;
  visibilityConfig: object;
  statement: {
    rateBasedStatement?: { limit: number; aggregateKeyType: string; evaluationWindowSec: number };
    regexMatchStatement?: { regexString: string; fieldToMatch: object; textTransformations: object[] };
    managedRuleGroupStatement?: { name: string; vendorName: string; ruleActionOverrides: { name: string; actionToUse: unknown }[] };
  };
}

describe("Firewall", () => {
  let walled: Program;
  before(async () => (walled = await program({ ...equipped, wafRequestsPerAddress: 5_000 })));
  const rule = (name: string) => (walled.one(Type.webAcl).inputs.rules as Rule[]).find((one) => one.name === name)!;

  it("exists only if configured", async () => assert.equal((await program()).all(Type.webAcl).length, 0));

  it("allows requests that no rule blocks", () => {
    const { scope, defaultAction, name } = walled.one(Type.webAcl).inputs;
    assert.deepEqual([scope, defaultAction, name], ["REGIONAL", { allow: {} }, "webhook-firewall-dev"]);
  });

  it("limits the requests of one address in five minutes", () => {
    const { aggregateKeyType, evaluationWindowSec, limit } = rule("rate-per-address").statement.rateBasedStatement!;
    assert.deepEqual([aggregateKeyType, evaluationWindowSec, limit], ["IP", 300, 5_000]);
    assert.equal(rule("rate-per-address").action!.block.customResponse.responseCode, 429);
  });

  it("answers 413 to a declared length of seven million bytes or more, and to no smaller one", () => {
    const { regexString, fieldToMatch, textTransformations } = rule("size").statement.regexMatchStatement!;
    assert.deepEqual(fieldToMatch, { singleHeader: { name: "content-length" } });
    assert.deepEqual(textTransformations, [{ priority: 0, type: "NONE" }]);
    const tooLong = new RegExp(regexString);
    for (const length of ["7000000", "10485760", "0007000000", "90000000"]) assert.match(length, tooLong);
    for (const length of ["0", "350000", "6291456", "6999999", "0006291456"]) assert.doesNotMatch(length, tooLong);
    assert.equal(rule("size").action!.block.customResponse.responseCode, 413);
  });

  it("applies AWS's common rules, and only counts those that would block a webhook's body", () => {
    const { name, vendorName, ruleActionOverrides } = rule("common-rules").statement.managedRuleGroupStatement!;
    assert.deepEqual([vendorName, name], ["AWS", "AWSManagedRulesCommonRuleSet"]);
    // The set's rules for bodies, from AWS's list, and the one for user agents, which a source need not send.
    const ofBody = ["CrossSiteScripting", "EC2MetaDataSSRF", "GenericLFI", "GenericRFI", "SizeRestrictions"].map((rule) => `${rule}_BODY`);
    const expected = [...ofBody, "NoUserAgent_HEADER"].sort().map((name) => ({ name, actionToUse: { count: {} } }));
    assert.deepEqual(
      [...ruleActionOverrides].sort((one, other) => (one.name < other.name ? -1 : 1)),
      expected,
    );
    assert.deepEqual(rule("common-rules").overrideAction, { none: {} });
  });

  it("checks the rate first, then the size, then the common rules", () => {
    const rules = walled.one(Type.webAcl).inputs.rules as Rule[];
    assert.deepEqual(
      rules.map(({ name, priority }) => `${priority} ${name}`),
      ["0 rate-per-address", "1 size", "2 common-rules"],
    );
  });

  it("counts each rule's matches, and samples no requests, which would reveal headers", () => {
    const { rules, visibilityConfig } = walled.one(Type.webAcl).inputs as { rules: Rule[]; visibilityConfig: object };
    const visible = (metricName: string) => ({ metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false });
    assert.deepEqual(visibilityConfig, visible("webhook-firewall-dev"));
    for (const one of rules) assert.deepEqual(one.visibilityConfig, visible(one.name));
  });

  it("is protected in a protected stack", async () => {
    for (const type of [Type.webAcl, Type.webAclAssociation, Type.webAclLogging])
      assert.equal((await program(guarded)).one(type).protect, true, type);
  });

  it("protects the stage, and waits for it", () => {
    const association = walled.one(Type.webAclAssociation);
    assert.match(
      association.inputs.resourceArn as string,
      /^arn:aws:apigateway:eu-central-1::\/restapis\/[0-9a-f]{10}\/stages\/webhook-api-dev$/,
    );
    assert.ok(walled.dependsOn(association, walled.one(Type.stage)));
    const aclArn = walled.one(Type.webAcl).outputs.arn;
    assert.deepEqual([association.inputs.webAclArn, walled.one(Type.webAclLogging).inputs.resourceArn], [aclArn, aclArn]);
  });

  it("logs blocked requests under the name that AWS WAF requires, encrypted, without signatures", () => {
    const group = walled.one(Type.logGroup, "firewall-logs");
    const { logDestinationConfigs, loggingFilter, redactedFields } = walled.one(Type.webAclLogging).inputs;
    assert.equal(group.inputs.name, "aws-waf-logs-webhook-firewall-dev");
    assert.ok(group.inputs.kmsKeyId);
    assert.deepEqual(logDestinationConfigs, ["arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-webhook-firewall-dev"]);
    assert.deepEqual(loggingFilter, {
      defaultBehavior: "DROP",
      filters: [{ behavior: "KEEP", requirement: "MEETS_ANY", conditions: [{ actionCondition: { action: "BLOCK" } }] }],
    });
    const signatures = ["stripe-signature", "x-square-hmacsha256-signature", "paypal-transmission-sig"];
    assert.deepEqual(redactedFields, [...signatures.map((name) => ({ singleHeader: { name } })), { queryString: {} }]);
  });

  it("has an alarm, and a heading in the runbook", () => {
    const { metricQueries, alarmDescription, threshold, evaluationPeriods } = walled.one(Type.metricAlarm, "firewall-blocks").inputs as {
      metricQueries: { metric: object }[];
      alarmDescription: string;
      [input: string]: unknown;
    };
    assert.deepEqual(metricQueries[0].metric, {
      namespace: "AWS/WAFV2",
      metricName: "BlockedRequests",
      dimensions: { WebACL: "webhook-firewall-dev", Region: "eu-central-1", Rule: "ALL" },
      stat: "Sum",
      period: 300,
    });
    assert.deepEqual([threshold, evaluationPeriods], [100, 1]);
    assert.match(alarmDescription, /#firewall-blocks$/);
    assert.match(readFileSync("docs/runbook.md", "utf8"), /^## firewall-blocks$/m);
  });
});
