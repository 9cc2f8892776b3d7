import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { Metric, MetricDimension } from "../../domain/metrics";
import { Variable } from "../../domain/variables";
import { annotateTrace } from "./tracing";

/** Namespace and service come from the environment, which the infrastructure sets. */
export const logger = new Logger();
export const metrics = new Metrics({
  namespace: Metric.namespace,
  defaultDimensions: { [MetricDimension.environment]: process.env[Variable.environment] ?? "unknown" },
});

/** Counts one, under the dimensions that alarms watch. */
export function count(metric: string): void {
  metrics.addMetric(metric, MetricUnit.Count, 1);
}

/** Counts a refused request: once for the alarm, once by source and reason for whoever looks into it. */
export function countSignatureFailure(source: string, reason: string): void {
  count(Metric.signatureFailures);
  const single = metrics.singleMetric();
  single.addDimension(MetricDimension.source, source);
  single.addDimension(MetricDimension.reason, reason);
  single.addMetric(Metric.signatureFailures, MetricUnit.Count, 1);
}

/** Names the event in every line and on the trace, so that "accepted, but nothing happened" can be answered. */
export function identifyEverywhere(source: string, transactionId: string): void {
  logger.appendKeys({ source, transactionId });
  annotateTrace("transactionId", transactionId);
  annotateTrace("source", source);
}
