import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Attribute, indexes } from "../../domain/event";
import type { Encryption } from "../encryption";
import { protectedOptions, type StackContext } from "../lib/context";
import { denyInsecureTransport, document } from "../lib/policies";
import { createPayloadBucket } from "./payloadBucket";
import { keepShards, shardsTag } from "./shards";

export interface EventStoreArgs {
  context: StackContext;
  encryption: Encryption;
}

/** Seconds that the queue keeps a dead letter: 14 days, the most that SQS allows. */
const deadLetterRetentionSeconds = 14 * 24 * 60 * 60;

/** Stores events in a table, the single source of truth. It also creates the bucket for large payloads and the dead-letter queue. */
export class EventStore extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;
  /** Stores bodies that are too large for an item. */
  readonly payloadBucket: aws.s3.Bucket;
  /** Holds a dead letter for each event that failed. An operator redrives them. */
  readonly deadLetterQueue: aws.sqs.Queue;

  constructor(name: string, args: EventStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:EventStore", name, {}, opts);
    const parent = this;
    const { context, encryption } = args;

    this.table = createTable();
    this.payloadBucket = createPayloadBucket(`${name}-payloads`, context, encryption, parent);
    this.deadLetterQueue = createDeadLetterQueue();
    this.registerOutputs({
      tableName: this.table.name,
      payloadBucketName: this.payloadBucket.id,
      deadLetterQueueUrl: this.deadLetterQueue.url,
    });

    /**
     * Creates the table. It has no sort key, because the conditional put that keeps events unique guards exactly one key.
     *
     * The stream carries new images, so that the pipe can select RECEIVED items. It is never disabled: it would return under another ARN,
     * and the pipe would read nothing.
     */
    function createTable(): aws.dynamodb.Table {
      return new aws.dynamodb.Table(
        `${name}-table`,
        {
          name: context.name("eventsTable"),
          billingMode: "PAY_PER_REQUEST",
          hashKey: Attribute.transactionId,
          attributes: [
            { name: Attribute.transactionId, type: "S" },
            { name: Attribute.receivedAt, type: "S" },
            { name: Attribute.shard, type: "N" },
            { name: Attribute.dueAt, type: "N" },
            { name: Attribute.settledShard, type: "N" },
            { name: Attribute.failedShard, type: "N" },
          ],
          globalSecondaryIndexes: Object.values(indexes).map(({ name, hashKey, rangeKey, attributes }) => ({
            name,
            hashKey,
            rangeKey,
            ...(attributes.length === 0
              ? { projectionType: "KEYS_ONLY" }
              : { projectionType: "INCLUDE", nonKeyAttributes: [...attributes] }),
          })),
          streamEnabled: true,
          streamViewType: "NEW_IMAGE",
          pointInTimeRecovery: { enabled: true },
          serverSideEncryption: { enabled: true, kmsKeyArn: encryption.dataKey.arn },
          ttl: { enabled: true, attributeName: Attribute.expiresAt },
          deletionProtectionEnabled: context.config.deletionProtection,
          tags: shardsTag(context.config.indexShards),
        },
        { ...protectedOptions(context, parent), hooks: keepShards(`${name}-table`) },
      );
    }

    function createDeadLetterQueue(): aws.sqs.Queue {
      const queue = new aws.sqs.Queue(
        `${name}-dead-letters`,
        {
          name: context.name("deadLetterQueue"),
          messageRetentionSeconds: deadLetterRetentionSeconds,
          kmsMasterKeyId: encryption.dataKey.arn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
        protectedOptions(context, parent),
      );
      new aws.sqs.QueuePolicy(
        `${name}-dead-letters`,
        {
          queueUrl: queue.url,
          policy: document([denyInsecureTransport(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"], queue.arn)]),
        },
        { parent: queue },
      );
      return queue;
    }
  }
}
