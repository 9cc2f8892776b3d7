import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Type } from "../../graph/types";
import { program, statementsOf, varied, type Program } from "../helpers/graph";

interface Query {
  id: string;
  expression?: string;
  returnData: boolean;
  metric?: { namespace: string; metricName: string; dimensions: Record<string, string>; period: number; stat: string };
}

/** Each alarm as one line says it: threshold, periods, metrics (statistic, seconds, dimensions) and what is computed of them. */
const expectedAlarms: Record<string, string[]> = {
  "api-5xx": ["> 5 in 1", "AWS/ApiGateway 5XXError Sum/300s ApiName=webhook-api-dev Stage=webhook-api-dev"],
  "api-latency": ["> 3000 in 2", "AWS/ApiGateway Latency p99/300s ApiName=webhook-api-dev Stage=webhook-api-dev"],
  "signature-failures": [">= 10 in 1", "WebhookPipeline SignatureFailures Sum/300s environment=dev service=receive"],
  "receiver-errors": [
    "> 1 in 1",
    "errors: AWS/Lambda Errors Sum/300s FunctionName=webhook-receive-dev",
    "invocations: AWS/Lambda Invocations Sum/300s FunctionName=webhook-receive-dev",
    "IF(invocations > 0, 100 * errors / invocations, 0)",
  ],
  "receiver-throttles": ["> 0 in 1", "AWS/Lambda Throttles Sum/300s FunctionName=webhook-receive-dev"],
  "table-throttles": [
    "> 0 in 1",
    "puts: AWS/DynamoDB ThrottledRequests Sum/300s Operation=PutItem TableName=webhook-events-dev",
    "updates: AWS/DynamoDB ThrottledRequests Sum/300s Operation=UpdateItem TableName=webhook-events-dev",
    "gets: AWS/DynamoDB ThrottledRequests Sum/300s Operation=GetItem TableName=webhook-events-dev",
    "FILL(puts, 0) + FILL(updates, 0) + FILL(gets, 0)",
  ],
  "pipe-failures": [
    "> 0 in 1",
    "failed: AWS/EventBridge/Pipes ExecutionFailed Sum/300s PipeName=webhook-events-dev",
    "partly: AWS/EventBridge/Pipes ExecutionPartiallyFailed Sum/300s PipeName=webhook-events-dev",
    "timedOut: AWS/EventBridge/Pipes ExecutionTimeout Sum/300s PipeName=webhook-events-dev",
    "throttled: AWS/EventBridge/Pipes ExecutionThrottled Sum/300s PipeName=webhook-events-dev",
    "FILL(failed, 0) + FILL(partly, 0) + FILL(timedOut, 0) + FILL(throttled, 0)",
  ],
  "processing-delay": ["> 300000 in 1", "WebhookPipeline ProcessingDelay Maximum/300s environment=dev service=process"],
  "workflow-executions-failed": ["> 0 in 1", "AWS/States ExecutionsFailed Sum/300s StateMachineArn=<state machine>"],
  "workflow-executions-timed-out": ["> 0 in 1", "AWS/States ExecutionsTimedOut Sum/300s StateMachineArn=<state machine>"],
  "workflow-executions-throttled": ["> 0 in 1", "AWS/States ExecutionThrottled Sum/300s StateMachineArn=<state machine>"],
  "processor-errors": [
    "> 1 in 1",
    "errors: AWS/Lambda Errors Sum/300s FunctionName=webhook-process-dev",
    "invocations: AWS/Lambda Invocations Sum/300s FunctionName=webhook-process-dev",
    "IF(invocations > 0, 100 * errors / invocations, 0)",
  ],
  "processor-throttles": ["> 0 in 1", "AWS/Lambda Throttles Sum/300s FunctionName=webhook-process-dev"],
  "events-returned": ["> 0 in 1", "WebhookPipeline EventsReturned Sum/300s environment=dev service=reconcile"],
  "reconciler-silent": [
    "< 1 in 3",
    "invocations: AWS/Lambda Invocations Sum/300s FunctionName=webhook-reconcile-dev",
    "errors: AWS/Lambda Errors Sum/300s FunctionName=webhook-reconcile-dev",
    "invocations - errors",
  ],
  "dead-letters": ["> 0 in 1", "AWS/SQS ApproximateNumberOfMessagesVisible Maximum/60s QueueName=webhook-dead-letters-dev"],
};

