import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { isGeneratedName, nameInputByType } from "../graph/uniqueNames";
import { DeliveryAttribute, undeliveredIndex } from "../../domain/destinations";
import { Attribute, indexes } from "../../domain/event";
import { physicalName } from "../../domain/names";
import { each, eachResource, changedParts, together, type Problems } from "../check";

import { fields, type Graph, isKnown, mayBe, textInput, valueAt } from "../graph/graph";
import { bucketKeyPath, storageKeyInputs } from "../required/permission";
import type { RuleEntry } from "../rule";
import { invokeConfigOf, scheduledFunctions } from "./invocations";
import { destinationRules } from "./project.destinations";
import { operationRules } from "./project.operation";
import { tagsOf } from "../tags";

/** Lists the suffixes of a resource's stack, from the default tags of its providers: a stack can contain several pipelines. Empty if one is
 * unknown. */
function suffixesOf(graph: Graph, resource: GraphResource): readonly string[] {
  const providers = graph.all(Type.provider).filter((provider) => stackOf(provider) === stackOf(resource));
  const suffixes = providers.map((provider) => tagsOf(provider).Environment);
  return suffixes.includes(undefined) ? [] : suffixes.map(String);
}

/** Returns the name that the program chose: the physical name, or the logical one if Pulumi generated the physical one. */
function stemOf({ name }: GraphResource, given: unknown): string {
  return given === undefined || isGeneratedName(String(given), name) ? name : String(given);
}

/** Common names of environments. */
const environmentName = /^(dev|development|test|qa|stag(e|ing)|preprod|prod|production|live)$/i;

/** Lists tags with a name or an environment of another suffix. */
function foreignTags(resource: GraphResource, graph: Graph): Problems {
  const suffixes = suffixesOf(graph, resource);
  const isForeign = (text: string) =>
    text.startsWith("webhook-")
      ? !suffixes.some((suffix) => text.endsWith(`-${suffix}`))
      : environmentName.test(text) && !suffixes.includes(text);
  return Object.entries(tagsOf(resource))
    .filter(([key, value]) => suffixes.length > 0 && key !== "Project" && isKnown(value) && isForeign(String(value)))
    .map(([key, value]) => `the tag ${key} is ${String(value)}, but the environment is ${suffixes.join(" or ")}`);
}

const stackOf = ({ urn }: GraphResource) => urn.split("::")[0];

/** Inputs that name the key of data and logs, by type. */
const encrypted: Readonly<Record<string, string>> = {
  ...storageKeyInputs,
  [Type.logGroup]: "kmsKeyId",
  [Type.function]: "kmsKeyArn",
};

/** Settings of a bucket that are separate resources. */
const bucketSettings = [Type.bucketPublicAccess, Type.bucketOwnership, Type.bucketEncryption, Type.bucketLifecycle];
const accessBlocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** Returns whether a function runs on a schedule. The next run makes up for a failed one, so it needs no dead-letter queue. */
const isScheduled = (graph: Graph, { outputs }: GraphResource) =>
  graph.all(Type.schedule).some((schedule) => schedule.inputs.target === "[unknown]" || mayBe(schedule, "target.arn", outputs.arn));

/** Returns whether Lambda retries a scheduled function, which is useless because the next run does the same work. */
const isRetried = (graph: Graph, resource: GraphResource) =>
  scheduledFunctions(graph)
    .filter((scheduled) => scheduled.function === resource)
    .map((scheduled) => invokeConfigOf(graph, scheduled))
    .some((config) => !config || !mayBe(config, "maximumRetryAttempts", 0) || !mayBe(config, "maximumEventAgeInSeconds", 60));

