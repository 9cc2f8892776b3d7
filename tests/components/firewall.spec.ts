import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { equipped, program, type Program } from "../helpers/graph";
import { Type } from "../helpers/types";

interface Rule {
  name: string;
  priority: number;
  action?: { block: { customResponse: { responseCode: number } } };
  overrideAction?: unknown;
  statement: {
    rateBasedStatement?: { limit: number; aggregateKeyType: string; evaluationWindowSec: number };
    regexMatchStatement?: { regexString: string };
    managedRuleGroupStatement?: { name: string; vendorName: string; ruleActionOverrides: { name: string; actionToUse: unknown }[] };
  };
}

describe("Firewall", () => {
  let walled: Program;
  before(async () => (walled = await program({ ...equipped, wafRequestsPerAddress: 5_000 })));
  const rule = (name: string) => (walled.one(Type.webAcl).inputs.rules as Rule[]).find((one) => one.name === name)!;

  it("is not there unless configured", async () => assert.equal((await program()).all(Type.webAcl).length, 0));

  it("lets through what no rule blocks", () => {
    const { scope, defaultAction, name } = walled.one(Type.webAcl).inputs;
    assert.deepEqual([scope, defaultAction, name], ["REGIONAL", { allow: {} }, "webhook-firewall-dev"]);
  });

  it("limits the requests of one address in five minutes", () => {
    const { aggregateKeyType, evaluationWindowSec, limit } = rule("rate-per-address").statement.rateBasedStatement!;
    assert.deepEqual([aggregateKeyType, evaluationWindowSec, limit], ["IP", 300, 5_000]);
    assert.equal(rule("rate-per-address").action!.block.customResponse.responseCode, 429);
  });

  it("answers 413 to a declared length of a megabyte or more, and to nothing smaller", () => {
    const tooLong = new RegExp(rule("size").statement.regexMatchStatement!.regexString);
    for (const length of ["1000000", "10485760", "0001000000"]) assert.match(length, tooLong);
    for (const length of ["0", "350000", "999999", "0000999999"]) assert.doesNotMatch(length, tooLong);
    assert.equal(rule("size").action!.block.customResponse.responseCode, 413);
  });

  it("applies AWS's common rules, but only counts those that would refuse a webhook's body", () => {
    const { name, vendorName, ruleActionOverrides } = rule("common-rules").statement.managedRuleGroupStatement!;
    assert.deepEqual([vendorName, name], ["AWS", "AWSManagedRulesCommonRuleSet"]);
    for (const counted of ["SizeRestrictions_BODY", "GenericRFI_BODY", "EC2MetaDataSSRF_BODY", "CrossSiteScripting_BODY"])
      assert.deepEqual(ruleActionOverrides.find((one) => one.name === counted)?.actionToUse, { count: {} }, counted);
    assert.deepEqual(rule("common-rules").overrideAction, { none: {} });
  });

  it("gives each rule a priority of its own", () => {
    const rules = walled.one(Type.webAcl).inputs.rules as Rule[];
    assert.equal(new Set(rules.map(({ priority }) => priority)).size, rules.length);
  });

  it("stands before the stage, and waits for it", () => {
    const association = walled.one(Type.webAclAssociation);
    assert.match(
      association.inputs.resourceArn as string,
      /^arn:aws:apigateway:eu-central-1::\/restapis\/[0-9a-f]{10}\/stages\/webhook-api-dev$/,
    );
    assert.ok(walled.dependsOn(association, walled.one(Type.stage)));
  });

  it("logs what it blocks under the name that AWS WAF demands, encrypted, without signatures", () => {
    const group = walled.one(Type.logGroup, "firewall-logs");
    const { logDestinationConfigs, loggingFilter, redactedFields } = walled.one(Type.webAclLogging).inputs as {
      logDestinationConfigs: string[];
      loggingFilter: { defaultBehavior: string };
      redactedFields: { singleHeader?: { name: string } }[];
    };
    assert.equal(group.inputs.name, "aws-waf-logs-webhook-firewall-dev");
    assert.ok(group.inputs.kmsKeyId);
    assert.deepEqual(logDestinationConfigs, ["arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-webhook-firewall-dev"]);
    assert.equal(loggingFilter.defaultBehavior, "DROP");
    for (const header of ["stripe-signature", "x-square-hmacsha256-signature", "paypal-transmission-sig"])
      assert.ok(
        redactedFields.some(({ singleHeader }) => singleHeader?.name === header),
        header,
      );
  });

  it("has an alarm, and a heading in the runbook", () => {
    const { metricQueries, alarmDescription } = walled.one(Type.metricAlarm, "firewall-blocks").inputs as {
      metricQueries: { metric: { namespace: string; dimensions: Record<string, string> } }[];
      alarmDescription: string;
    };
    assert.deepEqual(metricQueries[0].metric.dimensions, { WebACL: "webhook-firewall-dev", Region: "eu-central-1", Rule: "ALL" });
    assert.match(alarmDescription, /#firewall-blocks$/);
    assert.match(readFileSync("docs/runbook.md", "utf8"), /^## firewall-blocks$/m);
  });
});
