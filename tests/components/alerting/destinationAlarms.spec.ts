import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { delivering, program, type Program } from "../../../testbed/program";

interface Query {
  id: string;
  returnData: boolean;
  expression?: string;
  metric?: { namespace: string; metricName: string; dimensions: Record<string, string>; stat: string; period: number };
}

describe("Alarms of destinations", () => {
  let stack: Program;
  before(async () => (stack = await program({ destinations: delivering.destinations })));
  const queriesOf = ({ metricQueries }: Record<string, unknown>) => metricQueries as Query[];
  const rule = (what: string) => stack.one(Type.metricAlarm, `alerting-${what}`).inputs;
  const metricsOf = (what: string) =>
    queriesOf(rule(what)).flatMap(({ metric }) => (metric ? [`${metric.namespace} ${metric.metricName} ${metric.stat}`] : []));
  const dimensions = (what: string) => queriesOf(rule(what)).flatMap(({ metric }) => (metric ? [metric.dimensions] : []));

  it("has five alarms for each, and four for one that is polled", () => {
    const names = stack.all(Type.metricAlarm).map(({ inputs }) => /^webhook-(.+)-dev$/.exec(String(inputs.name))![1]);
    assert.deepEqual(names.filter((name) => name.endsWith("-orders")).sort(), [
      "destination-behind-orders",
      "destination-dead-letters-orders",
      "destination-expiring-orders",
      "destination-paused-orders",
      "destination-unrouted-orders",
    ]);
    assert.deepEqual(names.filter((name) => name.endsWith("-ledger")).sort(), [
      "destination-behind-ledger",
      "destination-dead-letters-ledger",
      "destination-expiring-ledger",
      "destination-unrouted-ledger",
    ]);
  });

  it("fires if an event waits for 15 minutes: in the queue, or for its next attempt", () => {
    const { threshold, comparisonOperator } = rule("destination-behind-orders");
    assert.deepEqual([threshold, comparisonOperator], [900, "GreaterThanThreshold"]);
    assert.deepEqual(metricsOf("destination-behind-orders"), [
      "AWS/SQS ApproximateAgeOfOldestMessage Maximum",
      "WebhookPipeline OldestUndelivered Maximum",
    ]);
    assert.equal(queriesOf(rule("destination-behind-orders")).at(-1)!.expression, "MAX([FILL(age, 0), FILL(undelivered, 0)])");
    assert.deepEqual(dimensions("destination-behind-orders"), [
      { QueueName: "webhook-to-orders-dev" },
      { environment: "dev", service: "deliver", destination: "orders" },
    ]);
    assert.deepEqual(metricsOf("destination-behind-ledger"), ["AWS/SQS ApproximateAgeOfOldestMessage Maximum"]);
  });

  it("fires if one is paused, and once if a pause is about to lose events", () => {
    assert.deepEqual(metricsOf("destination-paused-orders"), ["WebhookPipeline DestinationPaused Maximum"]);
    assert.deepEqual(dimensions("destination-paused-orders"), [{ environment: "dev", service: "deliver", destination: "orders" }]);
    assert.equal(rule("destination-paused-orders").threshold, 0);
    assert.deepEqual(metricsOf("destination-pause-ends"), ["WebhookPipeline LongestPause Maximum"]);
    assert.equal(rule("destination-pause-ends").threshold, 12 * 24 * 3_600, "SQS deletes messages after 14 days");
  });

  it("fires before SQS deletes an event, also if nothing is paused or its consumers are to blame", () => {
    for (const name of ["orders", "ledger"]) {
      assert.deepEqual(metricsOf(`destination-expiring-${name}`), ["AWS/SQS ApproximateAgeOfOldestMessage Maximum"]);
      assert.deepEqual(dimensions(`destination-expiring-${name}`), [{ QueueName: `webhook-to-${name}-dev` }]);
      assert.equal(rule(`destination-expiring-${name}`).threshold, 12 * 24 * 3_600);
    }
  });

  it("fires if EventBridge cannot deliver to the queue, and not to its dead-letter queue either", () => {
    for (const name of ["orders", "ledger"]) {
      const what = `destination-unrouted-${name}`;
      assert.deepEqual(metricsOf(what), ["AWS/Events FailedInvocations Sum", "AWS/Events InvocationsFailedToBeSentToDlq Sum"]);
      for (const dimension of dimensions(what))
        assert.deepEqual(dimension, { EventBusName: "webhook-events-dev", RuleName: `webhook-${name}-dev` });
      assert.equal(queriesOf(rule(what)).at(-1)!.expression, "FILL(failed, 0) + FILL(lost, 0)");
      assert.deepEqual([rule(what).threshold, rule(what).evaluationPeriods], [0, 1]);
    }
  });

  it("fires at the first dead letter", () => {
    for (const name of ["orders", "ledger"]) {
      assert.deepEqual(metricsOf(`destination-dead-letters-${name}`), ["AWS/SQS ApproximateNumberOfMessagesVisible Maximum"]);
      assert.deepEqual(dimensions(`destination-dead-letters-${name}`), [{ QueueName: `webhook-to-${name}-dead-letters-dev` }]);
      assert.equal(rule(`destination-dead-letters-${name}`).threshold, 0);
    }
  });

  it("watches the function that posts", () => {
    for (const what of ["deliver-errors", "deliver-throttles"])
      for (const dimension of dimensions(what)) assert.deepEqual(dimension, { FunctionName: "webhook-deliver-dev" });
    const settings = (what: string) => [rule(what).comparisonOperator, rule(what).threshold, rule(what).evaluationPeriods];
    assert.deepEqual(settings("deliver-errors"), ["GreaterThanThreshold", 1, 1]);
    assert.deepEqual(settings("deliver-throttles"), ["GreaterThanThreshold", 0, 1]);
    const expression = (what: string) => queriesOf(rule(what)).at(-1)!.expression;
    assert.equal(expression("deliver-errors"), "IF(invocations > 0, 100 * errors / invocations, 0)");
  });

  it("fires if the schedule has tended the destinations in no run for 15 minutes, whatever the traffic", () => {
    const { treatMissingData, comparisonOperator, threshold, evaluationPeriods } = rule("deliver-silent");
    assert.deepEqual([treatMissingData, comparisonOperator, threshold, evaluationPeriods], ["breaching", "LessThanThreshold", 1, 3]);
    assert.deepEqual(metricsOf("deliver-silent"), ["WebhookPipeline DestinationsTended Sum"]);
    assert.deepEqual(dimensions("deliver-silent"), [{ environment: "dev", service: "deliver" }]);
  });

  it("fires in a single period, of a minute for dead letters", () => {
    for (const what of [
      "destination-behind-orders",
      "destination-paused-orders",
      "destination-dead-letters-orders",
      "destination-pause-ends",
    ]) {
      const periods = queriesOf(rule(what)).flatMap(({ metric }) => (metric ? [metric.period] : []));
      assert.deepEqual([rule(what).evaluationPeriods, new Set(periods)], [1, new Set([/dead/.test(what) ? 60 : 300])], what);
    }
  });

  it("returns one series for each alarm, of what it names, and links each to the runbook", () => {
    for (const { inputs } of stack.all(Type.metricAlarm)) {
      const all = queriesOf(inputs);
      assert.deepEqual(
        all.map(({ returnData }) => returnData),
        all.map((_, index) => index === all.length - 1),
        String(inputs.name),
      );
      assert.ok(all.length > 1 || all[0].id === "m", String(inputs.name));
      assert.match(String(inputs.alarmDescription), /^[A-Z].+\. docs\/runbook\.md#[\w-]+$/);
    }
  });

  it("shares a heading of the runbook among destinations", () => {
    for (const what of ["unrouted", "behind", "expiring", "paused", "dead-letters"].map((one) => `destination-${one}`))
      assert.match(String(rule(`${what}-orders`).alarmDescription), new RegExp(` docs/runbook\\.md#${what}$`));
  });

  it("are all in the one composite alarm, in groups once there are more than its rule may name", async () => {
    const destinations = Array.from({ length: 30 }, (_, index) => ({ name: `to-${index}`, url: "https://orders.example.com/" }));
    const many = await program({ destinations });
    const composites = many.all(Type.compositeAlarm).map(({ inputs }) => inputs as { alarmName: string; alarmRule: string });
    const namedBy = ({ alarmRule }: { alarmRule: string }) => [...alarmRule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name);
    const top = composites.find(({ alarmName }) => alarmName === "webhook-pipeline-dev")!;
    assert.deepEqual(namedBy(top), ["webhook-pipeline-1-dev", "webhook-pipeline-2-dev"]);
    const groups = composites.filter((one) => one !== top);
    for (const group of groups) assert.ok(namedBy(group).length <= 100);
    assert.deepEqual(
      groups.flatMap(namedBy).sort(),
      many
        .all(Type.metricAlarm)
        .map(({ inputs }) => String(inputs.name))
        .sort(),
    );
    assert.deepEqual(preflight(many.resources), []);
  });
});
