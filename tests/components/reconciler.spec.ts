import * as assert from "node:assert/strict";
import { Type } from "../../graph/types";
import { allows, program, statementsOf, type Program } from "../../testbed/program";
import { tableKeyActions } from "../helpers/permissions";

describe("Reconciler", () => {
  let dev: Program;
  before(async () => (dev = await program()));
  const schedule = () => dev.one(Type.schedule);
  const statements = () => dev.roleStatements("webhook-reconcile-dev");

  it("runs the reconciler every minute, with no window in which to be late", () => {
    const { name, scheduleExpression, flexibleTimeWindow, state, target } = schedule().inputs as Record<string, unknown>;
    assert.equal(name, "webhook-reconcile-dev");
    assert.equal(scheduleExpression, "rate(1 minute)");
    assert.deepEqual(flexibleTimeWindow, { mode: "OFF" });
    assert.equal(state, undefined, "a schedule is enabled unless it says otherwise");
    assert.equal((target as { arn: string }).arn, "arn:aws:lambda:eu-central-1:123456789012:function:webhook-reconcile-dev");
  });

  it("tries no late run again: the next one does the same", () => {
    const { retryPolicy } = schedule().inputs.target as { retryPolicy: object };
    assert.deepEqual(retryPolicy, { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 });
  });

  it("has Lambda try no run again, and keep none that is as old as the next: an asynchronous invocation ends there", () => {
    const config = dev.one(Type.functionEventInvokeConfig);
    assert.deepEqual(config.inputs, {
      functionName: "webhook-reconcile-dev",
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
    assert.ok(dev.dependsOn(schedule(), config), "before the first run");
  });

  it("gives the schedule a role that may invoke the reconciler and nothing else, before it is made", () => {
    const { arn, roleArn } = schedule().inputs.target as { arn: string; roleArn: string };
    assert.equal(roleArn, "arn:aws:iam::123456789012:role/webhook-schedule-dev");
    const granted = dev.roleStatements("webhook-schedule-dev").map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource }));
    assert.deepEqual(granted, [{ Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: arn }]);
    assert.ok(dev.dependsOn(schedule(), dev.one(Type.rolePolicy, "schedule-policy")));
  });

  it("lets EventBridge Scheduler of this account alone assume that role", () => {
    const [trust] = statementsOf(dev.one(Type.role, "schedule-role").inputs.assumeRolePolicy);
    assert.deepEqual(trust.Principal, { Service: "scheduler.amazonaws.com" });
    assert.deepEqual(trust.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
  });

  it("may find events by the index, which holds no payload, but read none", () => {
    const table = "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-events-dev";
    const onTable = statements().flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => (action.startsWith("dynamodb:") ? [`${action} ${String(Resource)}`] : [])),
    );
    assert.deepEqual(onTable.sort(), [`dynamodb:Query ${table}/index/by_status`, `dynamodb:UpdateItem ${table}`]);
  });

  it("may use the key of table and queue", () => {
    const key = dev.one(Type.table).inputs.serverSideEncryption as { kmsKeyArn: string };
    for (const action of tableKeyActions) assert.ok(allows(statements(), action, key.kmsKeyArn), action);
  });
});
