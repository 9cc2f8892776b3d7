import { Type } from "../../../preflight/graph/types";
import { referenceRules } from "../../../preflight/rules/references";
import { other, own, specifyRules } from "../../helpers/brokenGraph";

describe("Rules for references", () =>
  specifyRules(referenceRules, {
    "input-missing": [
      own((broken) => broken.set(Type.basePathMapping, "restApi", undefined)),
      own((broken) => broken.set(Type.topicPolicy, "policy", undefined)),
    ],
    "other-region": [
      other((broken) => broken.set(Type.function, "layers", ["arn:aws:lambda:us-west-2:123456789012:layer:tools:1"])),
      own((broken) =>
        broken.edit(Type.dashboard, broken.one(Type.dashboard).name, "dashboardBody", (body) => {
          (body.widgets as { properties: { region: string } }[])[0].properties.region = "eu-west-1";
        }),
      ),
      other((broken) => broken.set(Type.function, "environment.variables.QUEUE", "https://sqs.us-west-2.amazonaws.com/123456789012/x")),
    ],
    "other-account": other((broken) => broken.set(Type.function, "layers", ["arn:aws:lambda:eu-central-1:999999999999:layer:tools:1"])),
    "reference-unknown": [
      own((broken) => broken.set(Type.alias, "targetKeyId", "no-such-key")),
      other((broken) => broken.set(Type.function, "environment.variables.QUEUE", "arn:aws:sqs:eu-central-1:123456789012:nobody")),
    ],
    "reference-literal": other((broken) => {
      const alarm = broken.one(Type.metricAlarm, "stuck");
      return broken.unchain(alarm, broken.one(Type.topic, "shop"));
    }),
    "lambda-log-group-late": own(
      (broken) => {
        const resource = broken.one(Type.function, "receive-function");
        for (const policy of ["receive-policy", "receive-logs"])
          broken.unchain(
            resource,
            broken.resources.find(({ name }) => name.endsWith(policy))!,
          );
        return resource;
      },
      "lambda-dead-letter-permission",
      "lambda-dead-letter-key",
      "lambda-network-permission",
    ),
  }));
