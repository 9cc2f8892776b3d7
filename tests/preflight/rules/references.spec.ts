import { Type } from "../../../graph/types";
import { referenceRules } from "../../../preflight/rules/references";
import { other, own, specifyRules } from "../../helpers/patient";

describe("Rules over references", () =>
  specifyRules(referenceRules, {
    "input-missing": [
      own((patient) => patient.set(Type.basePathMapping, "restApi", undefined)),
      own((patient) => patient.set(Type.topicPolicy, "policy", undefined)),
    ],
    "other-region": [
      other((patient) => patient.set(Type.function, "layers", ["arn:aws:lambda:us-west-2:123456789012:layer:tools:1"])),
      own((patient) =>
        patient.edit(Type.dashboard, patient.one(Type.dashboard).name, "dashboardBody", (body) => {
          (body.widgets as { properties: { region: string } }[])[0].properties.region = "eu-west-1";
        }),
      ),
      other((patient) => patient.set(Type.function, "environment.variables.QUEUE", "https://sqs.us-west-2.amazonaws.com/123456789012/x")),
    ],
    "other-account": other((patient) => patient.set(Type.function, "layers", ["arn:aws:lambda:eu-central-1:999999999999:layer:tools:1"])),
    "reference-unknown": [
      own((patient) => patient.set(Type.alias, "targetKeyId", "no-such-key")),
      other((patient) => patient.set(Type.function, "environment.variables.QUEUE", "arn:aws:sqs:eu-central-1:123456789012:nobody")),
    ],
    "reference-literal": other((patient) => {
      const alarm = patient.one(Type.metricAlarm, "stuck");
      return patient.unchain(alarm, patient.one(Type.topic, "shop"));
    }),
    "lambda-log-group-late": own(
      (patient) => {
        const resource = patient.one(Type.function, "receive-function");
        for (const policy of ["receive-policy", "receive-logs"])
          patient.unchain(
            resource,
            patient.resources.find(({ name }) => name.endsWith(policy))!,
          );
        return resource;
      },
      "lambda-dead-letter-permission",
      "lambda-dead-letter-key",
      "lambda-network-permission",
    ),
  }));
