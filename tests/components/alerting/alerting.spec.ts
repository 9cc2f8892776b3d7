import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Type } from "../../../graph/types";
import { findSource } from "../../../handlers/configuredSources";
import { localSources } from "../../../local/sources";
import type { Registration } from "../../../graph/resource";
import { allows, program, statementsOf, varied, type Program, type Statement } from "../../../testbed/program";

interface Query {
  id: string;
  expression?: string;
  returnData: boolean;
  metric?: { namespace: string; metricName: string; dimensions: Record<string, string>; period: number; stat: string };
}

/** Each alarm as one line says it: threshold, periods, metrics (statistic, seconds, dimensions) and what is computed of them. */
const expectedAlarms: Record<string, string[]> = {
  "api-5xx": ["> 5 in 1", "AWS/ApiGateway 5XXError Sum/300s ApiName=webhook-api-dev Stage=webhook-api-dev"],
  "api-4xx": ["> 10 in 1", "WebhookPipeline RequestsRefused Sum/300s stage=webhook-api-dev"],
  "api-throttled": ["> 0 in 1", "WebhookPipeline RequestsThrottled Sum/300s stage=webhook-api-dev"],
  "payload-failures": ["> 0 in 1", "WebhookPipeline PayloadFailures Sum/300s environment=dev service=receive"],
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
  "events-waiting": ["> 300 in 1", "WebhookPipeline OldestWaiting Maximum/60s environment=dev service=reconcile"],
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
  "events-requeued": ["> 0 in 1", "WebhookPipeline EventsRequeued Sum/300s environment=dev service=reconcile"],
  "reconciler-errors": ["> 0 in 1", "AWS/Lambda Errors Sum/300s FunctionName=webhook-reconcile-dev"],
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
    const names = dev.all(Type.metricAlarm).map(({ name }) => name);
    assert.deepEqual(names.sort(), Object.keys(expectedAlarms).sort());
  });

  it("tells of slow answers before the first provider takes an event for lost", () => {
    const patience = localSources.flatMap((source) => findSource(source)!.provider.acknowledgement.withinSeconds ?? []);
    assert.ok((alarm("api-latency").threshold as number) <= Math.min(...patience) * 1000);
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

  /** Whoever looks at one link alone does not see that the chain is broken: each is found by what the one before says. */
  describe("what an alarm says reaches people:", () => {
    interface Link {
      alarm: string;
      action: string;
      topic: Registration;
      key: Registration;
    }
    /** Every alarm's actions, each with the topic that it names, and that topic's key. */
    function chains(stack: Program): Link[] {
      const alarms = [...stack.all(Type.metricAlarm), ...stack.all(Type.compositeAlarm)];
      return alarms.flatMap(({ name, inputs }) =>
        [...(inputs.alarmActions as string[]), ...(inputs.okActions as string[])].map((action) => {
          const topic = stack.all(Type.topic).find(({ outputs }) => outputs.arn === action)!;
          const key = stack.all(Type.key).find(({ outputs }) => outputs.arn === topic.inputs.kmsMasterKeyId)!;
          return { alarm: name, action, topic, key };
        }),
      );
    }

    it("every action is a topic of this stack, encrypted with a key of this stack", () => {
      const links = chains(dev);
      assert.equal(
        links.length,
        2 * (Object.keys(expectedAlarms).length + 1),
        "each alarm, and the composite one, in alarm and when it is over",
      );
      for (const { alarm, topic, key } of links) assert.ok(topic && key, alarm);
    });

    it("the topic's policy lets CloudWatch publish to that very topic", () => {
      for (const { alarm, action } of chains(dev)) {
        const policies = dev.all(Type.topicPolicy).filter(({ inputs }) => inputs.arn === action);
        assert.equal(policies.length, 1, alarm);
        const allowed = statementsOf(policies[0].inputs.policy).filter(
          (statement) => isFor(statement, "cloudwatch.amazonaws.com") && allows([statement], "sns:Publish", action),
        );
        assert.equal(allowed.length, 1, alarm);
      }
    });

    it("the key's policy lets CloudWatch use it for this, as AWS demands of an encrypted topic", () => {
      for (const { alarm, key } of chains(dev)) {
        const statements = statementsOf(key.inputs.policy).filter((statement) => isFor(statement, "cloudwatch.amazonaws.com"));
        for (const action of ["kms:Decrypt", "kms:GenerateDataKey*"]) assert.ok(allows(statements, action, "*"), `${alarm}: ${action}`);
      }
    });

    const isFor = ({ Principal }: Statement, service: string) =>
      [(Principal as { Service?: string | string[] })?.Service].flat().includes(service);
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