describe("Alerting", () => {
  let dev: Program;
  before(async () => (dev = await program()));
  const alarm = (what: string) => dev.one(Type.metricAlarm, what).inputs;
  const queries = (what: string) => alarm(what).metricQueries as Query[];

  it("has an alarm for every hop", () => {
    assert.deepEqual(
      dev
        .all(Type.metricAlarm)
        .map(({ name }) => name)
        .sort(),
      Object.keys(expectedAlarms).sort(),
    );
  });

  for (const [what, lines] of Object.entries(expectedAlarms)) {
    describe(`the alarm ${what}`, () => {
      it(`is raised by ${lines.join(", ")}`, () => {
        const { comparisonOperator, threshold, evaluationPeriods } = alarm(what) as Record<string, string | number>;
        const signs: Record<string, string> = { GreaterThanThreshold: ">", GreaterThanOrEqualToThreshold: ">=", LessThanThreshold: "<" };
        assert.deepEqual([`${signs[comparisonOperator]} ${threshold} in ${evaluationPeriods}`, ...queries(what).map(describeQuery)], lines);
      });

      it("says what missing data means: that nothing is wrong, unless it watches for silence", () => {
        assert.equal(alarm(what).treatMissingData, what === "reconciler-silent" ? "breaching" : "notBreaching");
      });

      it("tells the topic, and again when it is over", () => {
        assert.deepEqual(alarm(what).alarmActions, [dev.outputs.alertTopicArn]);
        assert.deepEqual(alarm(what).okActions, [dev.outputs.alertTopicArn]);
      });

      it("ends its description in a heading of the runbook", () => {
        const runbook = readFileSync("docs/runbook.md", "utf8");
        assert.match(alarm(what).alarmDescription as string, new RegExp(` docs/runbook\\.md#${what}$`));
        assert.match(runbook, new RegExp(`^## ${what}$`, "m"));
      });

      it("returns exactly one series, from metrics whose dimensions name resources of this stack", () => {
        assert.equal(queries(what).filter(({ returnData }) => returnData).length, 1);
        const names = new Set(dev.resources.flatMap(({ inputs }) => Object.values(inputs).filter((value) => typeof value === "string")));
        names
          .add(dev.outputs.stateMachineArn as string)
          .add("dev")
          .add("receive")
          .add("process")
          .add("reconcile");
        for (const value of ["PutItem", "UpdateItem", "GetItem"]) names.add(value);
        for (const { metric } of queries(what)) {
          for (const value of Object.values(metric?.dimensions ?? {})) assert.ok(names.has(value), value);
        }
      });

      it("uses every metric in its expression", () => {
        const expression = queries(what).find((query) => query.expression)?.expression;
        for (const { id, metric } of queries(what)) if (metric && expression) assert.match(expression, new RegExp(`\\b${id}\\b`));
      });
    });
  }

  function describeQuery({ id, expression, metric }: Query, _index: number, all: Query[]): string {
    if (!metric) return expression!;
    const { namespace, metricName, stat, period, dimensions } = metric;
    return `${all.length > 1 ? `${id}: ` : ""}${namespace} ${metricName} ${stat}/${period}s ${describeDimensions(dimensions)}`;
  }

  function describeDimensions(dimensions: Record<string, string>): string {
    const text = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
    return text.join(" ").replace(dev.outputs.stateMachineArn as string, "<state machine>");
  }

  it("raises error rates above one per cent in five minutes", () => {
    for (const what of ["receiver-errors", "processor-errors"]) {
      assert.equal(alarm(what).threshold, 1);
      assert.equal(alarm(what).comparisonOperator, "GreaterThanThreshold");
      assert.ok(queries(what).every(({ metric }) => metric === undefined || metric.period === 300));
      assert.match(queries(what).at(-1)!.expression!, /100 \* errors \/ invocations/);
    }
  });

  it("raises the first dead letter", () => {
    assert.equal(alarm("dead-letters").threshold, 0);
    assert.equal(queries("dead-letters")[0].metric!.metricName, "ApproximateNumberOfMessagesVisible");
  });

  it("takes the threshold of signature failures from the configuration", async () => {
    assert.equal(alarm("signature-failures").threshold, 10);
    const other = await program(varied);
    assert.equal(other.one(Type.metricAlarm, "signature-failures").inputs.threshold, 3);
  });

  it("has one composite alarm over all others", () => {
    const { alarmRule, alarmActions, alarmDescription } = dev.one(Type.compositeAlarm).inputs as Record<string, string>;
    const named = [...alarmRule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name).sort();
    assert.deepEqual(
      named,
      dev
        .all(Type.metricAlarm)
        .map(({ inputs }) => inputs.name as string)
        .sort(),
    );
    assert.deepEqual(alarmActions, [dev.outputs.alertTopicArn]);
    assert.ok(dev.one(Type.compositeAlarm).dependencies.includes(dev.one(Type.topicPolicy).urn), "else its first word is refused");
    assert.match(alarmDescription, / docs\/runbook\.md#pipeline$/);
  });

  describe("the topic", () => {
    it("is encrypted with the data key", () => {
      assert.deepEqual(dev.one(Type.topic).propertyDependencies.kmsMasterKeyId, [dev.one(Type.key, "data").urn]);
    });

    it("lets alarms of this account publish, and nobody without TLS", () => {
      const [publish, insecure] = statementsOf(dev.one(Type.topicPolicy).inputs.policy);
      assert.deepEqual(publish.Principal, { Service: "cloudwatch.amazonaws.com" });
      assert.deepEqual(publish.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
      assert.equal(insecure.Effect, "Deny");
    });

    it("has the subscriptions of the configuration", async () => {
      const other = await program(varied);
      const { protocol, endpoint } = other.one(Type.topicSubscription).inputs;
      assert.deepEqual({ protocol, endpoint }, { protocol: "email", endpoint: "[secret]" });
      assert.equal(dev.all(Type.topicSubscription).length, 0);
    });
  });
});
