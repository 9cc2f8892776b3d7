import * as assert from "node:assert/strict";
import Ajv from "ajv";
import { Type } from "../../../graph/types";
import { dashboardSchema } from "../../helpers/dashboardSchema";
import { equipped, program, type Program } from "../../../testbed/program";

/** What each graph of the dashboard shows. */
const expectedGraphs: Record<string, string[]> = {
  "API Gateway: requests": [
    "AWS/ApiGateway Count Sum ApiName=webhook-api-dev Stage=webhook-api-dev",
    "AWS/ApiGateway 4XXError Sum ApiName=webhook-api-dev Stage=webhook-api-dev",
    "AWS/ApiGateway 5XXError Sum ApiName=webhook-api-dev Stage=webhook-api-dev",
    "WebhookPipeline RequestsRefused Sum stage=webhook-api-dev",
    "WebhookPipeline RequestsThrottled Sum stage=webhook-api-dev",
  ],
  "API Gateway: latency": ["AWS/ApiGateway Latency p99 ApiName=webhook-api-dev Stage=webhook-api-dev"],
  "Receiver: accepted, repeated, not kept, ignored and refused": [
    "WebhookPipeline EventsAccepted Sum environment=dev service=receive",
    "WebhookPipeline EventsDuplicate Sum environment=dev service=receive",
    "WebhookPipeline EventsFiltered Sum environment=dev service=receive",
    "WebhookPipeline TestEventsIgnored Sum environment=dev service=receive",
    "WebhookPipeline SignatureFailures Sum environment=dev service=receive",
    "WebhookPipeline NetworkRefusals Sum environment=dev service=receive",
  ],
  "Receiver: errors and throttles": [
    "AWS/Lambda Errors Sum FunctionName=webhook-receive-dev",
    "AWS/Lambda Throttles Sum FunctionName=webhook-receive-dev",
    "WebhookPipeline PayloadFailures Sum environment=dev service=receive",
    "AWS/Lambda Duration p99 FunctionName=webhook-receive-dev",
  ],
  "Events table: writes": ["AWS/DynamoDB ConsumedWriteCapacityUnits Sum TableName=webhook-events-dev"],
  "Events table: throttled": [
    "AWS/DynamoDB ThrottledRequests Sum TableName=webhook-events-dev Operation=PutItem",
    "AWS/DynamoDB ThrottledRequests Sum TableName=webhook-events-dev Operation=UpdateItem",
  ],
  "Pipe: records": ["AWS/EventBridge/Pipes EventCount Sum PipeName=webhook-events-dev"],
  "Pipe: failures": [
    "AWS/EventBridge/Pipes ExecutionFailed Sum PipeName=webhook-events-dev",
    "AWS/EventBridge/Pipes ExecutionPartiallyFailed Sum PipeName=webhook-events-dev",
    "AWS/EventBridge/Pipes ExecutionTimeout Sum PipeName=webhook-events-dev",
  ],
  "Workflow: executions": [
    "AWS/States ExecutionsStarted Sum StateMachineArn=<state machine>",
    "AWS/States ExecutionsSucceeded Sum StateMachineArn=<state machine>",
  ],
  "Workflow: failures": [
    "AWS/States ExecutionsFailed Sum StateMachineArn=<state machine>",
    "AWS/States ExecutionsTimedOut Sum StateMachineArn=<state machine>",
    "AWS/States ExecutionThrottled Sum StateMachineArn=<state machine>",
  ],
  "Processor: normalized and delay": [
    "WebhookPipeline EventsNormalized Sum environment=dev service=process",
    "WebhookPipeline ProcessingDelay Maximum environment=dev service=process",
  ],
  "Processor: errors and throttles": [
    "AWS/Lambda Errors Sum FunctionName=webhook-process-dev",
    "AWS/Lambda Throttles Sum FunctionName=webhook-process-dev",
    "AWS/Lambda Duration p99 FunctionName=webhook-process-dev",
  ],
  "Reconciler: put back, given up and waiting": [
    "WebhookPipeline EventsRequeued Sum environment=dev service=reconcile",
    "WebhookPipeline EventsExhausted Sum environment=dev service=reconcile",
    "WebhookPipeline OldestWaiting Maximum environment=dev service=reconcile",
  ],
  "Reconciler: runs and errors": [
    "AWS/Lambda Invocations Sum FunctionName=webhook-reconcile-dev",
    "AWS/Lambda Errors Sum FunctionName=webhook-reconcile-dev",
    "AWS/Lambda Duration p99 FunctionName=webhook-reconcile-dev",
  ],
  "Dead letters: waiting": ["AWS/SQS ApproximateNumberOfMessagesVisible Maximum QueueName=webhook-dead-letters-dev"],
  "Dead letters: age of the oldest": ["AWS/SQS ApproximateAgeOfOldestMessage Maximum QueueName=webhook-dead-letters-dev"],
};

