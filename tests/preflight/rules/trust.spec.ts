import { Type } from "../../../graph/types";
import { trustRules } from "../../../preflight/rules/trust";
import { other, own, specifyRules, type Fault } from "../../helpers/patient";

/** As if another service were to take the role of a resource. */
const distrust = (role: string, service: string, type: string, name?: string): Fault =>
  own((patient) => [patient.rewrite(Type.role, role, "assumeRolePolicy", service, "ec2.amazonaws.com"), patient.one(type, name)]);

describe("Rules over trust", () =>
  specifyRules(trustRules, {
    "lambda-role-trust": {
      ...distrust("process-role", "lambda.amazonaws.com", Type.function, "process-function"),
      also: ["project-confused-deputy"],
    },
    "state-machine-role-trust": [
      distrust("workflow-role", "states.amazonaws.com", Type.stateMachine),
      own((patient) => [
        patient.rewrite(Type.role, "workflow-role", "assumeRolePolicy", "123456789012", "999999999999"),
        patient.one(Type.stateMachine),
      ]),
    ],
    "schedule-role-trust": distrust("schedule-role", "scheduler.amazonaws.com", Type.schedule),
    "pipe-role-trust": distrust("pipe-role", "pipes.amazonaws.com", Type.pipe),
    "api-logging-role-trust": {
      ...distrust("webhook-api-logs-dev", "apigateway.amazonaws.com", Type.account),
      also: ["project-confused-deputy"],
    },
    "event-target-role-trust": other(
      (patient) => {
        const target = patient.one("aws:cloudwatch/eventTarget:EventTarget");
        target.inputs.roleArn = patient.one(Type.role, "flow").outputs.arn;
        return target;
      },
      "event-target-permission",
      "reference-literal",
    ),
  }));
