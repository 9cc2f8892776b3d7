import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isHttps, type Destination as Settings, type HttpsDestination } from "../../config/destinations";
import { eventPattern } from "../../domain/destinationFilter";
import { concurrencyOf, deliveryBatchSize, visibilityTimeoutSeconds } from "../../domain/destinations";
import { destinationName } from "../../domain/names";
import type { Encryption } from "../encryption";
import type { StackContext } from "../lib/context";
import { destinationTags } from "../lib/policies";
import { createSigningSecret } from "../lib/signingSecret";
import type { Deliveries } from "./deliveries";
import { createQueue, createQueuePolicy } from "./queue";

export interface DestinationComponentArgs {
  context: StackContext;
  encryption: Encryption;
  eventBus: aws.cloudwatch.EventBus;
  destination: Settings;
  /** Required for the type `https`. */
  deliveries?: Deliveries;
}

/**
 * Receives after which SQS itself moves a message to the dead letters; SQS allows no more. Deliveries are counted in the table, so this
 * happens only to messages whose delivery or consumer crashes each time.
 */
const maxReceiveCount = 1_000;

/** Brings the chosen events to one destination: a rule on the event bus, a queue with its dead letters, and what posts to a URL. */
export class Destination extends pulumi.ComponentResource {
  readonly queue: aws.sqs.Queue;
  readonly deadLetterQueue: aws.sqs.Queue;
  readonly rule: aws.cloudwatch.EventRule;
  /** Signing secret, created without a value; `undefined`: consumers poll the queue. */
  readonly secret: aws.secretsmanager.Secret | undefined;
  readonly mapping: aws.lambda.EventSourceMapping | undefined;

  constructor(name: string, args: DestinationComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Destination", name, {}, opts);
    const parent = this;
    const { context, encryption, eventBus, destination, deliveries } = args;
    const suffix = context.config.environmentSuffix;

    const rule = createRule();
    const { deadLetterQueue, deadLetterPolicy } = createDeadLetterQueue();
    const queue = createEventQueue();
    createTarget();
    const secret = isHttps(destination) ? createSecret() : undefined;
    const mapping = isHttps(destination) && deliveries ? createMapping(destination, deliveries.function) : undefined;
    this.rule = rule;
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    this.secret = secret;
    this.mapping = mapping;
    this.registerOutputs({ queueUrl: queue.url, ruleName: rule.name });

    function createRule(): aws.cloudwatch.EventRule {
      return new aws.cloudwatch.EventRule(
        name,
        {
          name: destinationName.rule(destination.name, suffix),
          description: `Events for the destination ${destination.name}`,
          eventBusName: eventBus.name,
          eventPattern: JSON.stringify(eventPattern(destination)),
        },
        { parent },
      );
    }

    /** Creates the queue of what could not be delivered: by EventBridge, by the function, or because it crashes each time. */
    function createDeadLetterQueue(): { deadLetterQueue: aws.sqs.Queue; deadLetterPolicy: aws.sqs.QueuePolicy } {
      const queueName = destinationName.deadLetterQueue(destination.name, suffix);
      const own = { context, encryption, destination, queueName };
      const queue = createQueue(`${name}-dead-letters`, own, parent);
      return { deadLetterQueue: queue, deadLetterPolicy: createQueuePolicy(`${name}-dead-letters`, queue, rule) };
    }

    function createEventQueue(): aws.sqs.Queue {
      const queueName = destinationName.queue(destination.name, suffix);
      const redrivePolicy = pulumi.jsonStringify({ deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount });
      const own = { context, encryption, destination, queueName, visibilityTimeoutSeconds, redrivePolicy };
      return createQueue(name, own, parent);
    }

    /**
     * Lets the rule send to the queue. EventBridge gives up after a day of throttles or outages, and at once if a permission is missing:
     * then the event becomes a dead letter. The target depends on both policies, so that no event fails or is lost meanwhile.
     * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
     */
    function createTarget(): void {
      const consumers = isHttps(destination) ? [] : destination.consumerRoles;
      const policy = createQueuePolicy(name, queue, rule, consumers);
      new aws.cloudwatch.EventTarget(
        name,
        {
          rule: rule.name,
          eventBusName: eventBus.name,
          targetId: destination.name,
          arn: queue.arn,
          deadLetterConfig: { arn: deadLetterQueue.arn },
        },
        { parent, dependsOn: [policy, deadLetterPolicy] },
      );
    }

    function createSecret(): aws.secretsmanager.Secret {
      const secretName = destinationName.secret(destination.name, suffix);
      const what = `Signing secret of the destination ${destination.name}`;
      return createSigningSecret(name, { context, encryption, secretName, what, tags: destinationTags(destination) }, parent);
    }

    /**
     * Creates the mapping that hands the queue's messages to the function. Whether it is enabled follows the destination's state in the
     * table, so that an update resumes nothing that an operator or the function has paused.
     */
    function createMapping(https: HttpsDestination, deliver: aws.lambda.Function): aws.lambda.EventSourceMapping {
      return new aws.lambda.EventSourceMapping(
        name,
        {
          eventSourceArn: queue.arn,
          functionName: deliver.arn,
          enabled: true,
          batchSize: deliveryBatchSize,
          functionResponseTypes: ["ReportBatchItemFailures"],
          scalingConfig: { maximumConcurrency: concurrencyOf(https) },
        },
        { parent, ignoreChanges: ["enabled"] },
      );
    }
  }
}
