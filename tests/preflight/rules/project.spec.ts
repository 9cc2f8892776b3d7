import * as assert from "node:assert/strict";
import { Type } from "../../../preflight/graph/types";
import { preflight } from "../../../preflight/preflight";
import { projectRules } from "../../../preflight/rules/project";
import type { ApiDocument } from "../../helpers/apiDocument";
import { cleanProgram, delivering, own, specifyRules, type PlantedViolation, type BrokenGraph } from "../../helpers/brokenGraph";

const set = (type: string, path: string, value: unknown, ...also: string[]): PlantedViolation =>
  own((broken) => broken.set(type, path, value), ...also);
/** Changes this program's OpenAPI document. */
const inApi = (broken: BrokenGraph, change: (document: ApiDocument) => void) =>
  broken.edit(Type.restApi, "api", "body", (document) => change(document as unknown as ApiDocument));
/** Changes an index of this program's table. */
const inIndex = (at: number, change: (index: Record<string, unknown>) => void, ...also: string[]): PlantedViolation =>
  own(
    (broken) => {
      change((broken.one(Type.table).inputs.globalSecondaryIndexes as Record<string, unknown>[])[at]);
      return broken.one(Type.table);
    },
    ...also,
  );
const stream = "sourceParameters.dynamodbStreamParameters";

