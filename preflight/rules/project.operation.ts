import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { list, mayBe, valueAt, type Graph } from "../graph";
import { resourcePolicy, sourceOf } from "../iam/access";
import type { Statement } from "../iam/document";
import { resourceOpinion } from "../iam/evaluate";
import { policyPlaces } from "../iam/places";
import { calledArn } from "../required/permission";
import { operationsOf } from "../openapi";
import { modelsOf } from "../openapi.schemas";
import type { Rule } from "../rule";
import { every, promise } from "./project";

/** Promises of how it works: what the door lets in, what flows, who is told, who may do what for whom. */
export const operationRules: Rule[] = [
  promise(
    {
      id: "project-api",
      awsError: "silent: the API takes any number of requests, one source's in place of another's, checks none of them, or leaves no trace",
      cause: "The stage lacks logs, metrics, tracing, or a throttle of each method's own, or the document a validator.",
      fix: "Keep the stage as components/webhookApi/webhookApi.ts makes it.",
      link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
    },
    (graph) => [
      ...every(graph, Type.methodSettings, (settings) => {
        const needed = ["throttlingRateLimit", "throttlingBurstLimit"].filter((key) => !isPositive(valueAt(settings, `settings.${key}`)));
        const wrong = [
          ...needed,
          ...(mayBe(settings, "settings.metricsEnabled", true) ? [] : ["metricsEnabled"]),
          ...(mayBe(settings, "settings.loggingLevel", "INFO") ? [] : ["loggingLevel"]),
          ...(mayBe(settings, "settings.dataTraceEnabled", false) ? [] : ["dataTraceEnabled"]),
        ];
        return wrong.length > 0 && `${wrong.join(", ")} is missing or another`;
      }),
      ...every(graph, Type.stage, (stage) => {
        const settings = graph.all(Type.methodSettings).map((one) => ({ of: graph.target(one, "stageName", Type.stage), ...one.inputs }));
        if (settings.some(({ of }) => of === undefined)) return false;
        const paths = settings.filter(({ of }) => of === stage).map((one) => String((one as { methodPath?: unknown }).methodPath));
        const missing = ["*/*", ...methodPaths(graph)].filter((path) => !paths.includes(path) && !paths.includes("[unknown]"));
        return missing.length > 0 && `${stage.name} has no settings of its own for ${missing.join(", ")}`;
      }),
      ...every(graph, Type.stage, (stage) => !mayBe(stage, "xrayTracingEnabled", true) && "xrayTracingEnabled is not set"),
      ...every(graph, Type.stage, (stage) => stage.inputs.accessLogSettings === undefined && "it has no access log"),
      ...every(graph, Type.restApi, (api) => {
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
    ],
  ),
  promise(
    {
      id: "project-import",
      awsError: "silent until the first deployment, which AWS takes back at any warning of the import",
      cause: "The import fails on warnings, or a model has anyOf, oneOf or allOf, of which AWS's page said one thing and then another.",
      fix: "Set failOnWarnings to false, and write models without them.",
      link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-errors-warnings.html",
    },
    (graph) =>
      every(graph, Type.restApi, (api) => {
        const composed = modelsOf(graph.document(api, "body") ?? {}).filter(({ value }) =>
          /"(anyOf|oneOf|allOf)":/.test(JSON.stringify(value)),
        );
        const wrong = [
          api.inputs.failOnWarnings === true && "failOnWarnings is true",
          ...composed.map(({ place }) => `${place} is composed`),
        ];
        return wrong.filter(Boolean).join(", ");
      }),
  ),
  promise(
    {
      id: "project-flow",
      awsError: "silent: events are missed, never given up, or given up without a word",
      cause: "The pipe is stopped or lacks its beginning, a bound or its dead letters, or the state machine its log or traces.",
      fix: "Keep pipe and state machine as components/workflow/workflow.ts makes them.",
      link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html",
    },
    (graph) => [
      ...every(graph, Type.pipe, (pipe) => {
        const stream = (key: string) => valueAt(pipe, `sourceParameters.dynamodbStreamParameters.${key}`);
        const wrong = [
          !["TRIM_HORIZON", "[unknown]"].includes(String(stream("startingPosition"))) && "startingPosition",
          !isPositive(stream("maximumRetryAttempts")) && "maximumRetryAttempts",
          !isPositive(stream("maximumRecordAgeInSeconds")) && "maximumRecordAgeInSeconds",
          !["AUTOMATIC_BISECT", "[unknown]"].includes(String(stream("onPartialBatchItemFailure"))) && "onPartialBatchItemFailure",
          stream("deadLetterConfig") === undefined && "deadLetterConfig",
          valueAt(pipe, "sourceParameters.filterCriteria") === undefined && "filterCriteria",
          valueAt(pipe, "targetParameters.inputTemplate") === undefined && "inputTemplate",
          !mayBe(pipe, "logConfiguration.level", "ERROR") && "logConfiguration",
          pipe.inputs.desiredState === "STOPPED" && "desiredState",
        ].filter(Boolean);
        return wrong.length > 0 && `${wrong.join(", ")} is missing or another`;
      }),
      ...every(graph, Type.stateMachine, (machine) => {
        const wrong = [
          !["ALL", "ERROR"].some((level) => mayBe(machine, "loggingConfiguration.level", level)) && "loggingConfiguration.level",
          !mayBe(machine, "loggingConfiguration.includeExecutionData", true) && "loggingConfiguration.includeExecutionData",
          !mayBe(machine, "tracingConfiguration.enabled", true) && "tracingConfiguration",
        ].filter(Boolean);
        return wrong.length > 0 && `${wrong.join(", ")} is missing or another`;
      }),
    ],
  ),
  promise(
    {
      id: "project-alarm",
      awsError: "silent: nobody is told, or an alarm stays where there is nothing to count",
      cause:
        "An alarm acts on nothing, does not wait for the topic's policy, says nothing of missing data, or names no heading of the runbook.",
      fix: "Make alarms with components/alerting/alerting.ts.",
      link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    },
    (graph) =>
      [Type.metricAlarm, Type.compositeAlarm].flatMap((type) =>
        every(graph, type, (alarm) => {
          const topic = graph.find(list(alarm.inputs.alarmActions)[0], Type.topic);
          const policies = topic ? resourcePolicy(graph, topic).sources : [];
          const wrong = [
            isEmpty(alarm.inputs.alarmActions) && "alarmActions",
            isEmpty(alarm.inputs.okActions) && "okActions",
            type === Type.metricAlarm &&
              !["notBreaching", "breaching"].some((meaning) => mayBe(alarm, "treatMissingData", meaning)) &&
              "treatMissingData",
            alarm.inputs.alarmDescription !== "[unknown]" &&
              !/ docs\/runbook\.md#[\w-]+$/.test(String(alarm.inputs.alarmDescription)) &&
              "alarmDescription",
            policies.some(({ resource }) => !graph.waitsFor(alarm, resource)) && "the order after the topic's policy",
          ].filter(Boolean);
          return wrong.length > 0 && `${wrong.join(", ")} is missing or another`;
        }),
      ),
  ),
  promise(
    {
      id: "project-audit",
      awsError: "silent: who read events, payloads and secrets, or changed a role, is not recorded, or its record may have been altered",
      cause: "The trail is off, of one region, without validation of its files, or lacks a kind of events.",
      fix: "Keep the trail as components/audit.ts makes it.",
      link: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    },
    (graph) =>
      every(graph, Type.trail, (trail) => {
        const wrong = ["enableLogging", "isMultiRegionTrail", "enableLogFileValidation"].filter((input) => !mayBe(trail, input, true));
        const recorded = JSON.stringify(trail.inputs.advancedEventSelectors ?? []);
        const kinds = ["AWS::DynamoDB::Table", "AWS::S3::Object", "Management"];
        const missing = recorded.includes("[unknown]") ? [] : kinds.filter((kind) => !recorded.includes(`"${kind}"`));
        return [...wrong, ...missing].length > 0 && `${[...wrong, ...missing].join(", ")} is missing or another`;
      }),
  ),
  promise(
    {
      id: "project-transport",
      awsError: "silent: messages, alerts and payloads may travel in clear text",
      cause: "The policy of a queue, a topic or a bucket does not refuse what comes without TLS.",
      fix: "Add denyInsecureTransport of components/lib/policies.ts to the policy.",
      link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    },
    (graph) =>
      Object.entries({
        [Type.queue]: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
        [Type.topic]: ["sns:Publish"],
        [Type.bucket]: ["s3:GetObject", "s3:PutObject"],
      }).flatMap(([type, actions]) =>
        every(graph, type, (resource) => {
          const { sources, complete } = resourcePolicy(graph, resource);
          const open = actions.filter((action) =>
            isAllowedInClear(
              resource,
              action,
              sources.flatMap(({ statements }) => statements),
            ),
          );
          return complete && open.length > 0 && `it does not refuse ${open.join(", ")} without TLS`;
        }),
      ),
  ),
  promise(
    {
      id: "project-confused-deputy",
      awsError: "silent: the service may be made to use the resource on behalf of another account",
      cause: "A service is let in without saying for whom: aws:SourceAccount, aws:SourceArn or an encryption context.",
      fix: "Add the condition to the statement; Lambda and API Gateway's logging role know none.",
      link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    },
    (graph) =>
      policyPlaces(graph).flatMap(({ resource, input }) =>
        (sourceOf(graph, resource, input)?.statements ?? []).filter(letsAnybodysServiceIn).map(() => ({
          resource,
          detail: `a statement of ${input} lets a service in without a condition`,
        })),
      ),
  ),
];

/** Each method of the API's document as its stage's settings name it. */
const methodPaths = (graph: Graph) =>
  graph.all(Type.restApi).flatMap((api) =>
    operationsOf(graph.document(api, "body") ?? {}).map(({ name }) => {
      const [method, path] = name.split(" ");
      return `${path.replaceAll("/", "~1")}/${method.toUpperCase()}`;
    }),
  );

/** A number above zero, or none; one that is known only after deployment may be. */
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
