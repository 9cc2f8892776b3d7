import { Metric } from "../domain/metrics";
import { Type } from "./graph/types";
import published from "./facts/metrics.json";

/** Metrics from AWS's pages that CloudFormation's specification lacks, by namespace.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
const supplement: Record<string, string[]> = {
  "AWS/EventBridge/Pipes": (
    "Concurrency Duration EnrichmentStageDuration EnrichmentStageFailed EventCount EventSize ExecutionFailed " +
    "ExecutionPartiallyFailed ExecutionThrottled ExecutionTimeout Invocations TargetStageDuration TargetStageFailed " +
    "TargetStagePartiallyFailed TargetStageSkipped"
  ).split(" "),
  "AWS/WAFV2": ["AllowedRequests", "BlockedRequests", "CountedRequests", "CaptchaRequests", "ChallengeRequests", "PassedRequests"],
  "AWS/States": ["ExpressExecutionMemory", "ExpressExecutionBilledDuration", "ExpressExecutionBilledMemory", "RedrivenExecutions"],
  "AWS/Lambda":
    "AsyncEventsReceived AsyncEventAge AsyncEventsDropped OffsetLag RecursiveInvocationsDropped ClaimedAccountConcurrency".split(" "),
  [Metric.namespace]: Object.values(Metric).filter((name) => name !== Metric.namespace),
};

const known = published as Record<string, string[] | undefined>;

/** Metrics of HTTP and WebSocket APIs, which have an ApiId. A REST API has an ApiName and other metric names.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
const httpApiOnly = ["4xx", "5xx", "DataProcessed", "ConnectCount", "MessageCount", "IntegrationError", "ClientError", "ExecutionError"];

/** Returns whether a namespace lacks a metric; false for namespaces whose metrics are not known. */
export function isUnknownMetric(namespace: unknown, name: unknown, dimensions: Record<string, unknown> = {}): boolean {
  if (namespace === "AWS/ApiGateway" && "ApiName" in dimensions && httpApiOnly.includes(String(name))) return true;
  if (typeof namespace !== "string" || typeof name !== "string" || name === "[unknown]") return false;
  const names = [...(known[namespace] ?? []), ...(Object.hasOwn(supplement, namespace) ? supplement[namespace] : [])];
  return names.length > 0 && !names.includes(name);
}

/** Suggests the namespace for an unknown one with the same ending: `AWS/EventBridge/Pipes` for `AWS/Pipes`. */
export function meantNamespace(namespace: unknown): string | undefined {
  const all = [...Object.keys(known), ...Object.keys(supplement)];
  if (typeof namespace !== "string" || all.includes(namespace)) return undefined;
  const last = (name: string) => name.split("/").at(-1)!.toLowerCase();
  return all.find((name) => last(name) === last(namespace));
}

/** Resource types that dimensions name, by namespace and dimension.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html */
const dimensions: Record<string, Record<string, string>> = {
  "AWS/ApiGateway": { ApiName: Type.restApi, Stage: Type.stage },
  "AWS/DynamoDB": { TableName: Type.table },
  "AWS/EventBridge/Pipes": { PipeName: Type.pipe },
  "AWS/Events": { RuleName: Type.eventRule },
  "AWS/Lambda": { FunctionName: Type.function },
  "AWS/SNS": { TopicName: Type.topic },
  "AWS/SQS": { QueueName: Type.queue },
  "AWS/States": { StateMachineArn: Type.stateMachine },
  "AWS/WAFV2": { WebACL: Type.webAcl },
};

/** Dimensions that do not name a resource, by namespace. */
const others: Record<string, string[]> = {
  "AWS/ApiGateway": ["Resource", "Method"],
  "AWS/DynamoDB": "Operation GlobalSecondaryIndexName StreamLabel ReceivingRegion OperationType Verb DelegatedOperation".split(" "),
  "AWS/EventBridge/Pipes": ["AwsAccount"],
  "AWS/Events": ["EventBusName", "EventSourceName"],
  "AWS/Lambda": ["Resource", "ExecutedVersion", "EventSourceMappingUUID"],
  "AWS/SNS": ["Application", "Platform", "Country", "SMSType", "PhoneNumber"],
  "AWS/SQS": [],
  "AWS/States": ["ActivityArn", "LambdaFunctionArn", "ServiceIntegrationResourceArn", "APIName", "ServiceMetric"],
  "AWS/WAFV2": (
    "Region Rule RuleGroup ManagedRuleGroup ManagedRuleGroupRule Resource ResourceType Country Attack Device LabelNamespace " +
    "Label Context"
  ).split(" "),
};

/** Returns the resource type that a dimension names; `undefined` if it names none or the namespace is unknown. */
export function dimensionType(namespace: string, dimension: string): string | undefined {
  return dimensions[namespace]?.[dimension];
}

/** Returns whether a namespace lacks a dimension; false for unknown namespaces. */
export function isUnknownDimension(namespace: string, dimension: string): boolean {
  const resources = dimensions[namespace];
  return resources !== undefined && !Object.hasOwn(resources, dimension) && !others[namespace].includes(dimension);
}
