import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../../config/destinations";
import { queueRetentionSeconds } from "../../domain/destinations";
import type { Encryption } from "../encryption";
import { protectedOptions, type StackContext } from "../lib/context";
import { denyInsecureTransport, destinationTags, document, ownTags, type Statement } from "../lib/policies";

export interface DestinationQueueArgs {
  context: StackContext;
  encryption: Encryption;
  destination: Destination;
  /** Physical name of the queue. */
  queueName: string;
  /** Absent: SQS's 30 seconds. */
  visibilityTimeoutSeconds?: number;
  /** JSON; absent: SQS moves no message. */
  redrivePolicy?: pulumi.Input<string>;
}

/** Creates a queue that keeps messages as long as SQS allows, encrypted with the data key. Its tags tell whose it is. */
export function createQueue(name: string, args: DestinationQueueArgs, parent: pulumi.Resource): aws.sqs.Queue {
  const { context, encryption, destination, queueName, visibilityTimeoutSeconds, redrivePolicy } = args;
  return new aws.sqs.Queue(
    name,
    {
      name: queueName,
      messageRetentionSeconds: queueRetentionSeconds,
      visibilityTimeoutSeconds,
      redrivePolicy,
      kmsMasterKeyId: encryption.dataKey.arn,
      kmsDataKeyReusePeriodSeconds: 300,
      tags: { ...ownTags(context), ...destinationTags(destination) },
    },
    protectedOptions(context, parent),
  );
}

/** Creates a queue's policy: the rule may send, the consumers may read, and nobody without TLS. */
export function createQueuePolicy(
  name: string,
  queue: aws.sqs.Queue,
  rule: aws.cloudwatch.EventRule,
  consumers: readonly pulumi.Input<string>[] = [],
): aws.sqs.QueuePolicy {
  const policy = document([
    letRuleSend(queue, rule),
    ...(consumers.length > 0 ? [letConsumersRead(queue, consumers)] : []),
    denyInsecureTransport(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"], queue.arn),
  ]);
  return new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy }, { parent: queue });
}

/**
 * Lets EventBridge send to a queue, for this rule only.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
function letRuleSend(queue: aws.sqs.Queue, rule: aws.cloudwatch.EventRule): Statement {
  return {
    Sid: "LetRuleSend",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queue.arn,
    Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
  };
}

/** Lets the consumers poll a queue, delete what they have handled, and put the rest off. */
function letConsumersRead(queue: aws.sqs.Queue, consumers: readonly pulumi.Input<string>[]): Statement {
  const actions = ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "GetQueueUrl"];
  return {
    Sid: "LetConsumersRead",
    Effect: "Allow",
    Principal: { AWS: [...consumers] },
    Action: actions.map((action) => `sqs:${action}`),
    Resource: queue.arn,
  };
}
