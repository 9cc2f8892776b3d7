import type * as pulumi from "@pulumi/pulumi";
import { Metric, MetricDimension, Service } from "../../domain/metrics";

/** Resources to watch: values of the metrics' dimensions. */
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
  /** `undefined`: no firewall protects the API. */
  firewall: { webAcl: pulumi.Input<string>; region: string } | undefined;
  /** `undefined`: the pipeline posts to no destination. */
  deliverFunction: pulumi.Input<string> | undefined;
  destinations: readonly WatchedDestination[];
}

/** A destination to watch. */
export interface WatchedDestination {
  name: string;
  queue: pulumi.Input<string>;
  deadLetterQueue: pulumi.Input<string>;
  /** Its rule on the event bus. */
  rule: pulumi.Input<string>;
  eventBus: pulumi.Input<string>;
  /** False if consumers poll its queue. */
  isSentTo: boolean;
}

type Statistic = "Sum" | "Maximum" | "p99";

/** Metric of one resource. */
export interface MetricOf {
  namespace: string;
  metric: string;
  dimensions: Record<string, pulumi.Input<string>>;
  statistic: Statistic;
}

/** Resource or service that has metrics: a namespace and its dimensions. */
export interface MetricScope {
  namespace: string;
  dimensions: Record<string, pulumi.Input<string>>;
}

/** Returns one metric of a scope. Its statistic is the sum, unless given. */
export function metric({ namespace, dimensions }: MetricScope, metric: string, statistic: Statistic = "Sum"): MetricOf {
  return { namespace, metric, dimensions, statistic };
}

/** Returns the scopes that dashboard and alarms read, named as AWS names them. */
export function scopesOf(watched: Watched) {
  const scope = (namespace: string, dimensions: MetricScope["dimensions"]): MetricScope => ({ namespace, dimensions });
  const custom = (service: string) =>
    scope(Metric.namespace, { [MetricDimension.environment]: watched.environment, [MetricDimension.service]: service });
  return {
    /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
    api: scope("AWS/ApiGateway", { ApiName: watched.api, Stage: watched.stage }),
    accessLog: scope(Metric.namespace, { [MetricDimension.stage]: watched.stage }),
    /** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
    receive: scope("AWS/Lambda", { FunctionName: watched.receiveFunction }),
    process: scope("AWS/Lambda", { FunctionName: watched.processFunction }),
    reconcile: scope("AWS/Lambda", { FunctionName: watched.reconcileFunction }),
    /** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
    table: scope("AWS/DynamoDB", { TableName: watched.table }),
    tablePut: scope("AWS/DynamoDB", { TableName: watched.table, Operation: "PutItem" }),
    tableUpdate: scope("AWS/DynamoDB", { TableName: watched.table, Operation: "UpdateItem" }),
    tableGet: scope("AWS/DynamoDB", { TableName: watched.table, Operation: "GetItem" }),
    /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html */
    pipe: scope("AWS/EventBridge/Pipes", { PipeName: watched.pipe }),
    /** @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
    workflow: scope("AWS/States", { StateMachineArn: watched.stateMachineArn }),
    /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
    deadLetters: scope("AWS/SQS", { QueueName: watched.deadLetterQueue }),
    /**
     * Only if a firewall protects the API.
     * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
     */
    firewall: watched.firewall && scope("AWS/WAFV2", { WebACL: watched.firewall.webAcl, Region: watched.firewall.region, Rule: "ALL" }),
    /** Only if the pipeline posts to a destination. */
    deliver: watched.deliverFunction && scope("AWS/Lambda", { FunctionName: watched.deliverFunction }),
    delivered: custom(Service.deliver),
    received: custom(Service.receive),
    processed: custom(Service.process),
    reconciled: custom(Service.reconcile),
  };
}

/** Returns the scopes of a destination. */
export function destinationScopes(watched: Watched, { name, queue, deadLetterQueue, rule, eventBus, isSentTo }: WatchedDestination) {
  const { namespace, dimensions } = scopesOf(watched).delivered;
  const sent: MetricScope = { namespace, dimensions: { ...dimensions, [MetricDimension.destination]: name } };
  const ofQueue = (QueueName: pulumi.Input<string>): MetricScope => ({ namespace: "AWS/SQS", dimensions: { QueueName } });
  /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
  const ofRule: MetricScope = { namespace: "AWS/Events", dimensions: { EventBusName: eventBus, RuleName: rule } };
  return { queue: ofQueue(queue), deadLetters: ofQueue(deadLetterQueue), rule: ofRule, sent: isSentTo ? sent : undefined };
}
