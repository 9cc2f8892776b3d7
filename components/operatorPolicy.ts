import * as pulumi from "@pulumi/pulumi";
import { destinationTypes, undeliveredIndex } from "../domain/destinations";
import { indexes } from "../domain/event";
import type { Deliveries } from "./destinations/deliveries";
import type { Encryption } from "./encryption";
import type { EventStore } from "./eventStore/eventStore";
import type { StackContext } from "./lib/context";
import { withoutHandshakes } from "./lib/handshakes";
import { allow, allowOnQueues, document, listenerArns, useKey, type Statement } from "./lib/policies";
import type { Reconciler } from "./reconciler";
import type { Workflow } from "./workflow/workflow";

/**
 * Returns an IAM policy for operators: what `npx webhook-pipeline events`, `destinations` and docs/runbook.md need, command by command. It can start the
 * pipe, because AWS disables a pipe but never enables it again. Reading a payload (`show --payload`) needs no permission beyond reading an
 * item, so everyone with this policy can do both.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 */
export function operatorPolicy(
  context: StackContext,
  encryption: Pick<Encryption, "dataKey">,
  { table, payloadBucket, deadLetterQueue }: Pick<EventStore, "table" | "payloadBucket" | "deadLetterQueue">,
  { eventBus, eventArchive, pipe }: Pick<Workflow, "eventBus" | "eventArchive" | "pipe">,
  { schedule }: Pick<Reconciler, "schedule">,
  deliveries: Deliveries | undefined,
): pulumi.Output<string> {
  /** A replay is named after its archive and the time. Its ARN differs from the archive's only in the resource type. */
  const replays = eventArchive.arn.apply((arn) => `${arn.replace(":archive/", ":replay/")}-*`);
  const rules = eventBus.arn.apply((arn) => `${arn.replace(":event-bus/", ":rule/")}/*`);
  const queried = Object.values(indexes).map(({ name }) => pulumi.interpolate`${table.arn}/index/${name}`);
  return document([
    allow("ListCountAndFind", ["dynamodb:Query"], queried),
    {
      ...allow("ShowAndRedrive", ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"], table.arn),
      Condition: withoutHandshakes,
    },
    allow("ShowLargePayloads", ["s3:GetObject"], pulumi.interpolate`${payloadBucket.arn}/*`),
    allow("CountAndRemoveDeadLetters", ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"], deadLetterQueue.arn),
    allow("FindArchive", ["events:DescribeArchive"], eventArchive.arn),
    allow("FindRule", ["events:DescribeRule"], rules),
    allow("ReplayEvents", ["events:PutEvents"], eventBus.arn),
    allow("ReplayArchive", ["events:StartReplay"], [eventArchive.arn, eventBus.arn, replays]),
    allow("LookAtAndStartPipe", ["pipes:DescribePipe", "pipes:StartPipe"], pipe.arn),
    allow("LookAtSchedule", ["scheduler:GetSchedule"], schedule.arn),
    ...onListeners(context, eventBus.arn),
    ...(context.config.destinations.length > 0 ? onDestinationQueues(context) : []),
    ...(deliveries ? onDeliveries(deliveries) : []),
    useKey("UseDataKey", encryption.dataKey.arn, ["table"]),
  ]);
}

/**
 * Lets operators make, use and remove the temporary queues and rules of `listen`. Such a rule sends to such a queue alone: each of the targets
 * in a request must be one, and there must be one. AWS lists rules on `*` only.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function onListeners(context: StackContext, busArn: pulumi.Output<string>): Statement[] {
  const { rules, queues } = listenerArns(context, busArn);
  return [
    allow("FindRulesOfListen", ["events:ListRules"], "*"),
    allow(
      "MakeRulesOfListen",
      ["events:PutRule", "events:TagResource", "events:ListTagsForResource", "events:RemoveTargets", "events:DeleteRule"],
      rules,
    ),
    {
      ...allow("SendToQueuesOfListen", ["events:PutTargets"], rules),
      Condition: { "ForAllValues:ArnLike": { "events:TargetArn": queues }, Null: { "events:TargetArn": "false" } },
    },
    allow("MakeQueuesOfListen", ["sqs:CreateQueue", "sqs:TagQueue", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:DeleteQueue"], queues),
  ];
}

/** Lets operators count messages, send events again to one destination, and remove dead letters. */
function onDestinationQueues(context: StackContext): Statement[] {
  return [
    allowOnQueues("CountAndRedeliver", ["sqs:GetQueueAttributes", "sqs:SendMessage"], "queue", destinationTypes, context),
    allowOnQueues(
      "RemoveDeadLettersOfDestinations",
      ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
      "deadLetterQueue",
      destinationTypes,
      context,
    ),
  ];
}

/** Lets operators look at deliveries, pause and resume destinations, and have a test event sent. */
function onDeliveries({ table, function: deliver, schedule }: Deliveries): Statement[] {
  return [
    allow("ShowDeliveriesPauseAndResume", ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"], table.arn),
    allow("ListUndelivered", ["dynamodb:Query"], pulumi.interpolate`${table.arn}/index/${undeliveredIndex.name}`),
    allow("TestAndFollow", ["lambda:InvokeFunction"], deliver.arn),
    allow("LookAtScheduleOfDeliver", ["scheduler:GetSchedule"], schedule.arn),
  ];
}
