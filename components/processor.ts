import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Attribute, byStatusIndex, indexedAttributes } from "../domain/event";
import { Variable } from "../domain/variables";
import { protectedOptions, type StackContext } from "./lib/context";
import type { Encryption } from "./encryption";
import { LambdaFunction } from "./lib/lambdaFunction";
import type { Network } from "./network";
import { createPayloadBucket } from "./eventStore/payloadBucket";
import { allow, denyInsecureTransport, document } from "./lib/policies";

export interface ProcessorArgs {
  context: StackContext;
  encryption: Encryption;
  /** Where its function runs; `undefined`: in AWS's own network. */
  network: Network | undefined;
}

/** The longest that SQS keeps a message: fourteen days, in seconds. */
const deadLetterRetentionSeconds = 14 * 24 * 60 * 60;

/** The events table, which is the single source of truth, with the bucket of large payloads; the dead-letter queue; and the function that normalizes an event. */
export class Processor extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;
  /** Holds the bodies that are too large for an item. */
  readonly payloadBucket: aws.s3.Bucket;
  /** Holds the ids of events that failed for good; an operator redrives them. */
  readonly deadLetterQueue: aws.sqs.Queue;
  readonly function: aws.lambda.Function;

  constructor(name: string, args: ProcessorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook:index:Processor", name, {}, opts);
    const parent = this;
    const { context, encryption, network } = args;
    const { config } = context;

    const table = createTable();
    const payloadBucket = createPayloadBucket(context, encryption, parent);
    const deadLetterQueue = createDeadLetterQueue();
    this.table = table;
    this.payloadBucket = payloadBucket;
    this.deadLetterQueue = deadLetterQueue;
    this.function = createFunction().function;
    this.registerOutputs({ tableName: table.name, deadLetterQueueUrl: deadLetterQueue.url, functionName: this.function.name });

    /**
     * No sort key: the conditional put that makes an event unique guards exactly one key. The stream carries new images,
     * so that the pipe can let only RECEIVED items through; it is never switched off, because it would come back under
     * another ARN and the pipe would read nothing.
     */
    function createTable(): aws.dynamodb.Table {
      return new aws.dynamodb.Table(
        "events",
        {
          name: context.name("eventsTable"),
          billingMode: "PAY_PER_REQUEST",
          hashKey: Attribute.transactionId,
          attributes: [
            { name: Attribute.transactionId, type: "S" },
            { name: Attribute.status, type: "S" },
            { name: Attribute.receivedAt, type: "S" },
          ],
          globalSecondaryIndexes: [
            {
              name: byStatusIndex,
              hashKey: Attribute.status,
              rangeKey: Attribute.receivedAt,
              projectionType: "INCLUDE",
              nonKeyAttributes: [...indexedAttributes],
            },
          ],
          streamEnabled: true,
          streamViewType: "NEW_IMAGE",
          pointInTimeRecovery: { enabled: true },
          serverSideEncryption: { enabled: true, kmsKeyArn: encryption.dataKey.arn },
          ttl: { enabled: true, attributeName: Attribute.expiresAt },
          deletionProtectionEnabled: config.deletionProtection,
        },
        protectedOptions(context, parent),
      );
    }

    function createDeadLetterQueue(): aws.sqs.Queue {
      const queue = new aws.sqs.Queue(
        "dead-letters",
        {
          name: context.name("deadLetterQueue"),
          messageRetentionSeconds: deadLetterRetentionSeconds,
          kmsMasterKeyId: encryption.dataKey.arn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
        protectedOptions(context, parent),
      );
      new aws.sqs.QueuePolicy(
        "dead-letters",
        {
          queueUrl: queue.url,
          policy: document([denyInsecureTransport(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"], queue.arn)]),
        },
        { parent: queue },
      );
      return queue;
    }

    function createFunction(): LambdaFunction {
      return new LambdaFunction(
        "process",
        {
          context,
          encryption,
          handler: "process",
          functionName: "processFunction",
          roleName: "processRole",
          description: "Normalizes a stored webhook event",
          environment: { [Variable.tableName]: table.name, [Variable.payloadBucket]: payloadBucket.id },
          permissions: [
            allow("ReadAndNormalize", ["dynamodb:GetItem", "dynamodb:UpdateItem"], table.arn),
            allow("ReadLargePayloads", ["s3:GetObject"], pulumi.interpolate`${payloadBucket.arn}/*`),
          ],
          dataKeyUses: ["table"],
          deadLetterQueue,
          reservedConcurrency: config.processorReservedConcurrency,
          network,
        },
        { parent },
      );
    }
  }
}
