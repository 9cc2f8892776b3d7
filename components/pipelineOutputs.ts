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
import { operatorPolicy, secretsPolicy } from "./operatorPolicy";
import type { Reconciler } from "./reconciler";
import type { WebhookApi } from "./webhookApi/webhookApi";
import type { Workflow } from "./workflow/workflow";

/** Values of outputs, by the name of their type. */
interface OutputValues {
  text: string;
  texts: string[];
  "texts by name": Record<string, string>;
}

export type OutputType = keyof OutputValues;

/** Type and meaning of each output of a pipeline. All are texts, so that every language of Pulumi has them. None is a secret. */
export const outputDescriptions = {
  urls: { type: "texts by name", description: "URL to which each source posts its webhooks, by the source's name." },
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
  operatorPolicy: { type: "text", description: "IAM policy for operators: lists, shows, redrives and replays events." },
  consolePolicy: { type: "text", description: "IAM policy for people who look at the console without writing." },
  secretsPolicy: { type: "text", description: "IAM policy for people who set and rotate signing secrets." },
} as const satisfies Record<string, { type: OutputType; description: string }>;

type Descriptions = typeof outputDescriptions;

/** Outputs of a pipeline. */
export type PipelineOutputs = { readonly [Name in keyof Descriptions]: pulumi.Output<OutputValues[Descriptions[Name]["type"]]> };

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
export function outputsOf(parts: PipelineParts): PipelineOutputs {
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
