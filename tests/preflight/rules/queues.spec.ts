import { Type } from "../../../preflight/graph/types";
import { queueRules } from "../../../preflight/rules/queues";
import { other, specifyRules, type PlantedViolation } from "../../helpers/brokenGraph";

type Json = Record<string, unknown>;

const queue = (name: string, path: string, value: unknown, ...also: string[]): PlantedViolation =>
  other((broken) => broken.set(Type.queue, path, value, name), ...also);
const redrive = (change: (policy: Json) => void): PlantedViolation =>
  other((broken) => broken.edit(Type.queue, "work", "redrivePolicy", change));

describe("Rules for queues", () =>
  specifyRules(queueRules, {
    "sqs-fifo": [queue("audit", "name", "audit"), queue("dead", "contentBasedDeduplication", true)],
    "sqs-redrive": [
      redrive((policy) => (policy.deadLetterTargetArn = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead")),
      redrive((policy) => (policy.maxReceiveCount = 0)),
      redrive((policy) => delete policy.maxReceiveCount),
      other((broken) => {
        const { arn } = broken.one(Type.queue, "work").outputs;
        return broken.edit(Type.queue, "work", "redrivePolicy", (policy) => (policy.deadLetterTargetArn = arn));
      }),
      other((broken) => {
        const { arn } = broken.one(Type.queue, "audit").outputs;
        return broken.edit(Type.queue, "work", "redrivePolicy", (policy) => (policy.deadLetterTargetArn = arn));
      }),
      queue("work", "redrivePolicy", "dead"),
    ],
    "sqs-encryption": queue("work", "sqsManagedSseEnabled", true),
    "service-cannot-use-managed-key": [
      other((broken) => [broken.set(Type.queue, "kmsMasterKeyId", "alias/aws/sqs", "audit"), broken.one(Type.eventTarget)]),
      other((broken) => [broken.set(Type.topic, "kmsMasterKeyId", "alias/aws/sns", "shop"), broken.one(Type.metricAlarm, "stuck")]),
    ],
  }));