/** Rules for resources: names, tags, encryption, table, functions, logs, roles. */
const resourceRules: RuleEntry[] = [
  {
    id: "project-name",
    awsError: "silent: two stacks in an account use the same name, or a name contains the suffix of another stack",
    cause: "Names have the form webhook-<what>-<suffix>, followed by the account ID for buckets.",
    fix: "Take the name from domain/names.ts.",
    link: "https://www.pulumi.com/docs/iac/concepts/resources/names/",
    check: each(Object.keys(nameInputByType), (resource, graph) => {
      const input = nameInputByType[resource.type];
      const given = valueAt(resource, input);
      const suffixes = suffixesOf(graph, resource);
      if (suffixes.length === 0 || resource.type === Type.domainName || (given !== undefined && !isKnown(given))) return false;
      const ownName = new RegExp(`webhook-[a-z0-9-]+-(${suffixes.join("|")})${resource.type === Type.bucket ? "-\\d{12}" : ""}$`);
      return (
        !ownName.test(stemOf(resource, given)) &&
        (given === undefined ? `${input} is missing` : `${input} is ${String(given)}, which is not webhook-<what>-${suffixes[0]}`)
      );
    }),
  },
  {
    id: "project-tags",
    awsError: "silent: costs and owners of the resources are missing or wrong",
    cause: "The provider must tag everything with project, environment and tool, and no tag may name another environment than the stack's.",
    fix: "Set the provider's default tags Project, Environment and ManagedBy, and build environments in tags from the suffix.",
    link: "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    check: together(
      each(Type.provider, (provider) => {
        const tags = tagsOf(provider);
        return (
          provider.inputs.defaultTags !== "[unknown]" &&
          ["Project", "Environment", "ManagedBy"].some((key) => !tags[key]) &&
          `its default tags are ${JSON.stringify(tags)}`
        );
      }),
      eachResource(foreignTags),
    ),
  },
  {
    id: "project-encryption",
    awsError: "silent: data or logs are encrypted with a key that the account does not control",
    cause: "Data, logs and environment variables must be encrypted with the customer-managed key for their kind.",
    fix: "Set the key of components/encryption.ts.",
    link: "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
    check: each(Object.keys(encrypted), (resource, graph) => {
      const path = encrypted[resource.type];
      if (valueAt(resource, path) === undefined) return `${path} is missing`;
      const key = graph.find(textInput(resource, path), Type.key);
      const use = { [Type.logGroup]: "logs", [Type.function]: "environment" }[resource.type] ?? "data";
      return key && !key.name.endsWith(`-${use}`) && `${path} is the key ${key.name}. The project uses the key for ${use}`;
    }),
  },
  {
    id: "project-key",
    awsError: "silent: the key is never rotated, or is deleted sooner than planned",
    cause: "A key must rotate, have a deletion window, and have a policy.",
    fix: "Set enableKeyRotation, deletionWindowInDays and a policy.",
    link: "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    check: each(Type.key, (key) => [
      !mayBe(key, "enableKeyRotation", true) && "enableKeyRotation is not true",
      ...["deletionWindowInDays", "policy"].filter((input) => key.inputs[input] === undefined).map((input) => `${input} is missing`),
    ]),
  },
  {
    id: "project-table",
    awsError: "silent: events cannot be restored, never expire, or never reach the workflow",
    cause:
      "A table requires point-in-time recovery, encryption, expiry, its keys and indexes. The table of events also requires a stream of new images.",
    fix: "Create the tables as components/eventStore/eventStore.ts and components/destinations/deliveriesTable.ts do.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
    check: each(Type.table, (table) => {
      const { settings, indexes } = String(table.inputs.name).startsWith(physicalName("deliveriesTable", ""))
        ? deliveriesTable
        : eventsTable;
      const wrong = Object.entries({ ...everyTable, ...settings }).filter(([path, value]) => !mayBe(table, path, value));
      if (wrong.length > 0) return changedParts(wrong.map(([path]) => path));
      return indexes.map((index) => indexProblem([table.inputs.globalSecondaryIndexes].flat(), index));
    }),
  },
  {
    id: "project-bucket",
    awsError: "silent: payloads are public, encrypted with another key, or never expire",
    cause: "A bucket requires a public access block, ownership by the bucket owner, the data key and an expiry.",
    fix: "Create the bucket as components/eventStore/payloadBucket.ts does.",
    link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    check: each(Type.bucket, (bucket, graph) => {
      const settingOf = (type: string) => graph.all(type).find((one) => graph.target(one, "bucket", Type.bucket) === bucket);
      const [access, owner, encryption, lifecycle] = bucketSettings.map(settingOf);
      const key = encryption && textInput(encryption, bucketKeyPath);
      return changedParts([
        !(access && accessBlocks.every((input) => mayBe(access, input, true))) && "the public access block",
        !(owner && mayBe(owner, "rule.objectOwnership", "BucketOwnerEnforced")) && "the object ownership",
        !(encryption && (key === undefined || graph.find(key, Type.key)?.name.endsWith("-data"))) && "the key",
        !(lifecycle && mayBe(lifecycle, "rules.0.status", "Enabled") && valueAt(lifecycle, "rules.0.expiration.days")) && "the expiry",
      ]);
    }),
  },
  {
    id: "project-function",
    awsError: "silent: the function costs more, is slower, cannot be observed, or loses failed events",
    cause:
      "A function requires arm64, a current runtime, tracing, JSON logs in its own group, and a dead-letter queue or, on a schedule, no retries.",
    fix: "Create functions with components/lib/lambdaFunction.ts.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html",
    check: each(Type.function, (resource, graph) => {
      return changedParts([
        !["arm64", "[unknown]"].includes(String(resource.inputs.architectures)) && "architectures",
        isKnown(resource.inputs.runtime) && !/^nodejs(2[2-9]|[3-9]\d)\.x$/.test(String(resource.inputs.runtime)) && "runtime",
        !mayBe(resource, "tracingConfig.mode", "Active") && "tracingConfig",
        valueAt(resource, "deadLetterConfig.targetArn") === undefined && !isScheduled(graph, resource) && "deadLetterConfig",
        isRetried(graph, resource) && "functionEventInvokeConfig",
        !mayBe(resource, "loggingConfig.logFormat", "JSON") && "loggingConfig.logFormat",
        valueAt(resource, "loggingConfig.logGroup") === undefined && "loggingConfig.logGroup",
        !mayBe(resource, "loggingConfig.applicationLogLevel", "INFO") && "loggingConfig.applicationLogLevel",
        !mayBe(resource, "loggingConfig.systemLogLevel", "WARN") && "loggingConfig.systemLogLevel",
      ]);
    }),
  },
  {
    id: "project-retention",
    awsError: "silent: logs are stored and billed forever",
    cause: "Logs in the group never expire.",
    fix: "Set retentionInDays.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    check: each(Type.logGroup, ({ inputs }) => !inputs.retentionInDays && "retentionInDays is missing"),
  },
  {
    id: "project-boundary",
    awsError:
      "AccessDenied: User is not authorized to perform: iam:CreateRole, because no identity-based policy allows the iam:CreateRole action",
    cause: "A deployment by GitHub Actions can create only roles with the stack's permissions boundary.",
    fix: "Create roles with createRole of components/lib/role.ts.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    check: each(Type.role, ({ inputs }, graph) => {
      const boundaries = new Set(graph.all(Type.role).map((role) => role.inputs.permissionsBoundary));
      const [first] = [...boundaries].filter((boundary) => boundary !== undefined);
      return (
        boundaries.size > 1 &&
        inputs.permissionsBoundary !== first &&
        `permissionsBoundary is ${String(inputs.permissionsBoundary ?? "missing")}, but other roles have ${String(first)}`
      );
    }),
  },
];

