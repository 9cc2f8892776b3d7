import { Metric } from "../../domain/metrics";
import { alarm, errorRate, sum, type AlarmRule } from "./alarmRule";
import { destinationAlarms } from "./destinationAlarms";
import { metric, scopesOf, type Watched } from "./metrics";

/** Returns every alarm of the pipeline, in the order in which an event reaches the watched resources. */
export function pipelineAlarms(watched: Watched, thresholds: { signatureFailures: number }): AlarmRule[] {
  const of = scopesOf(watched);
  return [
    ...(of.firewall
      ? [
          alarm(
            "firewall-blocks",
            "AWS WAF has blocked more than 100 requests in five minutes: an attack, or genuine webhooks. See which rule blocked which address.",
            metric(of.firewall, "BlockedRequests"),
            { threshold: 100 },
          ),
        ]
      : []),
    alarm(
      "api-5xx",
      "Sources get 5XX answers, so their events are not stored. Most sources send again. Look for the first failing stage.",
      metric(of.api, "5XXError"),
      { threshold: 5 },
    ),
    alarm(
      "api-4xx",
      "Webhooks are refused with 4XX, for a reason other than signature or throttle. Some sources, such as GitHub, do not send again. Find the reason in the log.",
      metric(of.accessLog, Metric.refused),
      { threshold: 10 },
    ),
    alarm(
      "api-throttled",
      "Webhooks are throttled with 429. Some sources, such as GitHub, do not send again. Raise the source's throttle, or slow the source down.",
      metric(of.accessLog, Metric.throttled),
    ),
    alarm(
      "payload-failures",
      "Large bodies cannot be stored in the payload bucket. Their events are not acknowledged. Check the receiver's access to the bucket.",
      metric(of.received, Metric.payloadFailures),
    ),
    alarm(
      "api-latency",
      "One answer in a hundred takes longer than 3 s. Sources may time out and send again. Look for the slow stage.",
      metric(of.api, "Latency", "p99"),
      {
        threshold: 3000,
        periods: 2,
      },
    ),
    alarm(
      "signature-failures",
      "Many requests have a bad signature: a secret was changed on one side only, or someone forges requests. Compare the secrets.",
      metric(of.received, Metric.signatureFailures),
      { threshold: thresholds.signatureFailures, comparison: "GreaterThanOrEqualToThreshold" },
    ),
    errorRate(
      "receiver-errors",
      "More than 1 % of the receiver's invocations fail. Their events are not acknowledged. Find the error in the function's log.",
      of.receive,
    ),
    alarm(
      "receiver-throttles",
      "The receiver is throttled: no concurrency is left. Sources get 5XX answers. Raise its reservation or the account's limit.",
      metric(of.receive, "Throttles"),
    ),
    // DynamoDB counts throttles per operation, never for the whole table. A write that an index has no capacity for counts, too.
    sum(
      "table-throttles",
      "DynamoDB throttles calls to the events table. Events are stored or processed late. Look for a burst, a table limit or too few shards of the indexes.",
      {
        puts: metric(of.tablePut, "ThrottledRequests"),
        updates: metric(of.tableUpdate, "ThrottledRequests"),
        gets: metric(of.tableGet, "ThrottledRequests"),
      },
    ),
    sum(
      "pipe-failures",
      "The pipe could not pass records to the workflow. It retries, then sends them to the dead-letter queue. Read the pipe's log.",
      {
        failed: metric(of.pipe, "ExecutionFailed"),
        partly: metric(of.pipe, "ExecutionPartiallyFailed"),
        timedOut: metric(of.pipe, "ExecutionTimeout"),
        throttled: metric(of.pipe, "ExecutionThrottled"),
      },
    ),
    alarm(
      "events-waiting",
      "An event has waited more than five minutes for the workflow. The pipe does not deliver, or AWS has disabled it. Check the pipe, and start it.",
      metric(of.reconciled, Metric.oldestWaiting, "Maximum"),
      { threshold: 300, minutes: 1 },
    ),
    alarm(
      "processing-delay",
      "Events wait more than five minutes to be processed. They are stored, but subscribers get them late. Look for a backlog or throttling.",
      metric(of.processed, Metric.processingDelay, "Maximum"),
      { threshold: 300_000 },
    ),
    alarm(
      "workflow-executions-failed",
      "Calls of the workflow itself failed. Their events are retried. Find the failed state in the workflow's log.",
      metric(of.workflow, "ExecutionsFailed"),
    ),
    alarm(
      "workflow-executions-timed-out",
      "Executions of the workflow timed out. The reconciler requeues their events when the lease expires. Look for slow calls.",
      metric(of.workflow, "ExecutionsTimedOut"),
    ),
    // The alarm pipe-failures covers starts that Step Functions refuses.
    alarm(
      "workflow-executions-throttled",
      "Step Functions throttles state transitions. Events are processed late. Request a higher quota if this continues.",
      metric(of.workflow, "ExecutionThrottled"),
    ),
    errorRate(
      "processor-errors",
      "More than 1 % of the processor's invocations fail. The workflow retries them; then their events become FAILED. Find the error in the function's log.",
      of.process,
    ),
    alarm(
      "processor-throttles",
      "The processor is throttled: no concurrency is left. Events are processed late. Raise its reservation or the account's limit.",
      metric(of.process, "Throttles"),
    ),
    alarm(
      "events-requeued",
      "The reconciler has requeued stuck events: workers die, or the pipe does not deliver. No event is lost. Find the cause in its log.",
      metric(of.reconciled, Metric.requeued),
    ),
    alarm(
      "reconciler-errors",
      "Runs of the reconciler fail. New events still flow; stuck events are not requeued. Find the error in its log.",
      metric(of.reconcile, "Errors"),
    ),
    {
      what: "reconciler-silent",
      description:
        "No reconciler run has succeeded for 15 minutes. New events still flow; stuck events are not requeued. Check its schedule.",
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
      "Events have failed and their retries are used up. They wait in the dead-letter queue. Fix the cause, then redrive them.",
      metric(of.deadLetters, "ApproximateNumberOfMessagesVisible", "Maximum"),
      { minutes: 1 },
    ),
    ...destinationAlarms(watched),
  ];
}
