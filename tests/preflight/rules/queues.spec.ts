import { Type } from "../../../graph/types";
import { queueRules } from "../../../preflight/rules/queues";
import { other, specifyRules, type Fault } from "../../helpers/patient";

type Json = Record<string, unknown>;

const queue = (name: string, path: string, value: unknown, ...also: string[]): Fault =>
  other((patient) => patient.set(Type.queue, path, value, name), ...also);
const redrive = (change: (policy: Json) => void): Fault => other((patient) => patient.edit(Type.queue, "work", "redrivePolicy", change));

describe("Rules over queues", () =>
  specifyRules(queueRules, {
    "sqs-fifo": [queue("audit", "name", "audit"), queue("dead", "contentBasedDeduplication", true)],
    "sqs-redrive": [
      redrive((policy) => (policy.deadLetterTargetArn = "https://sqs.eu-central-1.amazonaws.com/123456789012/dead")),
      redrive((policy) => (policy.maxReceiveCount = 0)),
      redrive((policy) => delete policy.maxReceiveCount),
      other((patient) => {
        const { arn } = patient.one(Type.queue, "work").outputs;
        return patient.edit(Type.queue, "work", "redrivePolicy", (policy) => (policy.deadLetterTargetArn = arn));
      }),
      other((patient) => {
        const { arn } = patient.one(Type.queue, "audit").outputs;
        return patient.edit(Type.queue, "work", "redrivePolicy", (policy) => (policy.deadLetterTargetArn = arn));
      }),
      queue("work", "redrivePolicy", "dead"),
    ],
    "sqs-encryption": queue("work", "sqsManagedSseEnabled", true),
    "service-cannot-use-managed-key": [
      other((patient) => [patient.set(Type.queue, "kmsMasterKeyId", "alias/aws/sqs", "audit"), patient.one(Type.eventTarget)]),
      other((patient) => [patient.set(Type.topic, "kmsMasterKeyId", "alias/aws/sns", "shop"), patient.one(Type.metricAlarm, "stuck")]),
    ],
  }));
