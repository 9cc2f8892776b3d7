import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { isGeneratedName, nameInputs } from "../../graph/uniqueNames";
import { each, eachResource, notAsMade, together, type Problems } from "../check";

import { fields, type Graph, isKnown, mayBe, textInput, valueAt } from "../graph";
import { bucketKeyPath, storageKeyInputs } from "../required/permission";
import type { RuleEntry } from "../rule";
import { invokeConfigOf, scheduledFunctions } from "./invocations";
import { operationRules } from "./project.operation";
import { tagsOf } from "../tags";

/** Returns the suffixes of a resource's stack, as default tags have them: one for each provider, since a stack may hold several pipelines. Empty if one
 * is not known. */
function suffixesOf(graph: Graph, resource: GraphResource): readonly string[] {
  const providers = graph.all(Type.provider).filter((provider) => stackOf(provider) === stackOf(resource));
  const suffixes = providers.map((provider) => tagsOf(provider).Environment);
  return suffixes.includes(undefined) ? [] : suffixes.map(String);
}

/** Returns a physical name without what Pulumi appends where it makes one of the logical name: then that is what the program chose. */
function stemOf({ name }: GraphResource, given: unknown): string {
  return given === undefined || isGeneratedName(String(given), name) ? name : String(given);
}

/** Words by which people call an environment. */
const environmentName = /^(dev|development|test|qa|stag(e|ing)|preprod|prod|production|live)$/i;

/** Tags that say a name or an environment of another suffix: written by hand where the suffix belongs. */
function foreignTags(resource: GraphResource, graph: Graph): Problems {
  const suffixes = suffixesOf(graph, resource);
  const isForeign = (text: string) =>
    text.startsWith("webhook-")
      ? !suffixes.some((suffix) => text.endsWith(`-${suffix}`))
      : environmentName.test(text) && !suffixes.includes(text);
  return Object.entries(tagsOf(resource))
    .filter(([key, value]) => suffixes.length > 0 && key !== "Project" && isKnown(value) && isForeign(String(value)))
    .map(([key, value]) => `the tag ${key} is ${String(value)}, in the environment ${suffixes.join(" or ")}`);
}

const stackOf = ({ urn }: GraphResource) => urn.split("::")[0];

/** Where data and logs lie, and the input that names the key. */
const encrypted: Readonly<Record<string, string>> = {
  ...storageKeyInputs,
  [Type.logGroup]: "kmsKeyId",
  [Type.function]: "kmsKeyArn",
};

/** What is said of a bucket, each in a resource of its own. */
const bucketSettings = [Type.bucketPublicAccess, Type.bucketOwnership, Type.bucketEncryption, Type.bucketLifecycle];
const accessBlocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** Tells whether a schedule runs a function again and again: a run that fails is made up for by the next. */
const isScheduled = (graph: Graph, { outputs }: GraphResource) =>
  graph.all(Type.schedule).some((schedule) => schedule.inputs.target === "[unknown]" || mayBe(schedule, "target.arn", outputs.arn));

/** Tells whether a function that a schedule runs is run again by Lambda: in vain, since the next run does the same. */
const isRetried = (graph: Graph, resource: GraphResource) =>
  scheduledFunctions(graph)
    .filter((scheduled) => scheduled.function === resource)
    .map((scheduled) => invokeConfigOf(graph, scheduled))
    .some((config) => !config || !mayBe(config, "maximumRetryAttempts", 0) || !mayBe(config, "maximumEventAgeInSeconds", 60));

