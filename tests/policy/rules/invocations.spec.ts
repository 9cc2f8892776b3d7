import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import { preflight } from "../../../policy/preflight";
import { invocationRules } from "../../../policy/rules/invocations";
import { graphs, other, own, Patient, specifyRules } from "../patient";

const config = Type.functionEventInvokeConfig;

/** Another program whose hourly rule runs this alias of a function. */
function hourly(patient: Patient, qualifier: string) {
  const target = patient.one(Type.function);
  const inputs = { rule: patient.one(Type.eventRule).inputs.name, arn: `${String(target.outputs.arn)}${qualifier}` };
  return patient.add(Type.eventTarget, "hourly-function", { ...inputs, rule: patient.one(Type.eventRule, "hourly").outputs.id });
}

describe("Rules over invocations", () => {
  specifyRules(invocationRules, {
    "lambda-scheduled-retries": [
      own((patient) => {
        patient.resources.splice(patient.resources.indexOf(patient.one(config)), 1);
        return patient.one(Type.schedule);
      }, "promise-function"),
      own((patient) => {
        patient.set(config, "maximumEventAgeInSeconds", undefined);
        return patient.one(Type.schedule);
      }, "promise-function"),
      own((patient) => {
        patient.set(config, "qualifier", "live");
        return patient.one(Type.schedule);
      }, "promise-function"),
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
});
