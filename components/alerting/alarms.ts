import { Metric } from "../../domain/metrics";
import { metric, metricsOf, type MetricOf, type Watched } from "./metrics";

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

/** Every alarm of the pipeline, in the order in which an event meets what it watches. */
export function alarmRules(watched: Watched, thresholds: { signatureFailures: number }): AlarmRule[] {
  const of = metricsOf(watched);
  const over = { threshold: 0, comparison: "GreaterThanThreshold", minutes: 5, periods: 1 } as const;
  const errorRate = {
    expression: "IF(invocations > 0, 100 * errors / invocations, 0)",
    threshold: 1,
    comparison: "GreaterThanThreshold",
    minutes: 5,
    periods: 1,
  } as const;
  const single = (m: MetricOf) => ({ metrics: { m } });

  return [
    ...(watched.firewall ? [firewallBlocks(watched.firewall)] : []),
    {
      what: "api-5xx",
      description: "Sources get 5XX answers: their events are not stored yet.",
      ...single(of.api("5XXError")),
      ...over,
      threshold: 5,
    },
    {
      what: "api-4xx",
      description: "What sources post is refused, signature and throttle aside: some, such as GitHub, do not send it again.",
      ...single(of.accessLog(Metric.refused)),
      ...over,
      threshold: 10,
    },
    {
      what: "api-throttled",
      description: "A source is throttled: some, such as GitHub, do not send again what was answered with 429.",
      ...single(of.accessLog(Metric.throttled)),
      ...over,
    },
    {
      what: "payload-failures",
      description: "Large bodies cannot be stored: their events are not acknowledged.",
      ...single(of.received(Metric.payloadFailures)),
      ...over,
    },
    {
      what: "api-latency",
      description: "One answer in a hundred takes longer than 3 s; sources may give up.",
      ...single(of.api("Latency", "p99")),
      ...over,
      threshold: 3000,
      periods: 2,
    },
    {
      what: "signature-failures",
      description: "Many requests have a bad signature: a rotated secret, or an attack.",
      ...single(of.received(Metric.signatureFailures)),
      ...over,
      threshold: thresholds.signatureFailures,
      comparison: "GreaterThanOrEqualToThreshold",
    },
    {
      what: "receiver-errors",
      description: "More than 1 % of the receiver's runs fail.",
      metrics: { errors: of.receive("Errors"), invocations: of.receive("Invocations") },
      ...errorRate,
    },
    {
      what: "receiver-throttles",
      description: "The receiver is throttled: its concurrency is used up.",
      ...single(of.receive("Throttles")),
      ...over,
    },
    { what: "table-throttles", description: "DynamoDB throttles calls to the events table.", ...tableThrottles(), ...over },
    { what: "pipe-failures", description: "The pipe could not hand records to the workflow.", ...pipeFailures(), ...over },
    {
      what: "events-waiting",
      description:
        "An event has waited longer than five minutes, and nobody takes it: the pipe does not deliver, or AWS has switched it off.",
      ...single(of.reconciled(Metric.oldestWaiting, "Maximum")),
      ...over,
      threshold: 300,
      minutes: 1,
    },
    {
      what: "processing-delay",
      description: "Events wait longer than five minutes for being processed.",
      ...single(of.processed(Metric.processingDelay, "Maximum")),
      ...over,
      threshold: 300_000,
    },
    {
      what: "workflow-executions-failed",
      description: "Executions of the workflow failed.",
      ...single(of.workflow("ExecutionsFailed")),
      ...over,
    },
    {
      what: "workflow-executions-timed-out",
      description: "Executions of the workflow ran out of time.",
      ...single(of.workflow("ExecutionsTimedOut")),
      ...over,
    },
    {
      // Of starts that are refused, the pipe tells.
      what: "workflow-executions-throttled",
      description: "Step Functions throttles transitions between states: executions go on late.",
      ...single(of.workflow("ExecutionThrottled")),
      ...over,
    },
    {
      what: "processor-errors",
      description: "More than 1 % of the processor's runs fail.",
      metrics: { errors: of.process("Errors"), invocations: of.process("Invocations") },
      ...errorRate,
    },
    {
      what: "processor-throttles",
      description: "The processor is throttled: its concurrency is used up.",
      ...single(of.process("Throttles")),
      ...over,
    },
    {
      what: "events-requeued",
      description: "Events had come to a halt half way and were put back: workers die, or the pipe does not deliver.",
      ...single(of.reconciled(Metric.requeued)),
      ...over,
    },
    {
      what: "reconciler-errors",
      description: "Runs of the reconciler fail: events that came to a halt cannot be put back or given up.",
      ...single(of.reconcile("Errors")),
      ...over,
    },
    {
      what: "reconciler-silent",
      description: "The reconciler has not ended a run well for fifteen minutes: what comes to a halt stays there.",
      metrics: { invocations: of.reconcile("Invocations"), errors: of.reconcile("Errors") },
      expression: "invocations - errors",
      threshold: 1,
      comparison: "LessThanThreshold",
      minutes: 5,
      periods: 3,
      silenceIsBad: true,
    },
    {
      what: "dead-letters",
      description: "Events failed for good and wait for an operator.",
      ...single(of.deadLetters("ApproximateNumberOfMessagesVisible", "Maximum")),
      ...over,
      minutes: 1,
    },
  ];

  /** @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html */
  function firewallBlocks({ webAcl, region }: NonNullable<Watched["firewall"]>): AlarmRule {
    return {
      what: "firewall-blocks",
      description: "AWS WAF blocks many requests: an attack, or a provider that it takes for one.",
      ...single(metric("AWS/WAFV2", { WebACL: webAcl, Region: region, Rule: "ALL" })("BlockedRequests")),
      ...over,
      threshold: 100,
    };
  }

  /** Throttles are counted a call, never for the table as a whole. */
  function tableThrottles() {
    const metrics = {
      puts: of.tablePut("ThrottledRequests"),
      updates: of.tableUpdate("ThrottledRequests"),
      gets: of.tableGet("ThrottledRequests"),
    };
    return { metrics, expression: "FILL(puts, 0) + FILL(updates, 0) + FILL(gets, 0)" };
  }

  function pipeFailures() {
    const metrics = {
      failed: of.pipe("ExecutionFailed"),
      partly: of.pipe("ExecutionPartiallyFailed"),
      timedOut: of.pipe("ExecutionTimeout"),
      throttled: of.pipe("ExecutionThrottled"),
    };
    return { metrics, expression: "FILL(failed, 0) + FILL(partly, 0) + FILL(timedOut, 0) + FILL(throttled, 0)" };
  }
}