describe("Project rules", () => {
  specifyRules(projectRules, {
    "project-name": [
      own((broken) => broken.set(Type.eventBus, "name", "webhook-stage-events-dev-1")),
      own((broken) => broken.set(Type.topic, "name", "alerts-dev")),
      set(Type.eventBus, "name", undefined),
      own((broken) => Object.assign(broken.one(Type.role, "webhook-api-logs-dev"), { name: "api-logs" })),
      own((broken) => broken.set(Type.role, "name", "webhook-api-logs-dev-1", "webhook-api-logs-dev"), "retained-name"),
    ],
    "project-tags": [
      set(Type.provider, "defaultTags", JSON.stringify({ tags: { Project: "webhook-pipeline", Environment: "dev" } })),
      set(Type.queue, "tags", { Name: "webhook-dead-letters-stage" }),
      set(Type.queue, "tags", { Stage: "prod" }),
      set(Type.vpc, "tags", { Name: "webhook-vpc-production" }),
    ],
    "project-encryption": [
      set(Type.logGroup, "kmsKeyId", undefined),
      own(
        (broken) => broken.set(Type.logGroup, "kmsKeyId", broken.one(Type.key, "environment").outputs.arn),
        "log-group-key",
        "reference-literal",
      ),
    ],
    "project-key": set(Type.key, "enableKeyRotation", false),
    "project-table": [
      set(Type.table, "pointInTimeRecovery.enabled", false),
      set(Type.table, "ttl.attributeName", "expires"),
      ...[0, 1, 2].map((at) => inIndex(at, (index) => (index.name = "by_state"))),
      inIndex(0, (index) => (index.rangeKey = "received_at"), "table-attributes"),
      inIndex(1, (index) => (index.hashKey = "shard"), "table-attributes"),
      inIndex(1, (index) => (index.nonKeyAttributes = ["status"])),
      delivering((broken) => broken.set(Type.table, "hashKey", "transaction_id", "deliveries-table"), "table-attributes"),
      delivering((broken) => broken.set(Type.table, "globalSecondaryIndexes.0.nonKeyAttributes", ["status"], "deliveries-table")),
    ],
    "project-destination": [
      delivering((broken) => broken.set(Type.eventTarget, "deadLetterConfig", undefined, "to-orders")),
      delivering((broken) => broken.set(Type.queue, "messageRetentionSeconds", 345_600, "to-ledger")),
      delivering((broken) => broken.set(Type.queue, "redrivePolicy", undefined, "to-orders")),
      delivering((broken) => broken.edit(Type.queue, "to-orders", "redrivePolicy", (policy) => (policy.maxReceiveCount = 5))),
      delivering((broken) => broken.set(Type.eventSourceMapping, "functionResponseTypes", undefined)),
      delivering((broken) => broken.set(Type.eventSourceMapping, "scalingConfig", undefined)),
    ],
    "project-bucket": [
      own((broken) => [broken.remove(Type.bucketLifecycle), broken.one(Type.bucket)]),
      own((broken) => [broken.set(Type.bucketPublicAccess, "blockPublicPolicy", false), broken.one(Type.bucket)]),
      own((broken) => [broken.set(Type.bucketOwnership, "rule.objectOwnership", "ObjectWriter"), broken.one(Type.bucket)]),
      own((broken) => [broken.remove(Type.bucketEncryption), broken.one(Type.bucket)]),
    ],
    "project-function": [
      set(Type.function, "architectures", ["x86_64"]),
      set(Type.function, "tracingConfig", undefined),
      set(Type.function, "loggingConfig.systemLogLevel", "DEBUG"),
      set(Type.function, "runtime", "nodejs20.x"),
      own((broken) => broken.set(Type.function, "deadLetterConfig", undefined, "process-function")),
      own((broken) => broken.set(Type.function, "loggingConfig", { logFormat: "Text" }, "receive-function")),
      own(
        (broken) => [
          broken.set(Type.functionEventInvokeConfig, "maximumRetryAttempts", 2),
          broken.one(Type.function, "reconcile-function"),
        ],
        "lambda-scheduled-retries",
      ),
      own(
        (broken) => [
          broken.set(Type.functionEventInvokeConfig, "maximumEventAgeInSeconds", 21_600),
          broken.one(Type.function, "reconcile-function"),
        ],
        "lambda-scheduled-retries",
      ),
    ],
    "project-retention": set(Type.logGroup, "retentionInDays", undefined),
    "project-api": [
      set(Type.methodSettings, "settings.throttlingRateLimit", undefined),
      set(Type.methodSettings, "settings.metricsEnabled", false),
      set(Type.stage, "xrayTracingEnabled", false),
      ...["api", "api-stripe"].map((name) => own((broken) => [broken.remove(Type.methodSettings, name), broken.one(Type.stage)])),
      own((broken) => {
        inApi(broken, ({ paths }) => (paths["/webhook/other"] = structuredClone(paths["/webhook/stripe"])));
        return broken.one(Type.stage);
      }),
      own((broken) => {
        const { inputs, outputs } = broken.one(Type.stage);
        const second = broken.add(Type.stage, "second", { ...inputs, stageName: "webhook-second-dev" }, { ...outputs, arn: "[unknown]" });
        second.dependencies = broken.one(Type.stage).dependencies;
        return second;
      }, "api-invoke-permission"),
      set(Type.stage, "accessLogSettings", undefined),
      own((broken) =>
        broken.edit(Type.restApi, "api", "body", (document) => {
          (document["x-amazon-apigateway-request-validators"] as { all: Record<string, boolean> }).all.validateRequestBody = false;
        }),
      ),
    ],
    "project-path": [
      ...["/webhook/{provider}", "/webhook/{proxy+}"].map((shared) =>
        own((broken) => [
          broken.set(Type.methodSettings, "methodPath", `${shared.replaceAll("/", "~1")}/POST`, "api-stripe"),
          inApi(broken, ({ paths }) => {
            const { "/webhook/stripe": stripe } = paths;
            delete paths["/webhook/stripe"];
            const parameters = [{ name: /\w+(?=\+?}$)/.exec(shared)![0], in: "path", required: true, schema: { type: "string" } }];
            paths[shared] = { post: { ...stripe.post, parameters } };
          }),
        ]),
      ),
    ],
    "project-unsigned": own((broken) =>
      broken.set(
        Type.secret,
        "description",
        "Token, which signs nothing, of the source stripe: one entry, or two during a rotation",
        "api-stripe",
      ),
    ),
    "project-import": [
      set(Type.restApi, "failOnWarnings", true),
      own(
        (broken) =>
          broken.edit(Type.restApi, "api", "body", (document) => {
            const { schemas } = document.components as { schemas: Record<string, object> };
            Object.assign(schemas.Webhook, { anyOf: [{ type: "object" }, { type: "array", items: {} }] });
          }),
        "api-composition-inline",
      ),
    ],
    "project-flow": [
      set(Type.pipe, `${stream}.startingPosition`, "LATEST"),
      set(Type.pipe, `${stream}.maximumRetryAttempts`, undefined),
      set(Type.pipe, `${stream}.deadLetterConfig`, undefined),
      set(Type.pipe, `${stream}.maximumRecordAgeInSeconds`, undefined),
      set(Type.pipe, `${stream}.onPartialBatchItemFailure`, undefined),
      set(Type.pipe, "sourceParameters.filterCriteria", undefined),
      set(Type.pipe, "logConfiguration.level", "INFO"),
      set(Type.stateMachine, "loggingConfiguration.level", "FATAL"),
      set(Type.pipe, "targetParameters.inputTemplate", undefined),
      set(Type.pipe, "desiredState", "STOPPED"),
      set(Type.stateMachine, "loggingConfiguration.includeExecutionData", false),
      set(Type.stateMachine, "tracingConfiguration", undefined),
    ],
    "project-alarm": [
      set(Type.metricAlarm, "alarmActions", []),
      set(Type.metricAlarm, "treatMissingData", "missing"),
      set(Type.metricAlarm, "alarmDescription", "Something is wrong."),
      set(Type.compositeAlarm, "okActions", undefined),
      own((broken) => broken.unchain(broken.one(Type.metricAlarm, "api-5xx"), broken.one(Type.topicPolicy))),
    ],
    "project-audit": [
      set(Type.trail, "enableLogging", false),
      set(Type.trail, "enableLogFileValidation", undefined),
      set(Type.trail, "isMultiRegionTrail", false, "trail-global-events"),
      own((broken) => {
        (broken.one(Type.trail).inputs.advancedEventSelectors as object[]).shift();
        return broken.one(Type.trail);
      }),
    ],
    "project-transport": [
      own((broken) => [broken.remove(Type.queuePolicy), broken.one(Type.queue)]),
      own((broken) => [
        broken.statement(Type.topicPolicy, "alerts", "DenyInsecureTransport", (statement) => (statement.Effect = "Allow")),
        broken.one(Type.topic),
      ]),
      own((broken) => [
        broken.statement(Type.bucketPolicy, "payloads", 0, (statement) => (statement.Effect = "Allow")),
        broken.one(Type.bucket),
      ]),
    ],
    "project-boundary": [
      own((broken) => {
        const [unbounded, ...others] = broken.resources.filter(({ type }) => type === Type.role);
        for (const role of others) role.inputs.permissionsBoundary = "arn:aws:iam::123456789012:policy/webhook-pipeline-boundary-dev";
        return unbounded;
      }),
    ],
    "project-confused-deputy": [
      own((broken) => broken.statement(Type.role, "pipe-role", 0, (statement) => delete statement.Condition, "assumeRolePolicy")),
      own((broken) => broken.statement(Type.key, "logs", 1, (statement) => delete statement.Condition)),
    ],
  });

  it("do not apply to other programs", async () => {
    const { resources } = await cleanProgram();
    assert.deepEqual(preflight(resources), []);
  });
});