/** Rules over what is made: names, tags, encryption, table, functions, logs, roles. */
const resourceRules: RuleEntry[] = [
  {
    id: "project-name",
    awsError: "silent: two stacks of one account collide, or a name says another environment than its stack's",
    cause: "A name is not webhook-<what>-<suffix>, of a bucket with the account's id behind it.",
    fix: "Take the name from domain/names.ts.",
    link: "https://www.pulumi.com/docs/iac/concepts/resources/names/",
    check: each(Object.keys(nameInputs), (resource, graph) => {
      const input = nameInputs[resource.type];
      const given = valueAt(resource, input);
      const suffixes = suffixesOf(graph, resource);
      if (suffixes.length === 0 || resource.type === Type.domainName || (given !== undefined && !isKnown(given))) return false;
      const ownName = new RegExp(`webhook-[a-z0-9-]+-(${suffixes.join("|")})${resource.type === Type.bucket ? "-\\d{12}" : ""}$`);
      return !ownName.test(stemOf(resource, given)) && (given === undefined ? `it has no ${input}` : `${input} is ${String(given)}`);
    }),
  },
  {
    id: "project-tags",
    awsError: "silent: costs and owners of what is deployed cannot be told, or are told wrongly",
    cause: "The provider does not tag everything with project, environment and tool, or a tag names another environment than its stack's.",
    fix: "Give the provider the default tags Project, Environment and ManagedBy, and write an environment in a tag by its suffix alone.",
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
    awsError: "silent: data or logs are under a key that the account does not control",
    cause: "Something that holds data, logs or settings names no customer-managed key.",
    fix: "Give it the key of components/encryption.ts.",
    link: "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
    check: each(Object.keys(encrypted), (resource, graph) => {
      const path = encrypted[resource.type];
      if (valueAt(resource, path) === undefined) return `it has no ${path}`;
      const key = graph.find(textInput(resource, path), Type.key);
      const use = { [Type.logGroup]: "logs", [Type.function]: "environment" }[resource.type] ?? "data";
      return key && !key.name.endsWith(`-${use}`) && `it is under the key ${key.name}, not ${use}`;
    }),
  },
  {
    id: "project-key",
    awsError: "silent: a key is never renewed, or is gone sooner than planned",
    cause: "A key does not rotate, or says no waiting time before its deletion.",
    fix: "Set enableKeyRotation, deletionWindowInDays and a policy.",
    link: "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    check: each(
      Type.key,
      (key) =>
        (!mayBe(key, "enableKeyRotation", true) || key.inputs.deletionWindowInDays === undefined || key.inputs.policy === undefined) &&
        "it lacks rotation, a deletion window or a policy",
    ),
  },
  {
    id: "project-table",
    awsError: "silent: events cannot be brought back, pile up for ever, or never reach the workflow",
    cause: "The table lacks point-in-time recovery, encryption, expiry, or its stream of new images; or it has a range key.",
    fix: "Keep the table as components/eventStore/eventStore.ts makes it.",
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html",
    check: each(Type.table, (table) => {
      const { inputs } = table;
      const wrong = [
        ["pointInTimeRecovery.enabled", true],
        ["serverSideEncryption.enabled", true],
        ["ttl.enabled", true],
        ["ttl.attributeName", "expires_at"],
        ["hashKey", "transaction_id"],
        ["rangeKey", undefined],
        ["streamEnabled", true],
        ["streamViewType", "NEW_IMAGE"],
        ["billingMode", "PAY_PER_REQUEST"],
      ].filter(([path, value]) => !mayBe(table, path as string, value));
      const { globalSecondaryIndexes: indexes } = inputs;
      const index = [indexes].flat().some((one) => one === "[unknown]" || ["by_status", "[unknown]"].includes(String(fields(one).name)));
      return wrong.length > 0 ? `${wrong.map(([path]) => path).join(", ")} is another` : !index && "it has no index by_status";
    }),
  },
  {
    id: "project-bucket",
    awsError: "silent: payloads are public, in clear text on their way, under another key, or kept for ever",
    cause: "A bucket lacks its public access block, its owner's rule, the data key, or an expiry.",
    fix: "Keep the bucket as components/eventStore/payloadBucket.ts makes it.",
    link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    check: each(Type.bucket, (bucket, graph) => {
      const said = (type: string) => graph.all(type).find((one) => graph.target(one, "bucket", Type.bucket) === bucket);
      const [access, owner, encryption, lifecycle] = bucketSettings.map(said);
      const key = encryption && textInput(encryption, bucketKeyPath);
      return notAsMade([
        !(access && accessBlocks.every((input) => mayBe(access, input, true))) && "its public access block",
        !(owner && mayBe(owner, "rule.objectOwnership", "BucketOwnerEnforced")) && "its owner's rule",
        !(encryption && (key === undefined || graph.find(key, Type.key)?.name.endsWith("-data"))) && "its key",
        !(lifecycle && mayBe(lifecycle, "rules.0.status", "Enabled") && valueAt(lifecycle, "rules.0.expiration.days")) && "its expiry",
      ]);
    }),
  },
  {
    id: "project-function",
    awsError: "silent: the functions are dearer, slower, blind, or lose what fails",
    cause:
      "A function lacks arm64, a current runtime, tracing, JSON logs in a group made first, a dead-letter queue, or, where a schedule runs it, an end to Lambda's retries.",
    fix: "Make functions with components/lib/lambdaFunction.ts.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html",
    check: each(Type.function, (resource, graph) => {
      return notAsMade([
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
    awsError: "silent: logs are kept, and paid for, for ever",
    cause: "A log group does not expire.",
    fix: "Set retentionInDays.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
    check: each(Type.logGroup, ({ inputs }) => !inputs.retentionInDays && "it has no retentionInDays"),
  },
  {
    id: "project-boundary",
    awsError:
      "AccessDenied: User is not authorized to perform: iam:CreateRole, because no identity-based policy allows the iam:CreateRole action",
    cause: "A role has no permissions boundary, or another one than the rest; a deployment by GitHub Actions makes bounded roles alone.",
    fix: "Make roles with createRole of components/lib/role.ts.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    check: each(Type.role, ({ inputs }, graph) => {
      const boundaries = new Set(graph.all(Type.role).map((role) => role.inputs.permissionsBoundary));
      const [first] = [...boundaries].filter((boundary) => boundary !== undefined);
      return (
        boundaries.size > 1 &&
        inputs.permissionsBoundary !== first &&
        `its boundary is ${String(inputs.permissionsBoundary ?? "none")}, that of others ${String(first)}`
      );
    }),
  },
];

/** Rules over this program alone: a graph without its components is not checked. */
export const projectRules: RuleEntry[] = [...resourceRules, ...operationRules].map((rule) => ({
  ...rule,
  check: (graph) => (graph.isOwn ? rule.check(graph) : []),
}));