describe("The dashboard", () => {
  let dev: Program;
  before(async () => (dev = await program()));

  function describeDimensions(dimensions: Record<string, string>): string {
    const text = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
    return text.join(" ").replace(dev.outputs.stateMachineArn as string, "<state machine>");
  }

  const body = () =>
    JSON.parse(dev.one(Type.dashboard).inputs.dashboardBody as string) as {
      widgets: {
        type: string;
        x: number;
        y: number;
        width: number;
        height: number;
        properties: { title: string; metrics: [string, string, ...unknown[]][]; alarms: string[] };
      }[];
    };

  it("fits CloudWatch's structure", () => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(dashboardSchema);
    assert.ok(validate(body()), JSON.stringify(validate.errors));
  });

  it("has a row for each hop, in the order of an event's way", () => {
    const titles = body().widgets.map(({ properties }) => properties.title.split(":")[0]);
    assert.deepEqual(
      [...new Set(titles)],
      ["API Gateway", "Receiver", "Events table", "Pipe", "Workflow", "Processor", "Reconciler", "Dead letters", "Alarms"],
    );
  });

  it("puts two graphs beside each other, and a row below the other", () => {
    for (const [index, { type, x, y, width, height }] of body().widgets.entries()) {
      if (type === "alarm") assert.deepEqual({ x, y, width, height }, { x: 0, y: 48, width: 24, height: 4 });
      else assert.deepEqual({ x, y, width, height }, { x: (index % 2) * 12, y: Math.floor(index / 2) * 6, width: 12, height: 6 });
    }
  });

  it("shows exactly these metrics, minute by minute, over time", () => {
    const shown = body()
      .widgets.filter(({ type }) => type === "metric")
      .map(({ properties: { title, metrics, ...settings } }) => {
        assert.deepEqual({ ...settings }, { view: "timeSeries", stacked: false, region: "eu-central-1", period: 60 }, title);
        return [title, metrics.map(describeGraphed)];
      });
    assert.deepEqual(Object.fromEntries(shown), expectedGraphs);
  });

  function describeGraphed([namespace, metric, ...rest]: [string, string, ...unknown[]]): string {
    const { stat } = rest.at(-1) as { stat: string };
    const pairs = rest.slice(0, -1) as string[];
    const dimensions = Object.fromEntries(pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1]]] : [])));
    return `${namespace} ${metric} ${stat} ${describeDimensions(dimensions)}`;
  }

  for (const [name, configuration] of Object.entries({ "the smallest stack": undefined, "one with everything": equipped })) {
    it(`shows the state of every alarm of ${name}`, async () => {
      const deployed = await program(configuration);
      const { widgets } = JSON.parse(deployed.one(Type.dashboard).inputs.dashboardBody as string) as ReturnType<typeof body>;
      assert.deepEqual(
        widgets
          .at(-1)!
          .properties.alarms.map((arn) => arn.split("webhook-")[1].replace(/-dev$/, ""))
          .sort(),
        deployed
          .all(Type.metricAlarm)
          .map(({ name }) => name)
          .sort(),
      );
    });
  }
});
