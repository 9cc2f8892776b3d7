import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { allows, guarded, program, statementsOf, varied, type Program, type Statement } from "../../../testbed/program";
import { tableKeyActions } from "../../helpers/permissions";

const account = "eu-central-1:123456789012";
const tableArn = `arn:aws:dynamodb:${account}:table/webhook-events-dev`;
const queueArn = `arn:aws:sqs:${account}:webhook-dead-letters-dev`;
const stateMachineArn = `arn:aws:states:${account}:stateMachine:webhook-workflow-dev`;

/** Actions from Step Functions' documentation of logging, listed here so that a change of the program's list is noticed. */
const logDeliveryActions = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

describe("Workflow", () => {
  let dev: Program;
  let standard: Program;
  before(async () => {
    dev = await program();
    standard = await program(guarded);
  });

  describe("the state machine's role", () => {
    const statements = () => dev.roleStatements("webhook-workflow-dev");

    for (const action of logDeliveryActions) {
      it(`may ${action}, for log delivery`, () => assert.ok(allows(statements(), action, "*")));
    }

    it("may make each state's call, on its own target only", () => {
      assert.ok(allows(statements(), "dynamodb:UpdateItem", tableArn));
      assert.ok(allows(statements(), "lambda:InvokeFunction", `arn:aws:lambda:${account}:function:webhook-process-dev`));
      assert.ok(allows(statements(), "events:PutEvents", `arn:aws:events:${account}:event-bus/webhook-events-dev`));
      assert.ok(allows(statements(), "sqs:SendMessage", queueArn));
    });

    it("may use the data key", () => {
      const dataKeyArn = dev.one(Type.queue).inputs.kmsMasterKeyId;
      for (const action of tableKeyActions) {
        assert.ok(allows(statements(), action, dataKeyArn), action);
      }
    });

    it("may send traces", () => {
      for (const action of ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"]) {
        assert.ok(allows(statements(), action, "*"), action);
      }
    });

    it("can be assumed only by Step Functions of this account", () => {
      assert.deepEqual(trustOf("workflow-role"), {
        Sid: "Trust",
        Effect: "Allow",
        Principal: { Service: "states.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      });
    });
  });

  describe("the state machine", () => {
    const stateMachine = () => dev.one(Type.stateMachine);

    it("is created after the policy that lets its role deliver logs", () => {
      assert.ok(stateMachine().dependencies.includes(dev.one(Type.rolePolicy, "workflow-log-delivery").urn));
    });

    it("is created after the policy for its states", () => {
      assert.ok(stateMachine().dependencies.includes(dev.one(Type.rolePolicy, "workflow-policy").urn));
    });

    it("logs failures, with their data, to its vended log group", () => {
      assert.deepEqual(stateMachine().inputs.loggingConfiguration, {
        level: "ERROR",
        includeExecutionData: true,
        logDestination: `arn:aws:logs:${account}:log-group:/aws/vendedlogs/states/webhook-workflow-dev:*`,
      });
      assert.equal(dev.one(Type.logGroup, "workflow-logs").inputs.name, "/aws/vendedlogs/states/webhook-workflow-dev");
    });

    it("logs each state if configured", async () => {
      const { loggingConfiguration } = (await program(varied)).one(Type.stateMachine).inputs;
      assert.equal((loggingConfiguration as { level: string }).level, "ALL");
    });

    it("is traced", () => assert.deepEqual(stateMachine().inputs.tracingConfiguration, { enabled: true }));

    it("is EXPRESS unless configured", () => {
      assert.equal(stateMachine().inputs.type, "EXPRESS");
      assert.equal(standard.one(Type.stateMachine).inputs.type, "STANDARD");
    });
  });

  describe("the pipe", () => {
    const pipe = () => dev.one(Type.pipe);
    const source = () => pipe().inputs.sourceParameters as Record<string, Record<string, unknown>>;
    const target = (from = dev) => from.one(Type.pipe).inputs.targetParameters as Record<string, Record<string, unknown> & string>;

    it("reads the table's stream from its beginning", () => {
      assert.deepEqual(pipe().propertyDependencies.source, [dev.one(Type.table).urn]);
      assert.equal(source().dynamodbStreamParameters.startingPosition, "TRIM_HORIZON");
    });

    it("passes only RECEIVED items", () => {
      const [{ pattern }] = source().filterCriteria.filters as { pattern: string }[];
      assert.deepEqual(JSON.parse(pattern), { eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: { status: { S: ["RECEIVED"] } } } });
    });

    it("passes keys and never a payload", () => {
      assert.equal(target().inputTemplate, '{"dynamodb": {"Keys": <$.dynamodb.Keys>}}');
    });

    it("passes records at once, and reads ten batches of each shard in parallel", () => {
      const { maximumBatchingWindowInSeconds, parallelizationFactor } = (pipe().inputs.sourceParameters as Record<string, object>)
        .dynamodbStreamParameters as Record<string, number>;
      assert.deepEqual([maximumBatchingWindowInSeconds, parallelizationFactor], [0, 10]);
    });

    it("retries and bisects a batch, and finally sends it to the dead-letter queue", () => {
      const { maximumRetryAttempts, maximumRecordAgeInSeconds, onPartialBatchItemFailure, deadLetterConfig, batchSize } =
        source().dynamodbStreamParameters;
      assert.equal(maximumRetryAttempts, 10);
      assert.equal(maximumRecordAgeInSeconds, 82_800);
      assert.equal(onPartialBatchItemFailure, "AUTOMATIC_BISECT");
      assert.deepEqual(deadLetterConfig, { arn: queueArn });
      assert.equal(batchSize, 10);
    });

    it("awaits an EXPRESS execution and only starts a STANDARD one", () => {
      assert.equal(target().stepFunctionStateMachineParameters.invocationType, "REQUEST_RESPONSE");
      assert.equal(target(standard).stepFunctionStateMachineParameters.invocationType, "FIRE_AND_FORGET");
    });

    it("logs its errors, without the records' data", () => {
      const log = pipe().inputs.logConfiguration as Record<string, unknown>;
      assert.equal(log.level, "ERROR");
      assert.deepEqual(log.cloudwatchLogsLogDestination, { logGroupArn: dev.one(Type.logGroup, "pipe-logs").outputs.arn });
      assert.equal(log.includeExecutionDatas, undefined);
    });

    it("is created after its role's policy, which AWS checks", () => {
      assert.ok(pipe().dependencies.includes(dev.one(Type.rolePolicy, "pipe-policy").urn));
    });

    it("may read the stream, start the workflow and send dead letters", () => {
      const statements = dev.roleStatements("webhook-pipe-dev");
      for (const action of ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]) {
        assert.ok(allows(statements, action, pipe().inputs.source), action);
      }
      assert.ok(allows(statements, "dynamodb:ListStreams", "*"), "AWS checks it against * alone");
      const dataKeyArn = dev.one(Type.queue).inputs.kmsMasterKeyId;
      assert.ok(allows(statements, "states:StartSyncExecution", stateMachineArn));
      assert.ok(allows(statements, "sqs:SendMessage", queueArn));
      assert.ok(allows(statements, "kms:Decrypt", dataKeyArn));
      assert.ok(allows(statements, "kms:GenerateDataKey", dataKeyArn));
    });

    it("may start a STANDARD workflow asynchronously", () => {
      const statements = standard.roleStatements("webhook-pipe-dev");
      assert.ok(allows(statements, "states:StartExecution", stateMachineArn));
      assert.ok(!allows(statements, "states:StartSyncExecution", stateMachineArn));
    });

    it("has a role that only pipes of this account can assume", () => {
      const trust = trustOf("pipe-role");
      assert.deepEqual(trust.Principal, { Service: "pipes.amazonaws.com" });
      assert.deepEqual(trust.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
    });
  });

  it("has an event bus of its own", () => assert.equal(dev.one(Type.eventBus).inputs.name, "webhook-events-dev"));

  function trustOf(role: string): Statement {
    return statementsOf(dev.one(Type.role, role).inputs.assumeRolePolicy)[0];
  }

  it("archives only the pipeline's published events, as long as events are kept", async () => {
    const { inputs } = dev.one(Type.eventArchive);
    assert.deepEqual(inputs, {
      name: "webhook-events-dev",
      description: "Published events of the webhook pipeline, for replays",
      eventSourceArn: "arn:aws:events:eu-central-1:123456789012:event-bus/webhook-events-dev",
      eventPattern: '{"source":["webhook.pipeline"]}',
      retentionDays: 90,
    });
    assert.equal((await program(varied)).one(Type.eventArchive).inputs.retentionDays, 30);
  });
});
