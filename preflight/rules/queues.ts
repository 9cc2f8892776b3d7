import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, violations } from "../check";
import { type Graph, list, textInput, valueAt } from "../graph/graph";
import type { RuleEntry } from "../rule";

/** Rules for queues: kind, dead letters, encryption. */
export const queueRules: RuleEntry[] = [
  {
    id: "sqs-fifo",
    awsError:
      "InvalidParameterValue: The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.",
    cause: "A queue is FIFO if and only if its name ends with .fifo.",
    fix: "Set fifoQueue, and end the name with .fifo.",
    link: "https://github.com/pulumi/pulumi-aws-native/issues/794",
    check: each(Type.queue, (queue) => {
      const name = textInput(queue, "name");
      const fifo = queue.inputs.fifoQueue === true;
      return [
        name !== undefined && name.endsWith(".fifo") !== fifo && `name is ${name}, but fifoQueue is ${String(fifo)}`,
        !fifo && queue.inputs.contentBasedDeduplication === true && "contentBasedDeduplication is true, but the queue is not FIFO",
      ];
    }),
  },
  {
    id: "sqs-redrive",
    awsError: "InvalidParameterValue: Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.",
    cause: "A queue moves a message to a dead-letter queue of the same kind after 1 to 1,000 receives.",
    fix: 'Set redrivePolicy to {"deadLetterTargetArn": <ARN of a queue>, "maxReceiveCount": <1 to 1000>}.',
    link: "https://github.com/serverless/serverless/issues/5215",
    check: each(Type.queue, (queue, graph) => {
      const policy = graph.document(queue, "redrivePolicy");
      if (!policy) return textInput(queue, "redrivePolicy") !== undefined && "redrivePolicy is not a JSON object";
      const { deadLetterTargetArn: target, maxReceiveCount } = policy;
      const deadLetters = graph.find(target, Type.queue);
      const times = Number(maxReceiveCount);
      return [
        (typeof target !== "string" || !/^arn:[^:]+:sqs:/.test(target)) &&
          `deadLetterTargetArn is ${String(target ?? "missing")}. AWS allows the ARN of a queue`,
        !(times >= 1 && times <= 1_000) && `maxReceiveCount is ${String(maxReceiveCount ?? "missing")}. AWS allows 1 to 1,000`,
        deadLetters === queue && "deadLetterTargetArn is the queue's own ARN",
        deadLetters !== undefined &&
          (deadLetters.inputs.fifoQueue === true) !== (queue.inputs.fifoQueue === true) &&
          `the queue is ${queue.inputs.fifoQueue === true ? "FIFO" : "standard"}, but its dead-letter queue ${deadLetters?.name} is not`,
      ];
    }),
  },
  {
    id: "sqs-encryption",
    awsError:
      "InvalidAttributeValue: You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    cause: "A queue is encrypted with SQS's own key or with a KMS key, not with both.",
    fix: "Remove sqsManagedSseEnabled or kmsMasterKeyId.",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    check: each(
      Type.queue,
      ({ inputs }) =>
        inputs.sqsManagedSseEnabled === true &&
        inputs.kmsMasterKeyId !== undefined &&
        "sqsManagedSseEnabled and kmsMasterKeyId are both set",
    ),
  },
  {
    id: "service-cannot-use-managed-key",
    awsError: "silent: messages never arrive; EventBridge counts them in FailedInvocations, SNS in NumberOfNotificationsFailed",
    cause: "The AWS-managed key of queues or topics does not allow other services, and its policy cannot be changed.",
    fix: "Encrypt with a customer-managed key whose policy allows the service, or with SQS's own encryption.",
    link: "https://github.com/aws/aws-cdk/issues/30549",
    check: (graph) =>
      [...serviceTargets(graph)].flatMap(({ resource, target }) => {
        const key = textInput(target, "kmsMasterKeyId");
        return violations(
          resource,
          /^(arn:.*:)?alias\/aws\//.test(key ?? "") && `its target ${target.name} is encrypted with ${key}, which the service cannot use`,
        );
      }),
  },
];

/** Yields the queues and topics that services send to in their own name: targets without a role, subscriptions, alarms. */
function* serviceTargets(graph: Graph): Generator<{ resource: GraphResource; target: GraphResource }> {
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
