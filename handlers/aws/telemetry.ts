import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import { Metric, MetricDimension } from "../../domain/metrics";
import { Variable } from "../../domain/variables";
import { annotateTrace } from "./tracing";

/** The infrastructure sets namespace and service in the environment. */
export const logger = new Logger();
export const metrics = new Metrics({
  namespace: Metric.namespace,
  defaultDimensions: { [MetricDimension.environment]: process.env[Variable.environment] ?? "unknown" },
});

/** Begins the log of an invocation. Its lines carry the request's ID; the log group tells the function. */
export function beginLog({ awsRequestId }: Context): void {
  logger.resetKeys();
  logger.appendKeys({ function_request_id: awsRequestId });
}

/** Logs what became of an event or of a run. The line also carries the metrics counted so far, because CloudWatch bills each line. */
export function logOutcome(message: string, fields: Record<string, unknown>): void {
  logger.info(message, { ...fields, ...takeMetrics() });
}

/** Takes the metrics counted so far, without the service, which each line names. */
function takeMetrics(): Record<string, unknown> {
  if (!metrics.hasStoredMetrics()) return {};
  const taken = Object.entries(metrics.serializeMetrics()).filter(([key]) => key !== MetricDimension.service);
  metrics.clearMetrics();
  return Object.fromEntries(taken);
}

/** Writes the metrics that no line carries. */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** Adds one to a metric, under the dimensions that alarms watch. */
export function count(metric: string): void {
  metrics.addMetric(metric, MetricUnit.Count, 1);
}

/** Counts a request with a bad signature: once for the alarm, once by source and reason for diagnosis. */
export function countSignatureFailure(source: string, reason: string): void {
  count(Metric.signatureFailures);
  const single = metrics.singleMetric();
  single.addDimension(MetricDimension.source, source);
  single.addDimension(MetricDimension.reason, reason);
  single.addMetric(Metric.signatureFailures, MetricUnit.Count, 1);
}

/** Adds source and transaction ID to every log line and to the trace, so that each event can be traced. */
export function identifyEverywhere(source: string, transactionId: string): void {
  logger.appendKeys({ source, transactionId });
  annotateTrace("transactionId", transactionId);
  annotateTrace("source", source);
}