/** Settings of each table. */
const everyTable = {
  "pointInTimeRecovery.enabled": true,
  "serverSideEncryption.enabled": true,
  "ttl.enabled": true,
  "ttl.attributeName": Attribute.expiresAt,
  rangeKey: undefined,
  billingMode: "PAY_PER_REQUEST",
};

const eventsTable = {
  settings: { hashKey: Attribute.transactionId, streamEnabled: true, streamViewType: "NEW_IMAGE" },
  indexes: Object.values(indexes),
};
const deliveriesTable = { settings: { hashKey: DeliveryAttribute.id }, indexes: [undeliveredIndex] };

/** Index as functions and commands read it. */
type Index = (typeof eventsTable.indexes)[number] | typeof undeliveredIndex;

/** Compares an index of the table with what functions and commands read from it. */
function indexProblem(found: readonly unknown[], { name, hashKey, rangeKey, attributes }: Index) {
  if (found.some((one) => one === "[unknown]" || fields(one).name === "[unknown]")) return false;
  const index = found.map(fields).find((one) => one.name === name);
  if (!index) return `the index ${name} is missing`;
  const keys = [index.hashKey, index.rangeKey];
  if (keys.some((key, at) => isKnown(key) && key !== [hashKey, rangeKey][at]))
    return `the index ${name} has the keys ${keys.join(" and ")}`;
  const projected = [index.nonKeyAttributes].flat();
  const missing = attributes.filter((attribute) => !projected.includes(attribute) && !projected.includes("[unknown]"));
  return missing.length > 0 && `the index ${name} lacks ${missing.join(", ")}`;
}

/** Project rules: they check only graphs of this program. */
export const projectRules: RuleEntry[] = [...resourceRules, ...operationRules, ...destinationRules].map((rule) => ({
  ...rule,
  check: (graph) => (graph.isOwn ? rule.check(graph) : []),
}));
