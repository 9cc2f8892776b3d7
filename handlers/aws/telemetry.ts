import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { Metric, MetricDimension } from "../../domain/metrics";
import { Variable } from "../../domain/variables";
import { annotateTrace } from "./tracing";

/** The infrastructure sets namespace and service in the environment. */
export const logger = new Logger();
export const metrics = new Metrics({
  namespace: Metric.namespace,
  defaultDimensions: { [MetricDimension.environment]: process.env[Variable.environment] ?? "unknown" },
});

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
