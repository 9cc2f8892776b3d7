import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, notAsMade, sentences, together } from "../check";
import { list, mayBe, valueAt, type Graph } from "../graph";
import { resourcePolicy, policySourceOf } from "../iam/access";
import type { Statement } from "../iam/document";
import { resourceOpinion } from "../iam/evaluate";
import { eachPolicy } from "../iam/places";
import { calledArn } from "../required/permission";
import { eachDocument, operationsOf } from "../openapi";
import { modelsOf } from "../openapi.schemas";
import type { RuleEntry } from "../rule";

/** What moves messages, alerts and payloads, by type. */
const movedActions: Readonly<Record<string, readonly string[]>> = {
  [Type.queue]: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
  [Type.topic]: ["sns:Publish"],
  [Type.bucket]: ["s3:GetObject", "s3:PutObject"],
};

/** Rules over how the program works: what the API lets in, what flows, who is told, who may do what for whom. */
export const operationRules: RuleEntry[] = [
  {
    id: "project-api",
    awsError: "silent: the API takes any number of requests, one source's in place of another's, checks none of them, or leaves no trace",
    cause: "The stage lacks logs, metrics, tracing, or a throttle of each method's own, or the document a validator.",
    fix: "Keep the stage as components/webhookApi/webhookApi.ts makes it.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
    check: together(
      each(Type.methodSettings, (settings) => {
        const needed = ["throttlingRateLimit", "throttlingBurstLimit"].filter((key) => !isPositive(valueAt(settings, `settings.${key}`)));
        return notAsMade([
          ...needed,
          !mayBe(settings, "settings.metricsEnabled", true) && "metricsEnabled",
          !mayBe(settings, "settings.loggingLevel", "INFO") && "loggingLevel",
          !mayBe(settings, "settings.dataTraceEnabled", false) && "dataTraceEnabled",
        ]);
      }),
      each(Type.stage, (stage, graph) => {
        const settings = graph.all(Type.methodSettings).map((one) => ({ of: graph.target(one, "stageName", Type.stage), ...one.inputs }));
        if (settings.some(({ of }) => of === undefined)) return false;
        const paths = settings.filter(({ of }) => of === stage).map((one) => String((one as { methodPath?: unknown }).methodPath));
        const missing = ["*/*", ...methodPaths(graph)].filter((path) => !paths.includes(path) && !paths.includes("[unknown]"));
        return missing.length > 0 && `${stage.name} has no settings of its own for ${missing.join(", ")}`;
      }),
      each(Type.stage, (stage) => !mayBe(stage, "xrayTracingEnabled", true) && "xrayTracingEnabled is not set"),
      each(Type.stage, (stage) => stage.inputs.accessLogSettings === undefined && "it has no access log"),
      each(Type.restApi, (api, graph) => {
        const document = graph.document(api, "body");
        const validator = (document?.["x-amazon-apigateway-request-validators"] as Record<string, object> | undefined)?.[
          String(document?.["x-amazon-apigateway-request-validator"])
        ];
        return (
          document !== undefined &&
          JSON.stringify(validator) !== '{"validateRequestBody":true,"validateRequestParameters":true}' &&
          "it does not validate requests"
        );
      }),
    ),
  },
  {
    id: "project-import",
    awsError: "silent until the first deployment, which AWS takes back at any warning of the import",
    cause: "The import fails on warnings, or a model has anyOf, oneOf or allOf, of which AWS's page said one thing and then another.",
    fix: "Set failOnWarnings to false, and write models without them.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-errors-warnings.html",
    check: each(Type.restApi, (api, graph) => {
      const composed = modelsOf(graph.document(api, "body") ?? {}).filter(({ value }) =>
        /"(anyOf|oneOf|allOf)":/.test(JSON.stringify(value)),
      );
      const wrong = [
        api.inputs.failOnWarnings === true && "failOnWarnings is true",
        ...composed.map(({ place }) => `${place} is composed`),
      ];
      return sentences(wrong).join(", ");
    }),
  },
  {
    id: "project-flow",
    awsError: "silent: events are missed, never exhausted, or exhausted without a dead letter",
    cause: "The pipe is stopped or lacks its beginning, a bound or its dead letters, or the state machine its log or traces.",
    fix: "Keep pipe and state machine as components/workflow/workflow.ts makes them.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html",
    check: together(
      each(Type.pipe, (pipe) => {
        const stream = (key: string) => valueAt(pipe, `sourceParameters.dynamodbStreamParameters.${key}`);
        return notAsMade([
          !["TRIM_HORIZON", "[unknown]"].includes(String(stream("startingPosition"))) && "startingPosition",
          !isPositive(stream("maximumRetryAttempts")) && "maximumRetryAttempts",
          !isPositive(stream("maximumRecordAgeInSeconds")) && "maximumRecordAgeInSeconds",
          !["AUTOMATIC_BISECT", "[unknown]"].includes(String(stream("onPartialBatchItemFailure"))) && "onPartialBatchItemFailure",
          stream("deadLetterConfig") === undefined && "deadLetterConfig",
          valueAt(pipe, "sourceParameters.filterCriteria") === undefined && "filterCriteria",
          valueAt(pipe, "targetParameters.inputTemplate") === undefined && "inputTemplate",
          !mayBe(pipe, "logConfiguration.level", "ERROR") && "logConfiguration",
          pipe.inputs.desiredState === "STOPPED" && "desiredState",
        ]);
      }),
      each(Type.stateMachine, (machine) => {
        return notAsMade([
          !["ALL", "ERROR"].some((level) => mayBe(machine, "loggingConfiguration.level", level)) && "loggingConfiguration.level",
          !mayBe(machine, "loggingConfiguration.includeExecutionData", true) && "loggingConfiguration.includeExecutionData",
          !mayBe(machine, "tracingConfiguration.enabled", true) && "tracingConfiguration",
        ]);
      }),
    ),
  },
  {
    id: "project-alarm",
    awsError: "silent: nobody is told, or an alarm stays where there is nothing to count",
    cause:
      "An alarm acts on nothing, does not wait for the topic's policy, says nothing of missing data, or names no heading of the runbook.",
    fix: "Make alarms with components/alerting/alerting.ts.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    check: each([Type.metricAlarm, Type.compositeAlarm], (alarm, graph) => {
      const topic = graph.find(list(alarm.inputs.alarmActions)[0], Type.topic);
      const policies = topic ? resourcePolicy(graph, topic).sources : [];
      return notAsMade([
        isEmpty(alarm.inputs.alarmActions) && "alarmActions",
        isEmpty(alarm.inputs.okActions) && "okActions",
        alarm.type === Type.metricAlarm &&
          !["notBreaching", "breaching"].some((meaning) => mayBe(alarm, "treatMissingData", meaning)) &&
          "treatMissingData",
        alarm.inputs.alarmDescription !== "[unknown]" &&
          !/ docs\/runbook\.md#[\w-]+$/.test(String(alarm.inputs.alarmDescription)) &&
          "alarmDescription",
        policies.some(({ resource }) => !graph.waitsFor(alarm, resource)) && "the order after the topic's policy",
      ]);
    }),
  },
  {
    id: "project-audit",
    awsError: "silent: who read events, payloads and secrets, or changed a role, is not recorded, or its record may have been altered",
    cause: "The trail is off, of one region, without validation of its files, or lacks a kind of events.",
    fix: "Keep the trail as components/audit.ts makes it.",
    link: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    check: each(Type.trail, (trail) => {
      const wrong = ["enableLogging", "isMultiRegionTrail", "enableLogFileValidation"].filter((input) => !mayBe(trail, input, true));
      const recorded = JSON.stringify(trail.inputs.advancedEventSelectors ?? []);
      const kinds = ["AWS::DynamoDB::Table", "AWS::S3::Object", "Management"];
      const missing = recorded.includes("[unknown]") ? [] : kinds.filter((kind) => !recorded.includes(`"${kind}"`));
      return notAsMade([wrong, missing]);
    }),
  },
  {
    id: "project-transport",
    awsError: "silent: messages, alerts and payloads may travel in clear text",
    cause: "The policy of a queue, a topic or a bucket does not refuse what comes without TLS.",
    fix: "Add denyInsecureTransport of components/lib/policies.ts to the policy.",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    check: each(Object.keys(movedActions), (resource, graph) => {
      const { sources, complete } = resourcePolicy(graph, resource);
      const statements = sources.flatMap((source) => source.statements);
      const open = movedActions[resource.type].filter((action) => isAllowedInClear(resource, action, statements));
      return complete && open.length > 0 && `it does not refuse ${open.join(", ")} without TLS`;
    }),
  },
  {
    id: "project-confused-deputy",
    awsError: "silent: the service may be made to use the resource on behalf of another account",
    cause: "A service is let in without saying for whom: aws:SourceAccount, aws:SourceArn or an encryption context.",
    fix: "Add the condition to the statement; Lambda and API Gateway's logging role know none.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    check: eachPolicy(({ resource, input }, graph) =>
      (policySourceOf(graph, resource, input)?.statements ?? [])
        .filter(letsAnybodysServiceIn)
        .map(() => `a statement of ${input} lets a service in without a condition`),
    ),
  },
  {
    id: "project-path",
    awsError: "silent: one source, or who knows its URL, uses up the throttle of all",
    cause: "A path has a parameter, or a method is any: API Gateway throttles a method, so whoever it serves shares one throttle.",
    fix: "Give each source a path of its own with the method POST, as components/webhookApi/openApi.ts does.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
    check: eachDocument((document) => {
      const names = operationsOf(document).map(({ name }) => name);
      const shared = names.filter((name) => name.includes("{") || name.startsWith("x-amazon-apigateway-any-method "));
      return shared.length > 0 && `${shared.join(", ")} serves more than one source`;
    }),
  },
];

