import { Type } from "../../../graph/types";
import { functionRules } from "../../../policy/rules/functions";
import { other, own, specifyRules } from "../patient";

const variable = (name: string, value: string) => other((patient) => patient.set(Type.function, `environment.variables.${name}`, value));

describe("Rules over functions", () =>
  specifyRules(functionRules, {
    "lambda-runtime": [
      other((patient) => patient.set(Type.function, "runtime", "nodejs14.x")),
      other((patient) => patient.set(Type.function, "runtime", "go1.x")),
    ],
    "lambda-handler": [
      own((patient) => patient.set(Type.function, "handler", "main.handler")),
      own((patient) => patient.set(Type.function, "handler", "index")),
    ],
    "lambda-code": [
      other((patient) => patient.set(Type.function, "code", undefined)),
      other((patient) => patient.set(Type.function, "runtime", undefined)),
      other((patient) => patient.set(Type.function, "packageType", "Image")),
    ],
    "lambda-variable": [
      own((patient) => patient.set(Type.function, "environment.variables.EVENTS_TABLE", undefined, "receive-function")),
      own((patient) => patient.set(Type.function, "environment.variables.EVENTS_TABLE", "another-table", "receive-function")),
      own((patient) => patient.set(Type.function, "environment.variables.PROVIDER_SECRETS", '{"stripe":"arn:none"}', "receive-function")),
      own((patient) => patient.set(Type.function, "environment.variables.POWERTOOLS_SERVICE_NAME", "another", "receive-function")),
    ],
    "lambda-environment-reserved": variable("AWS_REGION", "eu-central-1"),
    "lambda-environment-name": [variable("MY-NAME", "1"), variable("X", "1")],
    "lambda-environment-size": variable("LONG", "x".repeat(4_096)),
    "lambda-reserved-concurrency": own((patient) => patient.set(Type.function, "reservedConcurrentExecutions", 901)),
    "lambda-log-format": other((patient) =>
      patient.set(Type.function, "loggingConfig", { logFormat: "Text", applicationLogLevel: "INFO" }),
    ),
  }));
