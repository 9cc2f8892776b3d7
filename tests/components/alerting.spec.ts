import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { program, statementsOf, varied, type Program } from "../helpers/graph";
import { dashboardSchema } from "../helpers/dashboardSchema";
import { Type } from "../helpers/types";

interface Query {
  id: string;
  expression?: string;
  returnData: boolean;
  metric?: { namespace: string; metricName: string; dimensions: Record<string, string>; period: number; stat: string };
}

const expectedAlarms = [
  "api-5xx",
  "api-latency",
  "signature-failures",
  "receiver-errors",
  "receiver-throttles",
  "table-throttles",
  "pipe-failures",
  "processing-delay",
  "workflow-executions-failed",
  "workflow-executions-timed-out",
  "workflow-executions-throttled",
  "processor-errors",
  "processor-throttles",
  "dead-letters",
];

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
      [...expectedAlarms].sort(),
    );
  });

  for (const what of expectedAlarms) {
    describe(`the alarm ${what}`, () => {
      it("says what missing data means", () => assert.equal(alarm(what).treatMissingData, "notBreaching"));

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
          .add("process");
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

  describe("the dashboard", () => {
    const body = () =>
      JSON.parse(dev.one(Type.dashboard).inputs.dashboardBody as string) as { widgets: { properties: { title: string } }[] };

    it("fits CloudWatch's structure", () => {
      const validate = new Ajv().compile(dashboardSchema);
      assert.ok(validate(body()), JSON.stringify(validate.errors));
    });

    it("has a row for each hop, in the order of an event's way", () => {
      const titles = body().widgets.map(({ properties }) => properties.title.split(":")[0]);
      assert.deepEqual(
        [...new Set(titles)],
        ["API Gateway", "Receiver", "Events table", "Pipe", "Workflow", "Processor", "Dead letters", "Alarms"],
      );
    });
  });
});
