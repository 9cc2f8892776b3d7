import * as pulumi from "@pulumi/pulumi";
import { consolePolicy } from "./consolePolicy";
import type { CustomDomain } from "./customDomain";
import type { Alerting } from "./alerting/alerting";
import type { Deliveries } from "./destinations/deliveries";
import type { Destination } from "./destinations/destination";
import type { Encryption } from "./encryption";
import type { EventStore } from "./eventStore/eventStore";
import type { StackContext } from "./lib/context";
import type { Network } from "./network";
import type { PipelineOutputs } from "./outputTypes";
import { operatorPolicy } from "./operatorPolicy";
import { secretsPolicy } from "./secretsPolicy";
import type { Reconciler } from "./reconciler";
import type { WebhookApi } from "./webhookApi/webhookApi";
import type { Workflow } from "./workflow/workflow";

/** Types of outputs that every language of Pulumi has. */
export type OutputType = "text" | "texts" | "texts by name" | "values by name";

/**
 * Type and meaning of each output of a pipeline. None is a secret. The interface PipelineOutputs and the plugin's schema are generated from
 * it.
 */
export const outputDescriptions = {
  urls: {
    type: "texts by name",
    description: "URL to which each source posts, by the source's name; under the pipeline's own domain, if it has one.",
  },
  secretArns: { type: "texts by name", description: "ARN of each source's secret, by the source's name. Operators set its value." },
  tableName: { type: "text", description: "Name of the table with the events." },
  payloadBucketName: { type: "text", description: "Name of the bucket with large bodies." },
  eventBusName: { type: "text", description: "Name of the event bus with the processed events. Subscribe to it with a rule." },
  eventBusArn: { type: "text", description: "ARN of that event bus." },
  deadLetterQueueUrl: { type: "text", description: "URL of the queue with a dead letter for each event that failed." },
  alertTopicArn: { type: "text", description: "ARN of the topic to which alarms are published." },
  dashboardUrl: { type: "text", description: "URL of the dashboard in the AWS console." },
  dataKeyArn: {
    type: "text",
    description: "ARN of the key that encrypts events, queues and secrets. Another account's consumers need kms:Decrypt on it.",
  },
  destinationQueueUrls: { type: "texts by name", description: "URL of each destination's queue, by the destination's name." },
  destinationQueueArns: { type: "texts by name", description: "ARN of each destination's queue, by the destination's name." },
  destinationSecretArns: {
    type: "texts by name",
    description: "ARN of the signing secret of each destination of the type https, by the destination's name.",
  },
  egressAddresses: {
    type: "texts",
    description: "Fixed addresses from which a private network posts to destinations, for their firewalls. Empty without a NAT gateway.",
  },
  operatorPolicy: {
    type: "text",
    description: "IAM policy for operators: exactly what the commands events and destinations and the runbook need.",
  },
  consolePolicy: {
    type: "text",
    description: "IAM policy for people who look at the console: exactly what the command console reads without --write.",
  },
  secretsPolicy: {
    type: "text",
    description: "IAM policy for people who set and rotate signing secrets: exactly what the command secrets needs.",
  },
  stackOutputs: {
    type: "values by name",
    description: "Everything that the commands of webhook-pipeline read. To use them on a stack, export it as one of the stack's outputs.",
  },
} as const satisfies Record<keyof PipelineOutputs, { type: OutputType; description: string }>;

/** Components of a pipeline from which its outputs come. */
export interface PipelineParts {
  context: StackContext;
  encryption: Encryption;
  network: Network | undefined;
  eventStore: EventStore;
  webhookApi: WebhookApi;
  workflow: Workflow;
  reconciler: Reconciler;
  deliveries: Deliveries | undefined;
  destinations: Readonly<Record<string, Destination>>;
  alerting: Alerting;
  customDomain: CustomDomain | undefined;
}

/** Returns the outputs of a pipeline: names and addresses that people and other programs need. */
export function outputsOf(parts: PipelineParts): Omit<PipelineOutputs, "stackOutputs"> {
  const { context, encryption, network, eventStore, webhookApi, workflow, reconciler, deliveries, destinations, alerting } = parts;
  return {
    urls: pulumi.output((parts.customDomain ?? webhookApi).urls),
    secretArns: pulumi.output(mapValues(webhookApi.secrets, ({ arn }) => arn)),
    tableName: eventStore.table.name,
    payloadBucketName: eventStore.payloadBucket.id,
    eventBusName: workflow.eventBus.name,
    eventBusArn: workflow.eventBus.arn,
    deadLetterQueueUrl: eventStore.deadLetterQueue.url,
    alertTopicArn: alerting.topic.arn,
    dashboardUrl: alerting.dashboardUrl,
    dataKeyArn: encryption.dataKey.arn,
    destinationQueueUrls: pulumi.output(mapValues(destinations, ({ queue }) => queue.url)),
    destinationQueueArns: pulumi.output(mapValues(destinations, ({ queue }) => queue.arn)),
    destinationSecretArns: pulumi.output(secretArns(destinations)),
    egressAddresses: network?.egressAddresses ?? pulumi.output([]),
    operatorPolicy: operatorPolicy(context, encryption, eventStore, workflow, reconciler, deliveries),
    consolePolicy: consolePolicy(context, encryption, eventStore, workflow, deliveries),
    secretsPolicy: secretsPolicy(context, encryption, eventStore),
  };
}

function mapValues<T, U>(values: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

function secretArns(destinations: Readonly<Record<string, Destination>>): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(Object.entries(destinations).flatMap(([name, { secret }]) => (secret ? [[name, secret.arn]] : [])));
}
