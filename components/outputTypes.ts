import type { Output } from "@pulumi/pulumi";

// Written by npm run fix from pipelineOutputs.ts.

/** Outputs of a pipeline. */
export interface PipelineOutputs {
  /** URL to which each source posts, by the source's name; under the pipeline's own domain, if it has one. */
  readonly urls: Output<Record<string, string>>;
  /** ARN of each source's secret, by the source's name. Operators set its value. */
  readonly secretArns: Output<Record<string, string>>;
  /** Name of the table with the events. */
  readonly tableName: Output<string>;
  /** Name of the bucket with large bodies. */
  readonly payloadBucketName: Output<string>;
  /** Name of the event bus with the processed events. Subscribe to it with a rule. */
  readonly eventBusName: Output<string>;
  /** ARN of that event bus. */
  readonly eventBusArn: Output<string>;
  /** URL of the queue with a dead letter for each event that failed. */
  readonly deadLetterQueueUrl: Output<string>;
  /** ARN of the topic to which alarms are published. */
  readonly alertTopicArn: Output<string>;
  /** URL of the dashboard in the AWS console. */
  readonly dashboardUrl: Output<string>;
  /** ARN of the key that encrypts events, queues and secrets. Another account's consumers need kms:Decrypt on it. */
  readonly dataKeyArn: Output<string>;
  /** URL of each destination's queue, by the destination's name. */
  readonly destinationQueueUrls: Output<Record<string, string>>;
  /** ARN of each destination's queue, by the destination's name. */
  readonly destinationQueueArns: Output<Record<string, string>>;
  /** ARN of the signing secret of each destination of the type https, by the destination's name. */
  readonly destinationSecretArns: Output<Record<string, string>>;
  /** Fixed addresses from which a private network posts to destinations, for their firewalls. Empty without a NAT gateway. */
  readonly egressAddresses: Output<string[]>;
  /** IAM policy for operators: exactly what the commands events and destinations and the runbook need. */
  readonly operatorPolicy: Output<string>;
  /** IAM policy for people who look at the console: exactly what the command console reads without --write. */
  readonly consolePolicy: Output<string>;
  /** IAM policy for people who set and rotate signing secrets: exactly what the command secrets needs. */
  readonly secretsPolicy: Output<string>;
  /** Everything that the commands of webhook-pipeline read. To use them on a stack, export it as one of the stack's outputs. */
  readonly stackOutputs: Output<Record<string, unknown>>;
}
