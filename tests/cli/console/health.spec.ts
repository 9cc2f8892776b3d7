import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { DescribePipeCommand, PipesClient, type DescribePipeCommandOutput } from "@aws-sdk/client-pipes";
import { ListSecretVersionIdsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mockClient } from "aws-sdk-client-mock";
import { readHealth, type HealthTarget } from "../../../cli/console/health";
import { withOwnSend } from "../../helpers/ownSend";

const at = new Date("2026-01-31T12:00:00Z");

/** Error that AWS answers where a permission is missing. */
function denied(action: string): Error {
  const message = `User: arn:aws:iam::123456789012:user/ada is not authorized to perform: ${action} on resource: *`;
  return Object.assign(new Error(message), { name: "AccessDeniedException", $metadata: {} });
}

function alarm(AlarmName: string, heading: string, StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA"): MetricAlarm {
  return { AlarmName, AlarmDescription: `It is broken. Mend it. docs/runbook.md#${heading}`, StateValue, StateTransitionedTimestamp: at };
}

describe("The health of a pipeline", () => {
  const target: HealthTarget = {
    stack: "dev",
    suffix: "dev",
    stageName: "webhook-api-dev",
    pipeName: "webhook-events-dev",
    tableName: "webhook-events-dev",
    deliveriesTableName: "webhook-deliveries-dev",
    deadLetterQueueUrl: "https://sqs.example.com/webhook-dead-letters-dev",
    secretArns: { stripe: "arn:stripe" },
    destinations: { orders: {} },
    cloudWatch: new CloudWatchClient({}),
    pipes: new PipesClient({}),
    dynamodb: new DynamoDBClient({}),
    sqs: new SQSClient({}),
    secretsManager: new SecretsManagerClient({}),
  };
  const mocks = {
    cloudWatch: mockClient(withOwnSend(target.cloudWatch)),
    pipes: mockClient(withOwnSend(target.pipes)),
    dynamodb: mockClient(withOwnSend(target.dynamodb)),
    sqs: mockClient(withOwnSend(target.sqs)),
    secretsManager: mockClient(withOwnSend(target.secretsManager)),
  };
  beforeEach(() => {
    for (const mock of Object.values(mocks)) mock.reset();
    mocks.cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [alarm("webhook-dead-letters-dev", "dead-letters", "OK")] });
    mocks.cloudWatch.on(ListMetricsCommand).resolves({});
    mocks.cloudWatch.on(GetMetricDataCommand).resolves({});
    mocks.pipes.on(DescribePipeCommand).resolves({ CurrentState: "RUNNING" });
    mocks.dynamodb.onAnyCommand().resolves({});
    mocks.sqs.on(GetQueueAttributesCommand).resolves({});
    mocks.secretsManager.on(ListSecretVersionIdsCommand).resolves({});
  });

  const headings = new Set([...readFileSync("docs/runbook.md", "utf8").matchAll(/^## (.+)$/gm)].map(([, heading]) => heading));
  const checked = async (changes: Partial<HealthTarget> = {}) => {
    const health = await readHealth({ ...target, ...changes });
    for (const { runbook } of health.checks) if (runbook) assert.ok(headings.has(runbook), runbook);
    return health;
  };

  it("is the state of the pipe and of each alarm", async () => {
    const { checks, missing } = await checked();
    assert.deepEqual(missing, []);
    assert.deepEqual(
      checks.map(({ name, state, since }) => [name, state, since]),
      [
        ["pipe", "ok", null],
        ["dead-letters", "ok", at.toISOString()],
      ],
    );
  });

  it("has the alarms that are on first, from each page of CloudWatch's answer", async () => {
    const states = [
      alarm("webhook-api-5xx-dev", "api-5xx", "INSUFFICIENT_DATA"),
      alarm("webhook-events-waiting-dev", "events-waiting", "ALARM"),
    ];
    const paused = alarm("webhook-destination-paused-orders-dev", "destination-paused", "OK");
    mocks.cloudWatch
      .on(DescribeAlarmsCommand)
      .resolvesOnce({ MetricAlarms: [paused], NextToken: "next" })
      .resolves({ MetricAlarms: states });
    const [, first, second, third] = (await checked()).checks;
    assert.deepEqual([first.name, first.state, first.detail], ["events-waiting", "alarm", "It is broken. Mend it."]);
    assert.deepEqual(first.runbook, "events-waiting");
    assert.deepEqual([second.name, second.state, second.detail], ["api-5xx", "unknown", "CloudWatch has not evaluated the alarm yet."]);
    assert.deepEqual([third.name, third.state, third.detail], ["destination-paused of orders", "ok", "The alarm is off."]);
  });

  it("leaves out alarms of other stacks and of other programs", async () => {
    const others = [
      alarm("webhook-dead-letters-my-dev", "dead-letters", "ALARM"),
      alarm("webhook-dead-letters-prod", "dead-letters", "ALARM"),
      alarm("webhook-destination-paused-ledger-dev", "destination-paused", "ALARM"),
      { AlarmName: "webhook-dead-letters-dev", StateValue: "ALARM" as const },
    ];
    mocks.cloudWatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: others });
    const { checks } = await checked();
    assert.deepEqual(checks.map(({ name, detail }) => [name, detail]).slice(1), [
      ["alarms", "CloudWatch has no alarm of the stack. Run pulumi up --stack dev."],
    ]);
    const [{ args }] = mocks.cloudWatch.commandCalls(DescribeAlarmsCommand);
    assert.deepEqual(args[0].input, { AlarmNamePrefix: "webhook-", AlarmTypes: ["MetricAlarm"], NextToken: undefined });
  });

  it("says that the local run evaluates no alarm", async () => {
    const { checks } = await checked({ stack: undefined });
    assert.deepEqual(
      checks.map(({ name, state }) => [name, state]),
      [
        ["pipe", "ok"],
        ["alarms", "unknown"],
      ],
    );
    assert.match(checks[1].detail, /^The local run evaluates no alarms: /);
    assert.equal(mocks.cloudWatch.commandCalls(DescribeAlarmsCommand).length, 0);
  });

  const pipeStates: [answer: Partial<DescribePipeCommandOutput>, state: string, detail: RegExp][] = [
    [{ CurrentState: "RUNNING" }, "ok", /RUNNING: it passes/],
    [{ CurrentState: "STOPPED", StateReason: "Too many failures" }, "alarm", /STOPPED: .+ AWS says: Too many failures$/],
    [{ CurrentState: "START_FAILED" }, "alarm", /START_FAILED: /],
    [{ CurrentState: "STARTING" }, "unknown", /STARTING\. Look again/],
  ];
  for (const [answer, state, detail] of pipeStates)
    it(`has a pipe that is ${answer.CurrentState}, as ${state}`, async () => {
      mocks.pipes.on(DescribePipeCommand).resolves(answer);
      const [pipe] = (await checked()).checks;
      assert.equal(pipe.state, state);
      assert.match(pipe.detail, detail);
      assert.equal(pipe.runbook, state === "ok" ? null : "Start a pipe that AWS has switched off");
    });

  it("names each missing permission, and what it is for, and shows the rest", async () => {
    mocks.pipes.on(DescribePipeCommand).rejects(denied("pipes:DescribePipe"));
    mocks.cloudWatch.on(DescribeAlarmsCommand).rejects(Object.assign(denied("cloudwatch:DescribeAlarms"), { name: "AccessDenied" }));
    mocks.cloudWatch.on(ListMetricsCommand).rejects(denied("cloudwatch:ListMetrics"));
    mocks.cloudWatch.on(GetMetricDataCommand).rejects(denied("cloudwatch:GetMetricData"));
    mocks.dynamodb.on(GetItemCommand).rejects(denied("dynamodb:GetItem"));
    mocks.dynamodb.on(QueryCommand, { IndexName: "failed" }).rejects(denied("dynamodb:Query"));
    mocks.sqs.on(GetQueueAttributesCommand).rejects(denied("sqs:getqueueattributes"));
    mocks.secretsManager.on(ListSecretVersionIdsCommand).rejects(denied("secretsmanager:ListSecretVersionIds"));
    const { checks, missing } = await checked();
    assert.deepEqual(
      checks.map(({ name, state }) => [name, state]),
      [
        ["pipe", "unknown"],
        ["alarms", "unknown"],
      ],
    );
    assert.deepEqual(
      missing.map((one) => `${one.permission} for ${one.for}`),
      [
        "cloudwatch:DescribeAlarms for the alarms",
        "cloudwatch:GetMetricData for the refused requests",
        "cloudwatch:ListMetrics for the refused requests",
        "dynamodb:GetItem for an event",
        "dynamodb:GetItem for a delivery",
        "dynamodb:Query for the events in the index failed",
        "pipes:DescribePipe for the state of the pipe",
        "secretsmanager:ListSecretVersionIds for the number of secrets",
        "sqs:GetQueueAttributes for the number of dead letters",
      ],
    );
  });

  it("asks for no deliveries where the pipeline posts to no destination", async () => {
    await checked({ deliveriesTableName: undefined });
    const tables = mocks.dynamodb.calls().map(({ args }) => (args[0].input as { TableName: string }).TableName);
    assert.deepEqual([...new Set(tables)], ["webhook-events-dev"]);
  });

  it("fails where AWS fails otherwise", async () => {
    mocks.pipes.on(DescribePipeCommand).rejects(Object.assign(new Error("slow down"), { name: "ThrottlingException" }));
    await assert.rejects(checked(), /slow down/);
  });
});
