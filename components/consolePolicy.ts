import * as pulumi from "@pulumi/pulumi";
import { destinationTypes, undeliveredIndex } from "../domain/destinations";
import { indexes } from "../domain/event";
import type { Deliveries } from "./destinations/deliveries";
import type { Encryption } from "./encryption";
import type { EventStore } from "./eventStore/eventStore";
import type { StackContext } from "./lib/context";
import { withoutHandshakes } from "./lib/handshakes";
import { allow, allowOnQueues, allowOnSourceSecrets, arnOf, document, useKey, type Statement } from "./lib/policies";
import type { Workflow } from "./workflow/workflow";

/**
 * Returns an IAM policy for people who look at the console: what `npx webhook-pipeline console` reads without `--write`, and nothing that
 * changes anything, takes a message from a queue, or reads a secret. Reading a payload needs no permission beyond reading an item. The actions
 * of `--write` need the operators' policy as well.
 */
export function consolePolicy(
  context: StackContext,
  encryption: Pick<Encryption, "dataKey">,
  { table, payloadBucket, deadLetterQueue }: Pick<EventStore, "table" | "payloadBucket" | "deadLetterQueue">,
  { pipe }: Pick<Workflow, "pipe">,
  deliveries: Deliveries | undefined,
): pulumi.Output<string> {
  const queried = Object.values(indexes).map(({ name }) => pulumi.interpolate`${table.arn}/index/${name}`);
  return document([
    allow("ListCountAndFind", ["dynamodb:Query"], queried),
    { ...allow("ShowEvents", ["dynamodb:GetItem", "dynamodb:BatchGetItem"], table.arn), Condition: withoutHandshakes },
    allow("ShowLargePayloads", ["s3:GetObject"], pulumi.interpolate`${payloadBucket.arn}/*`),
    allow("CountDeadLetters", ["sqs:GetQueueAttributes"], deadLetterQueue.arn),
    allow("LookAtPipe", ["pipes:DescribePipe"], pipe.arn),
    allowOnSourceSecrets("CountSecrets", ["secretsmanager:ListSecretVersionIds"], context),
    ...onCloudWatch(context),
    ...(context.config.destinations.length > 0 ? onDestinationQueues(context) : []),
    ...(deliveries ? onDeliveries(deliveries) : []),
    useKey("UseDataKey", encryption.dataKey.arn, ["read"]),
  ]);
}

/**
 * Lets people look at alarms and count refused requests. CloudWatch checks a list of alarms against all of the account and region, and has no
 * narrower resource for metrics than `*`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
 */
function onCloudWatch(context: StackContext): Statement[] {
  return [
    allow("LookAtAlarms", ["cloudwatch:DescribeAlarms"], arnOf(context, "cloudwatch", "alarm:*")),
    allow("CountRefusedRequests", ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], "*"),
  ];
}

/** Lets people count the messages of destinations. */
function onDestinationQueues(context: StackContext): Statement[] {
  const count = ["sqs:GetQueueAttributes"];
  return [
    allowOnQueues("CountWaiting", count, "queue", destinationTypes, context),
    allowOnQueues("CountDeadLettersOfDestinations", count, "deadLetterQueue", destinationTypes, context),
  ];
}

/** Lets people look at deliveries. */
function onDeliveries({ table }: Pick<Deliveries, "table">): Statement[] {
  return [
    allow("ShowDeliveries", ["dynamodb:GetItem"], table.arn),
    allow("ListUndelivered", ["dynamodb:Query"], pulumi.interpolate`${table.arn}/index/${undeliveredIndex.name}`),
  ];
}
