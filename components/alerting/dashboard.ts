import type * as pulumi from "@pulumi/pulumi";
import { Metric } from "../../domain/metrics";
import { metricsOf, type MetricOf, type Watched } from "./metrics";

/** Half the width of a dashboard, which has 24 columns. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const widgetWidth = 12;
const widgetHeight = 6;

interface Hop {
  title: string;
  /** At most two: volume and trouble, left and right. */
  graphs: { title: string; metrics: MetricOf[] }[];
}

/** One row a hop, in the order of an event's way; below them, the alarms' states. */
export function dashboardBody(watched: Watched, region: string, alarmArns: pulumi.Input<string>[]) {
  const rows = hops(watched).flatMap((hop, row) =>
    hop.graphs.map((graph, column) => ({
      type: "metric",
      x: column * widgetWidth,
      y: row * widgetHeight,
      width: widgetWidth,
      height: widgetHeight,
      properties: {
        title: `${hop.title}: ${graph.title}`,
        view: "timeSeries",
        stacked: false,
        region,
        period: 60,
        metrics: graph.metrics.map(asWidgetMetric),
      },
    })),
  );
  const alarms = {
    type: "alarm",
    x: 0,
    y: hops(watched).length * widgetHeight,
    width: 2 * widgetWidth,
    height: 4,
    properties: { title: "Alarms", alarms: alarmArns },
  };
  return { widgets: [...rows, alarms] };
}

function asWidgetMetric({ namespace, metric, dimensions, statistic }: MetricOf) {
  return [namespace, metric, ...Object.entries(dimensions).flat(), { stat: statistic }];
}

function hops(watched: Watched): Hop[] {
  const of = metricsOf(watched);
  return [
    hop(
      "API Gateway",
      ["requests", of.api("Count"), of.api("4XXError"), of.api("5XXError"), of.accessLog(Metric.refused), of.accessLog(Metric.throttled)],
      ["latency", of.api("Latency", "p99")],
    ),
    hop(
      "Receiver",
      [
        "accepted, repeated, not kept, ignored and refused",
        of.received(Metric.accepted),
        of.received(Metric.duplicate),
        of.received(Metric.filtered),
        of.received(Metric.testsIgnored),
        of.received(Metric.signatureFailures),
        of.received(Metric.networkRefusals),
      ],
      [
        "errors and throttles",
        of.receive("Errors"),
        of.receive("Throttles"),
        of.received(Metric.payloadFailures),
        of.receive("Duration", "p99"),
      ],
    ),
    hop(
      "Events table",
      ["writes", of.table("ConsumedWriteCapacityUnits")],
      ["throttled", of.tablePut("ThrottledRequests"), of.tableUpdate("ThrottledRequests")],
    ),
    hop(
      "Pipe",
      ["records", of.pipe("EventCount")],
      ["failures", of.pipe("ExecutionFailed"), of.pipe("ExecutionPartiallyFailed"), of.pipe("ExecutionTimeout")],
    ),
    hop(
      "Workflow",
      ["executions", of.workflow("ExecutionsStarted"), of.workflow("ExecutionsSucceeded")],
      ["failures", of.workflow("ExecutionsFailed"), of.workflow("ExecutionsTimedOut"), of.workflow("ExecutionThrottled")],
    ),
    hop(
      "Processor",
      ["normalized and delay", of.processed(Metric.processed), of.processed(Metric.processingDelay, "Maximum")],
      ["errors and throttles", of.process("Errors"), of.process("Throttles"), of.process("Duration", "p99")],
    ),
    hop(
      "Reconciler",
      [
        "put back, given up and waiting",
        of.reconciled(Metric.requeued),
        of.reconciled(Metric.exhausted),
        of.reconciled(Metric.oldestWaiting, "Maximum"),
      ],
      ["runs and errors", of.reconcile("Invocations"), of.reconcile("Errors"), of.reconcile("Duration", "p99")],
    ),
    hop(
      "Dead letters",
      ["waiting", of.deadLetters("ApproximateNumberOfMessagesVisible", "Maximum")],
      ["age of the oldest", of.deadLetters("ApproximateAgeOfOldestMessage", "Maximum")],
    ),
  ];
}

function hop(title: string, ...graphs: [string, ...MetricOf[]][]): Hop {
  return { title, graphs: graphs.map(([graph, ...metrics]) => ({ title: graph, metrics })) };
}
