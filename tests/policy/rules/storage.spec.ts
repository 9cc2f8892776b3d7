import { storageRules } from "../../../policy/rules/storage";
import { Type } from "../../helpers/types";
import { other, specifyRules, type Fault } from "../patient";

type Json = Record<string, unknown>;

const table = (path: string, value: unknown, ...also: string[]): Fault => other((patient) => patient.set(Type.table, path, value), ...also);
const index = (change: (index: Json) => void): Fault =>
  other((patient) => {
    const resource = patient.one(Type.table);
    change((resource.inputs.globalSecondaryIndexes as Json[])[0]);
    return resource;
  });
const queue = (name: string, path: string, value: unknown, ...also: string[]): Fault =>
  other((patient) => patient.set(Type.queue, path, value, name), ...also);
const redrive = (change: (policy: Json) => void): Fault => other((patient) => patient.edit(Type.queue, "work", "redrivePolicy", change));

describe("Rules over tables and queues", () =>
  specifyRules(storageRules, {
    "table-attributes": [
      other((patient) => {
        const resource = patient.one(Type.table);
        (resource.inputs.attributes as Json[]).push({ name: "price", type: "N" });
        return resource;
      }),
      other((patient) => {
        const resource = patient.one(Type.table);
        (resource.inputs.attributes as Json[]).pop();
        return resource;
      }),
    ],
    "table-index": [
      index((one) => (one.projectionType = "INCLUDE")),
      index((one) => (one.nonKeyAttributes = ["note"])),
      index((one) => delete one.projectionType),
      index((one) => delete one.name),
      other((patient) => {
        const resource = patient.one(Type.table);
        (resource.inputs.globalSecondaryIndexes as Json[])[0] = { name: "status", projectionType: "ALL" };
        resource.inputs.attributes = (resource.inputs.attributes as Json[]).filter(({ name }) => name !== "status");
        return resource;
      }),
    ],
    "table-capacity": [table("readCapacity", 5), table("billingMode", "PROVISIONED"), index((one) => (one.writeCapacity = 5))],
    "table-stream-view": table("streamViewType", undefined),
    "table-ttl": [table("ttl", { enabled: true }), table("ttl.attributeName", "status")],
    "table-index-permission": other((patient) => {
      patient.set(Type.function, "environment.variables.INDEX", "status");
      patient.statement(Type.rolePolicy, "shop", 2, (statement) => (statement.NotResource = patient.one(Type.table).outputs.arn));
      return patient.one(Type.function);
    }),
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
      other((patient) => {
        patient.set(Type.queue, "kmsMasterKeyId", "alias/aws/sqs", "audit");
        return patient.one("aws:cloudwatch/eventTarget:EventTarget");
      }),
      other((patient) => {
        patient.set(Type.topic, "kmsMasterKeyId", "alias/aws/sns", "shop");
        return patient.one(Type.metricAlarm, "stuck");
      }),
    ],
  }));
