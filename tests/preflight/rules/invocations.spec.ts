import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { Graph } from "../../../preflight/graph/graph";
import { invocationRules } from "../../../preflight/rules/invocations";
import { graphs, other, own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

const config = Type.functionEventInvokeConfig;

/** Lambda's defaults. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const lambdaDefaults: Record<string, number> = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 21_600 };

/** Adds an hourly rule's target: this alias of a function. */
function hourly(broken: BrokenGraph, qualifier: string) {
  const target = broken.one(Type.function);
  const inputs = { rule: broken.one(Type.eventRule).inputs.name, arn: `${String(target.outputs.arn)}${qualifier}` };
  return broken.add(Type.eventTarget, "hourly-function", { ...inputs, rule: broken.one(Type.eventRule, "hourly").outputs.id });
}

describe("Rules for invocations", () => {
  specifyRules(invocationRules, {
    "lambda-scheduled-retries": [
      own((broken) => [broken.remove(config), broken.one(Type.schedule)], "project-function"),
      own((broken) => [broken.set(config, "maximumEventAgeInSeconds", undefined), broken.one(Type.schedule)], "project-function"),
      own((broken) => [broken.set(config, "qualifier", "live"), broken.one(Type.schedule)], "project-function"),
      ...["maximumRetryAttempts", "maximumEventAgeInSeconds"].map((input) =>
        own((broken) => [broken.set(config, input, lambdaDefaults[input]), broken.one(Type.schedule)], "project-function"),
      ),
      other((broken) => hourly(broken, ""), "event-target-permission", "reference-literal"),
    ],
  });

  it("check the settings of the alias that runs, and of no other", async () => {
    const broken = new BrokenGraph(await graphs.other());
    hourly(broken, ":live");
    const functionName = broken.one(Type.function).inputs.name ?? broken.one(Type.function).outputs.name;
    broken.add(config, "limits", { functionName, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60, qualifier: "live" });
    const about = () => preflight(broken.resources).filter(({ rule }) => rule.id === "lambda-scheduled-retries").length;
    assert.equal(about(), 0);
    broken.set(config, "qualifier", "next");
    assert.equal(about(), 1);
  });

  for (const [expression, age] of [
    ["rate(1 minute)", 60],
    ["rate(2 hours)", 7_200],
    ["cron(0/5 * * * ? *)", 300],
    ["cron(10,25 * * * ? *)", 900],
    ["cron(0 8-18/2 ? * MON-FRI *)", 7_200],
    ["cron(0 * * * ? *)", 3_600],
    ["cron(30 2,7 * * ? *)", 5 * 3_600],
    ["[unknown]", 3_600],
    ["cron(MON * * * ? *)", 3_600],
    ["cron(0/0 * * * ? *)", 3_600],
  ] as const)
    it(`allow an event of ${expression} to wait until the next one, and no longer`, async () => {
      const broken = new BrokenGraph(await graphs.own());
      broken.set(Type.schedule, "scheduleExpression", expression);
      const about = (seconds: number) => {
        broken.set(config, "maximumEventAgeInSeconds", seconds);
        return invocationRules[0].check(new Graph(broken.resources)).map(({ detail }) => detail);
      };
      assert.deepEqual(about(age), []);
      assert.match(about(age + 1).join(), /^maximumEventAgeInSeconds of webhook-reconciler-reconcile-function is \d/);
    });

  it("allow retries of a schedule that runs once", async () => {
    const broken = new BrokenGraph(await graphs.own());
    broken.set(Type.schedule, "scheduleExpression", "at(2026-12-01T00:00:00)");
    for (const [input, value] of Object.entries(lambdaDefaults)) broken.set(config, input, value);
    assert.deepEqual(invocationRules[0].check(new Graph(broken.resources)), []);
  });
});
