import type * as pulumi from "@pulumi/pulumi";
import { Metric } from "../../domain/metrics";
import { groupsOf } from "./groups";
import { destinationScopes, metric, scopesOf, type MetricOf, type MetricScope, type Watched } from "./metrics";

/**
 * Half the width of a dashboard, which has 24 columns.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const widgetWidth = 12;
const widgetHeight = 6;
const alarmsHeight = 4;

interface Section {
  title: string;
  /** At most two: volume on the left, errors on the right. */
  graphs: { title: string; metrics: MetricOf[] }[];
}

/** Returns the dashboard's body: one row per section, in the order of an event's timeline, then the alarms' states. */
export function dashboardBody(watched: Watched, region: string, alarmArns: pulumi.Input<string>[]) {
  const rows = sections(watched).flatMap((section, row) =>
    section.graphs.map((graph, column) => ({
      type: "metric",
      x: column * widgetWidth,
      y: row * widgetHeight,
      width: widgetWidth,
      height: widgetHeight,
      properties: {
        title: `${section.title}: ${graph.title}`,
        view: "timeSeries",
        stacked: false,
        region,
        period: 60,
        metrics: graph.metrics.map(asWidgetMetric),
      },
    })),
  );
  const top = sections(watched).length * widgetHeight;
  const alarms = groupsOf(alarmArns).map((group, index) => ({
    type: "alarm",
    x: 0,
    y: top + index * alarmsHeight,
    width: 2 * widgetWidth,
    height: alarmsHeight,
    properties: { title: "Alarms", alarms: group },
  }));
  return { widgets: [...rows, ...alarms] };
}

function asWidgetMetric({ namespace, metric, dimensions, statistic }: MetricOf) {
  return [namespace, metric, ...Object.entries(dimensions).flat(), { stat: statistic }];
}

function sections(watched: Watched): Section[] {
  const of = scopesOf(watched);
  return [
    section(
      "API Gateway",
      [
        "requests",
        metric(of.api, "Count"),
        metric(of.api, "4XXError"),
        metric(of.api, "5XXError"),
        metric(of.accessLog, Metric.refused),
        metric(of.accessLog, Metric.throttled),
      ],
      ["latency", metric(of.api, "Latency", "p99")],
    ),
    section(
      "Receiver",
      [
        "accepted, duplicate, filtered, ignored and refused",
        metric(of.received, Metric.accepted),
        metric(of.received, Metric.duplicate),
        metric(of.received, Metric.filtered),
        metric(of.received, Metric.testsIgnored),
        metric(of.received, Metric.signatureFailures),
        metric(of.received, Metric.networkRefusals),
      ],
      [
        "errors and throttles",
        metric(of.receive, "Errors"),
        metric(of.receive, "Throttles"),
        metric(of.received, Metric.payloadFailures),
        metric(of.receive, "Duration", "p99"),
      ],
    ),
    section(
      "Events table",
      ["writes", metric(of.table, "ConsumedWriteCapacityUnits")],
      [
        "throttles",
        metric(of.tablePut, "ThrottledRequests"),
        metric(of.tableUpdate, "ThrottledRequests"),
        metric(of.tableGet, "ThrottledRequests"),
      ],
    ),
    section(
      "Pipe",
      ["records", metric(of.pipe, "EventCount")],
      [
        "failures",
        metric(of.pipe, "ExecutionFailed"),
        metric(of.pipe, "ExecutionPartiallyFailed"),
        metric(of.pipe, "ExecutionTimeout"),
        metric(of.pipe, "ExecutionThrottled"),
      ],
    ),
    section(
      "Workflow",
      ["executions", metric(of.workflow, "ExecutionsStarted"), metric(of.workflow, "ExecutionsSucceeded")],
      [
        "failures",
        metric(of.workflow, "ExecutionsFailed"),
        metric(of.workflow, "ExecutionsTimedOut"),
        metric(of.workflow, "ExecutionThrottled"),
      ],
    ),
    section(
      "Processor",
      ["normalized events and delay", metric(of.processed, Metric.processed), metric(of.processed, Metric.processingDelay, "Maximum")],
      ["errors and throttles", metric(of.process, "Errors"), metric(of.process, "Throttles"), metric(of.process, "Duration", "p99")],
    ),
    section(
      "Reconciler",
      [
        "requeued, exhausted and waiting",
        metric(of.reconciled, Metric.requeued),
        metric(of.reconciled, Metric.exhausted),
        metric(of.reconciled, Metric.oldestWaiting, "Maximum"),
      ],
      ["runs and errors", metric(of.reconcile, "Invocations"), metric(of.reconcile, "Errors"), metric(of.reconcile, "Duration", "p99")],
    ),
    section(
      "Dead letters",
      ["messages", metric(of.deadLetters, "ApproximateNumberOfMessagesVisible", "Maximum")],
      ["age of the oldest message", metric(of.deadLetters, "ApproximateAgeOfOldestMessage", "Maximum")],
    ),
    ...destinationSections(watched),
  ];
}

/** Returns the sections of the destinations, and of the function that posts to them. */
function destinationSections(watched: Watched): Section[] {
  if (watched.destinations.length === 0) return [];
  const { deliver, delivered } = scopesOf(watched);
  const all = watched.destinations.map((destination) => destinationScopes(watched, destination));
  const sent = all.flatMap((of) => (of.sent ? [of.sent] : []));
  const each = (scopes: MetricScope[], name: string) => scopes.map((scope) => metric(scope, name, "Maximum"));
  const waiting = [
    ...each(
      all.map(({ queue }) => queue),
      "ApproximateAgeOfOldestMessage",
    ),
    ...each(sent, Metric.oldestUndelivered),
    ...each(sent, Metric.paused),
    ...(deliver ? [metric(delivered, Metric.longestPause, "Maximum")] : []),
  ];
  const dead = each(
    all.map(({ deadLetters }) => deadLetters),
    "ApproximateNumberOfMessagesVisible",
  );
  const failed = all.flatMap(({ rule }) => [metric(rule, "FailedInvocations"), metric(rule, "InvocationsFailedToBeSentToDlq")]);
  const destinations = section(
    "Destinations",
    ["waiting and paused", ...waiting],
    ["dead letters, and failures of the rules", ...dead, ...failed],
  );
  if (!deliver) return [destinations];
  const deliveries = sent.flatMap((of) => [metric(of, Metric.delivered), metric(of, Metric.deliveryFailures)]);
  const health = [
    metric(deliver, "Errors"),
    metric(deliver, "Throttles"),
    metric(deliver, "Duration", "p99"),
    metric(delivered, Metric.tended),
  ];
  return [
    destinations,
    section("Deliver", ["deliveries and failed attempts", ...deliveries], ["errors, throttles and schedule", ...health]),
  ];
}

function section(title: string, ...graphs: [string, ...MetricOf[]][]): Section {
  return { title, graphs: graphs.map(([graph, ...metrics]) => ({ title: graph, metrics })) };
}
