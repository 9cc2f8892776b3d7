import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { boundRules } from "../../../preflight/rules/bounds";
import { program } from "../../../testbed/program";
import { own, BrokenGraph, specifyRules } from "../../helpers/brokenGraph";

const set = (type: string, path: string, value: unknown) => own((broken) => broken.set(type, path, value));

describe("Rules for bounds", () => {
  specifyRules(boundRules, {
    "lambda-memory": [
      set(Type.function, "memorySize", 64),
      set(Type.function, "memorySize", "20000"),
      set(Type.function, "memorySize", "512x"),
    ],
    "lambda-timeout": set(Type.function, "timeout", 901),
    "sqs-visibility-timeout": set(Type.queue, "visibilityTimeoutSeconds", 43_201),
    "sqs-retention": set(Type.queue, "messageRetentionSeconds", 59),
    "sqs-delay": set(Type.queue, "delaySeconds", 901),
    "sqs-message-size": set(Type.queue, "maxMessageSize", 1023),
    "sqs-data-key-reuse": set(Type.queue, "kmsDataKeyReusePeriodSeconds", 59),
    "kms-deletion-window": set(Type.key, "deletionWindowInDays", 6),
    "secret-recovery-window": set(Type.secret, "recoveryWindowInDays", 1),
    "log-retention": set(Type.logGroup, "retentionInDays", 31),
    "table-recovery-period": set(Type.table, "pointInTimeRecovery.recoveryPeriodInDays", 36),
    "pipe-record-age": set(Type.pipe, "sourceParameters.dynamodbStreamParameters.maximumRecordAgeInSeconds", 30),
  });

  it("accept a value that is known only after deployment", async () => {
    const broken = new BrokenGraph((await program()).resources);
    broken.set(Type.function, "memorySize", "[unknown]");
    assert.deepEqual(preflight(broken.resources), []);
  });
});
