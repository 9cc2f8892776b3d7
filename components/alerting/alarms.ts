import { Metric } from "../../domain/metrics";
import { metric, scopesOf, type MetricOf, type MetricScope, type Watched } from "./metrics";

export type Comparison = "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";

/** An alarm: a metric, or an expression over metrics, against a threshold. */
export interface AlarmRule {
  /** Names the alarm and its heading in the runbook. */
  what: string;
  description: string;
  metrics: Record<string, MetricOf>;
  /** Metric math over the ids of `metrics`; without it, the one metric there is. */
  expression?: string;
  threshold: number;
  comparison: Comparison;
  /** Minutes of one period. */
  minutes: number;
  /** Periods in a row. */
  periods: number;
  /** What no data mean: `true`, that something is wrong; else nothing is. */
  silenceIsBad?: boolean;
}

/** Lists every alarm of the pipeline, in the order in which an event meets what it watches. */
export function pipelineAlarms(watched: Watched, thresholds: { signatureFailures: number }): AlarmRule[] {
  const of = scopesOf(watched);
  return [
    ...(of.firewall
      ? [
          alarm(
            "firewall-blocks",
            "AWS WAF blocks many requests: an attack, or a provider that it takes for one.",
            metric(of.firewall, "BlockedRequests"),
            { threshold: 100 },
          ),
        ]
      : []),
    alarm("api-5xx", "Sources get 5XX answers: their events are not stored yet.", metric(of.api, "5XXError"), { threshold: 5 }),
    alarm(
      "api-4xx",
      "What sources post is refused, signature and throttle aside: some, such as GitHub, do not send it again.",
      metric(of.accessLog, Metric.refused),
      { threshold: 10 },
    ),
    alarm(
      "api-throttled",
      "A source is throttled: some, such as GitHub, do not send again what was answered with 429.",
      metric(of.accessLog, Metric.throttled),
    ),
    alarm(
      "payload-failures",
      "Large bodies cannot be stored: their events are not acknowledged.",
      metric(of.received, Metric.payloadFailures),
    ),
    alarm("api-latency", "One answer in a hundred takes longer than 3 s; sources may give up.", metric(of.api, "Latency", "p99"), {
      threshold: 3000,
      periods: 2,
    }),
    alarm(
      "signature-failures",
      "Many requests have a bad signature: a rotated secret, or an attack.",
      metric(of.received, Metric.signatureFailures),
      { threshold: thresholds.signatureFailures, comparison: "GreaterThanOrEqualToThreshold" },
    ),
    errorRate("receiver-errors", "More than 1 % of the receiver's runs fail.", of.receive),
    alarm("receiver-throttles", "The receiver is throttled: its concurrency is used up.", metric(of.receive, "Throttles")),
    // Throttles are counted a call, never for the table as a whole.
    sum("table-throttles", "DynamoDB throttles calls to the events table.", {
      puts: metric(of.tablePut, "ThrottledRequests"),
      updates: metric(of.tableUpdate, "ThrottledRequests"),
      gets: metric(of.tableGet, "ThrottledRequests"),
    }),
    sum("pipe-failures", "The pipe could not hand records to the workflow.", {
      failed: metric(of.pipe, "ExecutionFailed"),
      partly: metric(of.pipe, "ExecutionPartiallyFailed"),
      timedOut: metric(of.pipe, "ExecutionTimeout"),
      throttled: metric(of.pipe, "ExecutionThrottled"),
    }),
    alarm(
      "events-waiting",
      "An event has waited longer than five minutes, and nobody takes it: the pipe does not deliver, or AWS has switched it off.",
      metric(of.reconciled, Metric.oldestWaiting, "Maximum"),
      { threshold: 300, minutes: 1 },
    ),
    alarm(
      "processing-delay",
      "Events wait longer than five minutes for being processed.",
      metric(of.processed, Metric.processingDelay, "Maximum"),
      { threshold: 300_000 },
    ),
    alarm("workflow-executions-failed", "Executions of the workflow failed.", metric(of.workflow, "ExecutionsFailed")),
    alarm("workflow-executions-timed-out", "Executions of the workflow ran out of time.", metric(of.workflow, "ExecutionsTimedOut")),
    // Of starts that are refused, the pipe tells.
    alarm(
      "workflow-executions-throttled",
      "Step Functions throttles transitions between states: executions go on late.",
      metric(of.workflow, "ExecutionThrottled"),
    ),
    errorRate("processor-errors", "More than 1 % of the processor's runs fail.", of.process),
    alarm("processor-throttles", "The processor is throttled: its concurrency is used up.", metric(of.process, "Throttles")),
    alarm(
      "events-requeued",
      "Events had come to a halt half way and were put back: workers die, or the pipe does not deliver.",
      metric(of.reconciled, Metric.requeued),
    ),
    alarm(
      "reconciler-errors",
      "Runs of the reconciler fail: events that came to a halt cannot be put back or given up.",
      metric(of.reconcile, "Errors"),
    ),
    {
      what: "reconciler-silent",
      description: "The reconciler has not ended a run well for fifteen minutes: what comes to a halt stays there.",
      metrics: { invocations: metric(of.reconcile, "Invocations"), errors: metric(of.reconcile, "Errors") },
      expression: "invocations - errors",
      threshold: 1,
      comparison: "LessThanThreshold",
      minutes: 5,
      periods: 3,
      silenceIsBad: true,
    },
    alarm(
      "dead-letters",
      "Events failed for good and wait for an operator.",
      metric(of.deadLetters, "ApproximateNumberOfMessagesVisible", "Maximum"),
      { minutes: 1 },
    ),
  ];
}

const firstInFiveMinutes = { threshold: 0, comparison: "GreaterThanThreshold", minutes: 5, periods: 1 } as const;

/** Watches one metric: the first occurrence in five minutes raises the alarm, unless `changes` say otherwise. */
function alarm(what: string, description: string, m: MetricOf, changes: Partial<AlarmRule> = {}): AlarmRule {
  return { what, description, metrics: { m }, ...firstInFiveMinutes, ...changes };
}

/** Watches several metrics, of which each may be without data. */
function sum(what: string, description: string, metrics: Record<string, MetricOf>): AlarmRule {
  const expression = Object.keys(metrics).map((id) => `FILL(${id}, 0)`);
  return { what, description, metrics, expression: expression.join(" + "), ...firstInFiveMinutes };
}

/** Watches the share of a function's runs that fail, in percent. */
function errorRate(what: string, description: string, runs: MetricScope): AlarmRule {
  const metrics = { errors: metric(runs, "Errors"), invocations: metric(runs, "Invocations") };
  const expression = "IF(invocations > 0, 100 * errors / invocations, 0)";
  return { what, description, metrics, expression, ...firstInFiveMinutes, threshold: 1 };
}
