import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, violations } from "../check";
import { type Graph, list, textInput, valueAt } from "../graph";
import type { RuleEntry } from "../rule";

/** Rules over queues: kind, dead letters, encryption. */
export const queueRules: RuleEntry[] = [
  {
    id: "sqs-fifo",
    awsError:
      "InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.",
    cause: "A queue is FIFO if and only if its name ends with .fifo.",
    fix: "Set fifoQueue and the ending together.",
    link: "https://github.com/pulumi/pulumi-aws-native/issues/794",
    check: each(Type.queue, (queue) => {
      const name = textInput(queue, "name");
      const fifo = queue.inputs.fifoQueue === true;
      return [
        name !== undefined && name.endsWith(".fifo") !== fifo && `its name is ${name}, fifoQueue ${String(fifo)}`,
        !fifo && queue.inputs.contentBasedDeduplication === true && "it deduplicates by content and is not FIFO",
      ];
    }),
  },
  {
    id: "sqs-redrive",
    awsError: "InvalidParameterValue: Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.",
    cause: "A queue moves a message to a dead-letter queue of the same kind, after 1 to 1,000 tries.",
    fix: 'Write redrivePolicy as {"deadLetterTargetArn": <a queue\'s ARN>, "maxReceiveCount": <1 to 1000>}.',
    link: "https://github.com/serverless/serverless/issues/5215",
    check: each(Type.queue, (queue, graph) => {
      const policy = graph.document(queue, "redrivePolicy");
      if (!policy) return textInput(queue, "redrivePolicy") !== undefined && "its redrivePolicy is no JSON object";
      const { deadLetterTargetArn: target, maxReceiveCount } = policy;
      const deadLetters = graph.find(target, Type.queue);
      const times = Number(maxReceiveCount);
      return [
        (typeof target !== "string" || !/^arn:[^:]+:sqs:/.test(target)) &&
          `its dead letters go to ${String(target)}, which is no queue's ARN`,
        !(times >= 1 && times <= 1_000) && `its maxReceiveCount is ${String(maxReceiveCount)}`,
        deadLetters === queue && "its dead letters go to itself",
        deadLetters !== undefined &&
          (deadLetters.inputs.fifoQueue === true) !== (queue.inputs.fifoQueue === true) &&
          `it is ${queue.inputs.fifoQueue === true ? "FIFO" : "standard"} and ${deadLetters?.name} is not`,
      ];
    }),
  },
  {
    id: "sqs-encryption",
    awsError:
      "InvalidAttributeValue: You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    cause: "A queue is encrypted with SQS's own key or with one of KMS, not with both.",
    fix: "Leave sqsManagedSseEnabled out where kmsMasterKeyId is set.",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    check: each(
      Type.queue,
      ({ inputs }) => inputs.sqsManagedSseEnabled === true && inputs.kmsMasterKeyId !== undefined && "it has both encryptions",
    ),
  },
  {
    id: "service-cannot-use-managed-key",
    awsError:
      "silent: EventBridge counts FailedInvocations and SNS NumberOfNotificationsFailed; the policy of alias/aws/sqs cannot be changed",
    cause: "AWS's own key for queues or topics lets no other service encrypt with it.",
    fix: "Encrypt with a customer-managed key whose policy names the service, or with SQS's own encryption.",
    link: "https://github.com/aws/aws-cdk/issues/30549",
    check: (graph) =>
      [...sources(graph)].flatMap(({ resource, target }) => {
        const key = textInput(target, "kmsMasterKeyId");
        return violations(
          resource,
          /^(arn:.*:)?alias\/aws\//.test(key ?? "") && `${target.name} is encrypted with ${key}, which the service may not use`,
        );
      }),
  },
];

/** Returns everything that sends in a service's own name: rules without a role, subscriptions, alarms. */
function* sources(graph: Graph): Generator<{ resource: GraphResource; target: GraphResource }> {
  const named = [
    ...graph
      .all(Type.eventTarget)
      .filter(({ inputs }) => inputs.roleArn === undefined)
      .map((resource) => ({ resource, values: [valueAt(resource, "arn")] })),
    ...graph.all(Type.topicSubscription).map((resource) => ({ resource, values: [valueAt(resource, "endpoint")] })),
    ...graph.all(Type.metricAlarm).map((resource) => ({ resource, values: list(resource.inputs.alarmActions) })),
  ];
  for (const { resource, values } of named)
    for (const value of values) {
      const target = graph.find(value, Type.queue, Type.topic);
      if (target) yield { resource, target };
    }
}
