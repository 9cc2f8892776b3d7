import type * as pulumi from "@pulumi/pulumi";
import { Metric, MetricDimension, Service } from "../../domain/metrics";

/** What is watched: the values of the metrics' dimensions. */
export interface Watched {
  environment: pulumi.Input<string>;
  api: pulumi.Input<string>;
  stage: pulumi.Input<string>;
  receiveFunction: pulumi.Input<string>;
  processFunction: pulumi.Input<string>;
  reconcileFunction: pulumi.Input<string>;
  table: pulumi.Input<string>;
  pipe: pulumi.Input<string>;
  stateMachineArn: pulumi.Input<string>;
  deadLetterQueue: pulumi.Input<string>;
  /** `undefined`: nothing stands before the API. */
  firewall: { webAcl: pulumi.Input<string>; region: string } | undefined;
}

type Statistic = "Sum" | "Maximum" | "p99";

/** One metric of one resource. */
export interface MetricOf {
  namespace: string;
  metric: string;
  dimensions: Record<string, pulumi.Input<string>>;
  statistic: Statistic;
}

/** A metric of what these dimensions name, by its own name and statistic. */
export const metric =
  (namespace: string, dimensions: Record<string, pulumi.Input<string>>) =>
  (metric: string, statistic: Statistic = "Sum"): MetricOf => ({
    namespace,
    metric,
    dimensions,
    statistic,
  });

/** Metrics of each hop, as AWS names them; dashboard and alarms read the same ones. */
export function metricsOf(watched: Watched) {
  const custom = (service: string) =>
    metric(Metric.namespace, { [MetricDimension.environment]: watched.environment, [MetricDimension.service]: service });
  return {
    /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
    api: metric("AWS/ApiGateway", { ApiName: watched.api, Stage: watched.stage }),
    accessLog: metric(Metric.namespace, { [MetricDimension.stage]: watched.stage }),
    /** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
    receive: metric("AWS/Lambda", { FunctionName: watched.receiveFunction }),
    process: metric("AWS/Lambda", { FunctionName: watched.processFunction }),
    reconcile: metric("AWS/Lambda", { FunctionName: watched.reconcileFunction }),
    /** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
    table: metric("AWS/DynamoDB", { TableName: watched.table }),
    tablePut: metric("AWS/DynamoDB", { TableName: watched.table, Operation: "PutItem" }),
    tableUpdate: metric("AWS/DynamoDB", { TableName: watched.table, Operation: "UpdateItem" }),
    tableGet: metric("AWS/DynamoDB", { TableName: watched.table, Operation: "GetItem" }),
    /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html */
    pipe: metric("AWS/EventBridge/Pipes", { PipeName: watched.pipe }),
    /** @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
    workflow: metric("AWS/States", { StateMachineArn: watched.stateMachineArn }),
    /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
    deadLetters: metric("AWS/SQS", { QueueName: watched.deadLetterQueue }),
    received: custom(Service.receive),
    processed: custom(Service.process),
    reconciled: custom(Service.reconcile),
  };
}
