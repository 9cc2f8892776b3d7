import * as assert from "node:assert/strict";
import { captureProgram } from "../../graph/capture";
import { holdsData, knowsReplacement, replacingInputs } from "../../graph/replacement";

describe("What a change of an input means", () => {
  it("is known for every AWS resource of the program", async () => {
    const { resources } = await captureProgram();
    const types = new Set(resources.map(({ type }) => type).filter((type) => type.startsWith("aws:")));
    assert.ok(types.size > 20, `${types.size} types`);
    assert.deepEqual(
      [...types].filter((type) => !knowsReplacement(type)),
      [],
    );
  });

  it("is a new resource when the name changes, and an update in place when a number does", () => {
    assert.deepEqual(replacingInputs("aws:sqs/queue:Queue", ["visibilityTimeoutSeconds", "name"]), ["name"]);
    assert.deepEqual(replacingInputs("aws:apigateway/methodSettings:MethodSettings", ["settings"]), []);
  });

  it("is a new resource, whatever changes, where AWS updates nothing in place", () => {
    assert.deepEqual(replacingInputs("aws:lambda/permission:Permission", ["sourceArn"]), ["sourceArn"]);
  });

  it("is not guessed for a type that is not in the table", () => {
    assert.equal(knowsReplacement("aws:ec2/instance:Instance"), false);
    assert.deepEqual(replacingInputs("aws:ec2/instance:Instance", ["ami"]), []);
  });

  it("is a loss where the resource holds events, messages, logs, secrets or keys", () => {
    assert.equal(holdsData("aws:dynamodb/table:Table"), true);
    assert.equal(holdsData("aws:cloudwatch/metricAlarm:MetricAlarm"), false);
  });
});
