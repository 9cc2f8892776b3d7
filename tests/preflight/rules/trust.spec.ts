import { Type } from "../../../preflight/graph/types";
import { trustRules } from "../../../preflight/rules/trust";
import { other, own, specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

/** Makes a resource's role trust another service. */
const distrust = (role: string, service: string, type: string, name?: string): PlantedViolation =>
  own((broken) => [broken.rewrite(Type.role, role, "assumeRolePolicy", service, "ec2.amazonaws.com"), broken.one(type, name)]);

describe("Rules for trust", () =>
  specifyRules(trustRules, {
    "lambda-role-trust": {
      ...distrust("process-role", "lambda.amazonaws.com", Type.function, "process-function"),
      also: ["project-confused-deputy"],
    },
    "state-machine-role-trust": [
      distrust("workflow-role", "states.amazonaws.com", Type.stateMachine),
      own((broken) => [
        broken.rewrite(Type.role, "workflow-role", "assumeRolePolicy", "123456789012", "999999999999"),
        broken.one(Type.stateMachine),
      ]),
    ],
    "schedule-role-trust": distrust("schedule-role", "scheduler.amazonaws.com", Type.schedule),
    "pipe-role-trust": distrust("pipe-role", "pipes.amazonaws.com", Type.pipe),
    "api-logging-role-trust": {
      ...distrust("webhook-api-logs-dev", "apigateway.amazonaws.com", Type.account),
      also: ["project-confused-deputy"],
    },
    "event-target-role-trust": other(
      (broken) => {
        const target = broken.one("aws:cloudwatch/eventTarget:EventTarget");
        target.inputs.roleArn = broken.one(Type.role, "flow").outputs.arn;
        return target;
      },
      "event-target-permission",
      "reference-literal",
    ),
  }));
