import * as assert from "node:assert/strict";
import { Type } from "../../preflight/graph/types";
import { allows, program, statementsOf, type Program } from "../../testbed/program";
import { tableKeyActions } from "../helpers/permissions";

describe("Reconciler", () => {
  let dev: Program;
  before(async () => (dev = await program()));
  const schedule = () => dev.one(Type.schedule);
  const statements = () => dev.roleStatements("webhook-reconcile-dev");

  it("runs every minute, without a flexible time window", () => {
    const { name, scheduleExpression, flexibleTimeWindow, state, target } = schedule().inputs as Record<string, unknown>;
    assert.equal(name, "webhook-reconcile-dev");
    assert.equal(scheduleExpression, "rate(1 minute)");
    assert.deepEqual(flexibleTimeWindow, { mode: "OFF" });
    assert.equal(state, undefined, "a schedule is enabled unless it says otherwise");
    assert.equal((target as { arn: string }).arn, "arn:aws:lambda:eu-central-1:123456789012:function:webhook-reconcile-dev");
  });

  it("does not retry a late run, because the next one does the same work", () => {
    const { retryPolicy } = schedule().inputs.target as { retryPolicy: object };
    assert.deepEqual(retryPolicy, { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 });
  });

  it("stops Lambda from retrying a run or keeping it until the next one", () => {
    const config = dev.one(Type.functionEventInvokeConfig);
    assert.deepEqual(config.inputs, {
      functionName: "webhook-reconcile-dev",
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
    assert.ok(dev.dependsOn(schedule(), config), "before the first run");
  });

  it("gives the schedule a role that may only invoke the reconciler, before the schedule exists", () => {
    const { arn, roleArn } = schedule().inputs.target as { arn: string; roleArn: string };
    assert.equal(roleArn, "arn:aws:iam::123456789012:role/webhook-schedule-dev");
    const granted = dev.roleStatements("webhook-schedule-dev").map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource }));
    assert.deepEqual(granted, [{ Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: arn }]);
    assert.ok(dev.dependsOn(schedule(), dev.one(Type.rolePolicy, "schedule-policy")));
  });

  it("lets only EventBridge Scheduler of this account assume that role", () => {
    const [trust] = statementsOf(dev.one(Type.role, "schedule-role").inputs.assumeRolePolicy);
    assert.deepEqual(trust.Principal, { Service: "scheduler.amazonaws.com" });
    assert.deepEqual(trust.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
  });

  it("may query the index of open events, and read the items that are due", () => {
    const table = "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-events-dev";
    const onTable = statements().flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => (action.startsWith("dynamodb:") ? [`${action} ${String(Resource)}`] : [])),
    );
    assert.deepEqual(onTable.sort(), [
      `dynamodb:BatchGetItem ${table}`,
      `dynamodb:Query ${table}/index/open`,
      `dynamodb:UpdateItem ${table}`,
    ]);
  });

  it("may use the data key of table and queue", () => {
    const key = dev.one(Type.table).inputs.serverSideEncryption as { kmsKeyArn: string };
    for (const action of tableKeyActions) assert.ok(allows(statements(), action, key.kmsKeyArn), action);
  });

  const ofListeners = (own: Program) =>
    own
      .roleStatements("webhook-reconcile-dev")
      .filter(({ Sid }) => /OfListen$/.test(Sid!))
      .map(({ Action, Resource }) => [Action, Resource]);
  const busOf = (own: Program) => {
    const { inputs } = own.resources.find((one) => one.type === Type.function && one.inputs.name === "webhook-reconcile-dev")!;
    return (inputs.environment as { variables: Record<string, string> }).variables.EVENT_BUS_NAME;
  };

  it("may remove the queues and rules of listen, and no others", () => {
    assert.deepEqual(ofListeners(dev), [
      [["events:ListRules"], "*"],
      [
        ["events:ListTagsForResource", "events:RemoveTargets", "events:DeleteRule"],
        "arn:aws:events:eu-central-1:123456789012:rule/webhook-events-dev/webhook-listen-????????-dev",
      ],
      [["sqs:DeleteQueue"], "arn:aws:sqs:eu-central-1:123456789012:webhook-listen-????????-dev"],
    ]);
    assert.equal(busOf(dev), "webhook-events-dev");
  });

  it("looks for none of them where its network does not lead to EventBridge", async () => {
    const isolated = await program({ network: "private", sources: ["stripe"] });
    assert.deepEqual([ofListeners(isolated), busOf(isolated)], [[], ""]);
    const withGateway = await program({ network: "private", sources: ["paypal"] });
    assert.deepEqual([ofListeners(withGateway).length, busOf(withGateway)], [3, "webhook-events-dev"]);
  });
});
