import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Type } from "../../../preflight/graph/types";
import { findSource } from "../../../handlers/configuredSources";
import { localSources } from "../../../local/sources";
import type { Registration } from "../../../preflight/graph/resource";
import { allows, program, statementsOf, varied, type Program, type Statement } from "../../../testbed/program";

interface Query {
  id: string;
  expression?: string;
  returnData: boolean;
  metric?: { namespace: string; metricName: string; dimensions: Record<string, string>; period: number; stat: string };
}

/** Alarms with a threshold of their own, because what they watch may happen at times. */
const notTheFirst = new Set([
  "api-5xx",
  "api-4xx",
  "api-latency",
  "signature-failures",
  "receiver-errors",
  "processor-errors",
  "events-waiting",
  "processing-delay",
  "reconciler-silent",
]);
const gauges = /^(OldestWaiting|ProcessingDelay|ApproximateNumberOfMessagesVisible)$/;

describe("Alerting", () => {
  let dev: Program;
  before(async () => (dev = await program()));
  const alarms = () => dev.all(Type.metricAlarm).map(({ inputs }) => inputs);
  const alarm = (what: string) => dev.one(Type.metricAlarm, what).inputs;
  const whatOf = ({ name }: Record<string, unknown>) => /^webhook-(.+)-dev$/.exec(name as string)![1];
  const queriesOf = ({ metricQueries }: Record<string, unknown>) => metricQueries as Query[];
  const queries = (what: string) => queriesOf(alarm(what));

  it("watches every stage of an event", () => {
    const watched = new Set(alarms().flatMap((one) => queriesOf(one).flatMap(({ metric }) => Object.values(metric?.dimensions ?? {}))));
    const outputs = dev.outputs as Record<string, string>;
    const queue = outputs.deadLetterQueueUrl.split("/").at(-1)!;
    const { receiveFunctionName, processFunctionName, reconcileFunctionName, tableName, pipeName, stateMachineArn, stageName } = outputs;
    const stages = [
      stageName,
      receiveFunctionName,
      tableName,
      pipeName,
      stateMachineArn,
      processFunctionName,
      reconcileFunctionName,
      queue,
    ];
    for (const stage of stages) assert.ok(watched.has(stage), stage);
  });

  it("fires on the first occurrence within five minutes, except for alarms with a threshold of their own", () => {
    for (const one of alarms().filter((alarm) => !notTheFirst.has(whatOf(alarm)))) {
      const { comparisonOperator, threshold, evaluationPeriods } = one as Record<string, unknown>;
      assert.deepEqual([comparisonOperator, threshold, evaluationPeriods], ["GreaterThanThreshold", 0, 1], whatOf(one));
    }
    for (const what of notTheFirst) {
      const { comparisonOperator, threshold } = alarm(what);
      assert.equal(comparisonOperator === "LessThanThreshold", what === "reconciler-silent", what);
      assert.ok((threshold as number) > 0, what);
    }
  });

  it("sums counts and takes the maximum of gauges, over five minutes at most", () => {
    for (const { metric } of alarms().flatMap(queriesOf))
      if (metric) {
        assert.equal(metric.stat, gauges.test(metric.metricName) ? "Maximum" : metric.metricName === "Latency" ? "p99" : "Sum");
        assert.ok([60, 300].includes(metric.period), metric.metricName);
      }
  });

  it("fires on slow answers before the first provider's timeout", () => {
    const patience = localSources.flatMap((source) => findSource(source)!.provider.acknowledgment.withinSeconds ?? []);
    assert.ok((alarm("api-latency").threshold as number) <= Math.min(...patience) * 1000);
  });

  it("treats missing data as good, unless the alarm watches for silence", () => {
    for (const one of alarms())
      assert.equal(one.treatMissingData, whatOf(one) === "reconciler-silent" ? "breaching" : "notBreaching", whatOf(one));
  });

  it("notifies the topic when an alarm starts and when it ends", () => {
    for (const { alarmActions, okActions } of alarms())
      assert.deepEqual([alarmActions, okActions], [[dev.outputs.alertTopicArn], [dev.outputs.alertTopicArn]]);
  });

  it("ends each description with a link to its runbook heading", () => {
    const runbook = readFileSync("docs/runbook.md", "utf8");
    for (const one of alarms()) {
      assert.match(one.alarmDescription as string, new RegExp(` docs/runbook\\.md#${whatOf(one)}$`));
      assert.match(runbook, new RegExp(`^## ${whatOf(one)}$`, "m"));
    }
  });

  it("returns exactly one series per alarm, from an expression that uses every metric", () => {
    for (const all of alarms().map(queriesOf)) {
      assert.deepEqual(
        all.filter(({ returnData }) => returnData),
        [all.at(-1)],
      );
      const expression = all.at(-1)!.expression;
      for (const { id, metric } of all) if (metric && expression) assert.match(expression, new RegExp(`\\b${id}\\b`));
    }
  });

  it("computes error rates in percent of all invocations, and sums metrics that may lack data", () => {
    for (const [what, FunctionName] of Object.entries({
      "receiver-errors": "webhook-receive-dev",
      "processor-errors": "webhook-process-dev",
    })) {
      assert.equal(queries(what).at(-1)!.expression, "IF(invocations > 0, 100 * errors / invocations, 0)");
      for (const { metric } of queries(what)) if (metric) assert.deepEqual(metric.dimensions, { FunctionName });
    }
    for (const what of ["table-throttles", "pipe-failures"])
      assert.match(queries(what).at(-1)!.expression!, /^FILL\(\w+, 0\)( \+ FILL\(\w+, 0\))+$/);
    assert.equal(queries("reconciler-silent").at(-1)!.expression, "invocations - errors");
  });

  it("reads the threshold of signature failures from the configuration", async () => {
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

  /** Follows the whole chain, each link from the one before: checks of single links would miss a broken chain. */
  describe("An alarm's notification", () => {
    interface Link {
      alarm: string;
      action: string;
      topic: Registration;
      key: Registration;
    }
    /** Lists every alarm's actions, each with its topic and that topic's key. */
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

    it("goes to a topic of this stack, encrypted with a key of this stack", () => {
      const links = chains(dev);
      assert.equal(links.length, 2 * (alarms().length + 1), "each alarm, and the composite one, in alarm and when it is over");
      for (const { alarm, topic, key } of links) assert.ok(topic && key, alarm);
    });

    it("is allowed by the topic's policy", () => {
      for (const { alarm, action } of chains(dev)) {
        const policies = dev.all(Type.topicPolicy).filter(({ inputs }) => inputs.arn === action);
        assert.equal(policies.length, 1, alarm);
        const allowed = statementsOf(policies[0].inputs.policy).filter(
          (statement) => isFor(statement, "cloudwatch.amazonaws.com") && allows([statement], "sns:Publish", action),
        );
        assert.equal(allowed.length, 1, alarm);
      }
    });

    it("is allowed by the key's policy, as AWS requires for an encrypted topic", () => {
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

    it("lets only alarms of this account publish, and only over TLS", () => {
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
