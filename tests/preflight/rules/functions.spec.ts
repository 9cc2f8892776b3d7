import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import type { Account } from "../../../preflight/graph/graph";
import { preflight } from "../../../preflight/preflight";
import { functionRules } from "../../../preflight/rules/functions";
import { guarded, program } from "../../../testbed/program";
import { other, own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

const variable = (name: string, value: string) => other((broken) => broken.set(Type.function, `environment.variables.${name}`, value));

/** Reserves executions in an account with this quota, or with the default one. */
const reserving = (executions: number, account: Account = {}, ...also: string[]) =>
  own(
    (broken) => {
      broken.account = account;
      return broken.set(Type.function, "reservedConcurrentExecutions", executions);
    },
    ...also,
  );

describe("Rules for functions", () => {
  specifyRules(functionRules, {
    "lambda-runtime": [
      other((broken) => broken.set(Type.function, "runtime", "nodejs14.x")),
      other((broken) => broken.set(Type.function, "runtime", "go1.x")),
    ],
    "lambda-handler": [
      own((broken) => broken.set(Type.function, "handler", "main.handler")),
      own((broken) => broken.set(Type.function, "handler", "index")),
    ],
    "lambda-code": [
      other((broken) => broken.set(Type.function, "code", undefined)),
      other((broken) => broken.set(Type.function, "runtime", undefined)),
      other((broken) => broken.set(Type.function, "packageType", "Image")),
    ],
    "lambda-variable": [
      own((broken) => broken.set(Type.function, "environment.variables.EVENTS_TABLE", undefined, "receive-function")),
      own((broken) => broken.set(Type.function, "environment.variables.EVENTS_TABLE", "another-table", "receive-function")),
      own((broken) => broken.set(Type.function, "environment.variables.SOURCE_SECRETS", "webhook-{source}-other", "receive-function")),
      own((broken) => broken.set(Type.function, "environment.variables.POWERTOOLS_SERVICE_NAME", "another", "receive-function")),
    ],
    "lambda-environment-reserved": variable("AWS_REGION", "eu-central-1"),
    "lambda-environment-name": [variable("MY-NAME", "1"), variable("X", "1")],
    "lambda-environment-size": variable("LONG", "x".repeat(4_096)),
    "lambda-reserved-concurrency": [
      reserving(901),
      reserving(1, { concurrency: 100 }),
      reserving(1, { concurrency: 10 }, "lambda-account-concurrency"),
    ],
    "lambda-account-concurrency": own((broken) => {
      broken.account = { concurrency: 99 };
      return broken.one(Type.function);
    }),
    "lambda-log-format": other((broken) => broken.set(Type.function, "loggingConfig", { logFormat: "Text", applicationLogLevel: "INFO" })),
  });

  it("compare reservations with the account's quota, if the configuration has one", async () => {
    const broken = new BrokenGraph((await program(guarded)).resources);
    broken.set(Type.function, "reservedConcurrentExecutions", 1_900);
    assert.deepEqual(preflight(broken.resources, { concurrency: 2_000 }), []);
    assert.deepEqual(preflight((await program(guarded)).resources, { concurrency: 100 }), [], "with nothing reserved");
  });
});