/** Returns each method of the API's document as its stage's settings name it. */
const methodPaths = (graph: Graph) =>
  graph.all(Type.restApi).flatMap((api) =>
    operationsOf(graph.document(api, "body") ?? {}).map(({ name }) => {
      const [method, path] = name.split(" ");
      return `${path.replaceAll("/", "~1")}/${method.toUpperCase()}`;
    }),
  );

/** Tells whether a number is above zero; one known only after deployment may be. */
const isPositive = (value: unknown) => value === "[unknown]" || Number(value) >= 0.01;
const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);

function isAllowedInClear(resource: GraphResource, action: string, statements: Statement[]): boolean {
  const request = {
    action,
    resource: calledArn(resource),
    caller: { role: "arn:aws:iam::123456789012:role/anybody" },
    context: { "aws:securetransport": "false" },
  };
  return resourceOpinion(statements, request).deny !== "yes";
}

/** Services whose requests say for whom they are. */
const unaccountable = ["lambda.amazonaws.com", "apigateway.amazonaws.com"];

function letsAnybodysServiceIn({ effect, principals, conditions }: Statement): boolean {
  const services = (principals ?? []).filter(({ kind }) => kind === "Service").flatMap(({ values }) => values);
  const limits = /^(aws:SourceAccount|aws:SourceArn|kms:EncryptionContext:.+)$/i;
  return (
    effect === "Allow" && services.some((service) => !unaccountable.includes(service)) && !conditions.some(({ key }) => limits.test(key))
  );
}
