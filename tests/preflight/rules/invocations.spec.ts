import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import { preflight } from "../../../preflight/preflight";
import { Graph } from "../../../preflight/graph";
import { invocationRules } from "../../../preflight/rules/invocations";
import { graphs, other, own, Patient, specifyRules } from "../../helpers/patient";

const config = Type.functionEventInvokeConfig;

/** What Lambda does where nobody asks. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const lambdaDefaults: Record<string, number> = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 21_600 };

/** Another program whose hourly rule runs this alias of a function. */
function hourly(patient: Patient, qualifier: string) {
  const target = patient.one(Type.function);
  const inputs = { rule: patient.one(Type.eventRule).inputs.name, arn: `${String(target.outputs.arn)}${qualifier}` };
  return patient.add(Type.eventTarget, "hourly-function", { ...inputs, rule: patient.one(Type.eventRule, "hourly").outputs.id });
}

describe("Rules over invocations", () => {
  specifyRules(invocationRules, {
    "lambda-scheduled-retries": [
      own((patient) => [patient.remove(config), patient.one(Type.schedule)], "project-function"),
      own((patient) => [patient.set(config, "maximumEventAgeInSeconds", undefined), patient.one(Type.schedule)], "project-function"),
      own((patient) => [patient.set(config, "qualifier", "live"), patient.one(Type.schedule)], "project-function"),
      ...["maximumRetryAttempts", "maximumEventAgeInSeconds"].map((input) =>
        own((patient) => [patient.set(config, input, lambdaDefaults[input]), patient.one(Type.schedule)], "project-function"),
      ),
      other((patient) => hourly(patient, ""), "event-target-permission", "reference-literal"),
    ],
  });

  it("ask for the settings of the alias that is run, and of no other", async () => {
    const patient = new Patient(await graphs.other());
    hourly(patient, ":live");
    const functionName = patient.one(Type.function).inputs.name ?? patient.one(Type.function).outputs.name;
    patient.add(config, "limits", { functionName, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60, qualifier: "live" });
    const about = () => preflight(patient.resources).filter(({ rule }) => rule.id === "lambda-scheduled-retries").length;
    assert.equal(about(), 0);
    patient.set(config, "qualifier", "next");
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
    it(`let an event of ${expression} wait until the next, and no longer`, async () => {
      const patient = new Patient(await graphs.own());
      patient.set(Type.schedule, "scheduleExpression", expression);
      const about = (seconds: number) => {
        patient.set(config, "maximumEventAgeInSeconds", seconds);
        return invocationRules[0].check(new Graph(patient.resources)).map(({ detail }) => detail);
      };
      assert.deepEqual(about(age), []);
      assert.match(about(age + 1).join(), /^maximumEventAgeInSeconds of webhook-reconciler-reconcile-function is \d/);
    });

  it("let a run that is the only one be tried again", async () => {
    const patient = new Patient(await graphs.own());
    patient.set(Type.schedule, "scheduleExpression", "at(2026-12-01T00:00:00)");
    for (const [input, value] of Object.entries(lambdaDefaults)) patient.set(config, input, value);
    assert.deepEqual(invocationRules[0].check(new Graph(patient.resources)), []);
  });
});
