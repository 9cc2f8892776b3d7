import * as assert from "node:assert/strict";
import { Type } from "../../../graph/types";
import type { Account } from "../../../preflight/graph";
import { preflight } from "../../../preflight/preflight";
import { functionRules } from "../../../preflight/rules/functions";
import { guarded, program } from "../../../testbed/program";
import { other, own, Patient, specifyRules } from "../../helpers/patient";

const variable = (name: string, value: string) => other((patient) => patient.set(Type.function, `environment.variables.${name}`, value));

/** In an account with this limit; one that nobody has lowered or raised, if none is given. */
const reserving = (executions: number, account: Account = {}, ...also: string[]) =>
  own(
    (patient) => {
      patient.account = account;
      return patient.set(Type.function, "reservedConcurrentExecutions", executions);
    },
    ...also,
  );

describe("Rules over functions", () => {
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
      own((patient) => patient.set(Type.function, "environment.variables.SOURCE_SECRETS", '{"stripe":"arn:none"}', "receive-function")),
      own((patient) => patient.set(Type.function, "environment.variables.POWERTOOLS_SERVICE_NAME", "another", "receive-function")),
    ],
    "lambda-environment-reserved": variable("AWS_REGION", "eu-central-1"),
    "lambda-environment-name": [variable("MY-NAME", "1"), variable("X", "1")],
    "lambda-environment-size": variable("LONG", "x".repeat(4_096)),
    "lambda-reserved-concurrency": [
      reserving(901),
      reserving(1, { concurrency: 100 }),
      reserving(1, { concurrency: 10 }, "lambda-account-concurrency"),
    ],
    "lambda-account-concurrency": own((patient) => {
      patient.account = { concurrency: 99 };
      return patient.one(Type.function);
    }),
    "lambda-log-format": other((patient) =>
      patient.set(Type.function, "loggingConfig", { logFormat: "Text", applicationLogLevel: "INFO" }),
    ),
  });

  it("hold reservations against the account's own limit, where the configuration says it", async () => {
    const patient = new Patient((await program(guarded)).resources);
    patient.set(Type.function, "reservedConcurrentExecutions", 1_900);
    assert.deepEqual(preflight(patient.resources, { concurrency: 2_000 }), []);
    assert.deepEqual(preflight((await program(guarded)).resources, { concurrency: 100 }), [], "with nothing reserved");
  });
});
