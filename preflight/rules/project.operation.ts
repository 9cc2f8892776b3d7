import type { GraphResource } from "../graph/resource";
import { unsignedSecret } from "../../domain/names";
import { Type } from "../graph/types";
import { each, changedParts, sentences, together } from "../check";
import { list, mayBe, valueAt, type Graph } from "../graph/graph";
import { resourcePolicy, policySourceOf } from "../iam/access";
import type { Statement } from "../iam/document";
import { resourceOpinion } from "../iam/evaluate";
import { eachPolicy } from "../iam/places";
import { calledArn } from "../required/permission";
import { eachDocument, operationsOf } from "../openapi";
import { modelsOf } from "../openapi.schemas";
import type { RuleEntry } from "../rule";

/** Actions that transfer messages, alerts and payloads, by type. */
const movedActions: Readonly<Record<string, readonly string[]>> = {
  [Type.queue]: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
  [Type.topic]: ["sns:Publish"],
  [Type.bucket]: ["s3:GetObject", "s3:PutObject"],
};

/** Rules for operation: the API, the workflow, alarms, audit and access. */
export const operationRules: RuleEntry[] = [
  {
    id: "project-api",
    awsError: "silent: requests are not throttled by source, not validated, or not logged",
    cause: "The stage requires logs, metrics, tracing and a throttle for each method, and the document a request validator.",
    fix: "Create the stage as components/webhookApi/webhookApi.ts does.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
    check: together(
      each(Type.methodSettings, (settings) => {
        const needed = ["throttlingRateLimit", "throttlingBurstLimit"].filter((key) => !isPositive(valueAt(settings, `settings.${key}`)));
        return changedParts([
          ...needed,
          !mayBe(settings, "settings.metricsEnabled", true) && "metricsEnabled",
          !mayBe(settings, "settings.loggingLevel", "ERROR") && "loggingLevel",
          !mayBe(settings, "settings.dataTraceEnabled", false) && "dataTraceEnabled",
        ]);
      }),
      each(Type.stage, (stage, graph) => {
        const settings = graph.all(Type.methodSettings).map((one) => ({ of: graph.target(one, "stageName", Type.stage), ...one.inputs }));
        if (settings.some(({ of }) => of === undefined)) return false;
        const paths = settings.filter(({ of }) => of === stage).map((one) => String((one as { methodPath?: unknown }).methodPath));
        const missing = ["*/*", ...methodPaths(graph)].filter((path) => !paths.includes(path) && !paths.includes("[unknown]"));
        return missing.length > 0 && `the stage has no settings for ${missing.join(", ")}`;
      }),
      each(Type.stage, (stage) => !mayBe(stage, "xrayTracingEnabled", true) && "xrayTracingEnabled is not true"),
      each(Type.stage, (stage) => stage.inputs.accessLogSettings === undefined && "accessLogSettings is missing"),
      each(Type.restApi, (api, graph) => {
        const document = graph.document(api, "body");
        const validator = (document?.["x-amazon-apigateway-request-validators"] as Record<string, object> | undefined)?.[
          String(document?.["x-amazon-apigateway-request-validator"])
        ];
        return (
          document !== undefined &&
          JSON.stringify(validator) !== '{"validateRequestBody":true,"validateRequestParameters":true}' &&
          "its document does not validate request bodies and parameters"
        );
      }),
    ),
  },
  {
    id: "project-import",
    awsError: "silent until the first deployment: AWS cancels the import at any warning",
    cause: "AWS cancels an import with warnings if failOnWarnings is true, and its page contradicts itself about anyOf, oneOf and allOf.",
    fix: "Set failOnWarnings to false, and write models without anyOf, oneOf and allOf.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-errors-warnings.html",
    check: each(Type.restApi, (api, graph) => {
      const composed = modelsOf(graph.document(api, "body") ?? {}).filter(({ value }) =>
        /"(anyOf|oneOf|allOf)":/.test(JSON.stringify(value)),
      );
      const wrong = [
        api.inputs.failOnWarnings === true && "failOnWarnings is true",
        ...composed.map(({ place }) => `${place} has anyOf, oneOf or allOf`),
      ];
      return sentences(wrong).join(", ");
    }),
  },
  {
    id: "project-flow",
    awsError: "silent: events are missed, retried forever, or dropped without a dead letter",
    cause: "The pipe must run, start at TRIM_HORIZON, limit retries and have dead letters; the state machine must have logs and traces.",
    fix: "Create pipe and state machine as components/workflow/workflow.ts does.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html",
    check: together(
      each(Type.pipe, (pipe) => {
        const stream = (key: string) => valueAt(pipe, `sourceParameters.dynamodbStreamParameters.${key}`);
        return changedParts([
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
        return changedParts([
          !["ALL", "ERROR"].some((level) => mayBe(machine, "loggingConfiguration.level", level)) && "loggingConfiguration.level",
          !mayBe(machine, "loggingConfiguration.includeExecutionData", true) && "loggingConfiguration.includeExecutionData",
          !mayBe(machine, "tracingConfiguration.enabled", true) && "tracingConfiguration",
        ]);
      }),
    ),
  },
  {
    id: "project-alarm",
    awsError: "silent: nobody is notified, or an alarm keeps its state while no data arrive",
    cause: "An alarm requires actions, the topic's policy before it, a meaning for missing data, and a link to the runbook.",
    fix: "Create alarms with components/alerting/alerting.ts.",
    link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    check: each([Type.metricAlarm, Type.compositeAlarm], (alarm, graph) => {
      const topic = graph.find(list(alarm.inputs.alarmActions)[0], Type.topic);
      const policies = topic ? resourcePolicy(graph, topic).sources : [];
      return changedParts([
        isEmpty(alarm.inputs.alarmActions) && "alarmActions",
        isEmpty(alarm.inputs.okActions) && "okActions",
        alarm.type === Type.metricAlarm &&
          !["notBreaching", "breaching"].some((meaning) => mayBe(alarm, "treatMissingData", meaning)) &&
          "treatMissingData",
        alarm.inputs.alarmDescription !== "[unknown]" &&
          !/ docs\/runbook\.md#[\w-]+$/.test(String(alarm.inputs.alarmDescription)) &&
          "alarmDescription",
        policies.some(({ resource }) => !graph.waitsFor(alarm, resource)) && "the dependency on the topic's policy",
      ]);
    }),
  },
  {
    id: "project-audit",
    awsError: "silent: the trail does not record who read events, payloads or secrets, or who changed a role; or its files can be altered",
    cause: "The trail must be on, multi-region, with file validation, and must record data and management events.",
    fix: "Create the trail as components/audit.ts does.",
    link: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    check: each(Type.trail, (trail) => {
      const wrong = ["enableLogging", "isMultiRegionTrail", "enableLogFileValidation"].filter((input) => !mayBe(trail, input, true));
      const recorded = JSON.stringify(trail.inputs.advancedEventSelectors ?? []);
      const kinds = ["AWS::DynamoDB::Table", "AWS::S3::Object", "Management"];
      const missing = recorded.includes("[unknown]") ? [] : kinds.filter((kind) => !recorded.includes(`"${kind}"`));
      return changedParts([wrong, missing]);
    }),
  },
  {
    id: "project-transport",
    awsError: "silent: messages, alerts and payloads can travel unencrypted",
    cause: "The policy of a queue, topic or bucket must deny requests without TLS.",
    fix: "Add denyInsecureTransport of components/lib/policies.ts to the policy.",
    link: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html",
    check: each(Object.keys(movedActions), (resource, graph) => {
      const { sources, complete } = resourcePolicy(graph, resource);
      const statements = sources.flatMap((source) => source.statements);
      const open = movedActions[resource.type].filter((action) => isAllowedInClear(resource, action, statements));
      return complete && open.length > 0 && `its policy does not deny ${open.join(", ")} without TLS`;
    }),
  },
  {
    id: "project-confused-deputy",
    awsError: "silent: another account can make the service use the resource",
    cause: "A statement for a service must have a condition on aws:SourceAccount, aws:SourceArn or an encryption context.",
    fix: "Add the condition to the statement, except for Lambda and API Gateway's logging role, which do not support it.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    check: eachPolicy(({ resource, input }, graph) =>
      (policySourceOf(graph, resource, input)?.statements ?? [])
        .filter(allowsServiceOfAnyAccount)
        .map(() => `a statement of ${input} allows a service without a condition on the account`),
    ),
  },
  {
    id: "project-unsigned",
    severity: "warning",
    awsError: "silent: whoever learns the token can send any event in the source's name, and change what others have sent",
    cause: "A token or password proves nothing about the body, so nobody notices a forged or changed event.",
    fix: "Choose a signature at the provider if it has one. Otherwise bound the senders by allowedCidrs, and trust no amount in these events.",
    link: "https://datatracker.ietf.org/doc/html/rfc6750#section-5.1",
    check: each(
      Type.secret,
      ({ inputs }) =>
        String(inputs.description).startsWith(unsignedSecret) && `${String(inputs.name)} is a token. Its source has unsigned: true`,
    ),
  },
  {
    id: "project-path",
    awsError: "silent: one source, or anyone who knows its URL, can use up the throttle of all sources",
    cause: "API Gateway throttles by method, so all sources behind a path parameter or the method ANY share one throttle.",
    fix: "Give each source its own path with the method POST, as components/webhookApi/openApi.ts does.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
    check: eachDocument((document) => {
      const names = operationsOf(document).map(({ name }) => name);
      const shared = names.filter((name) => name.includes("{") || name.startsWith("x-amazon-apigateway-any-method "));
      return shared.length > 0 && `${shared.join(", ")} ${shared.length > 1 ? "serve" : "serves"} more than one source`;
    }),
  },
];

/** Lists the methods of the API's document in the form of methodPath. */
const methodPaths = (graph: Graph) =>
  graph.all(Type.restApi).flatMap((api) =>
    operationsOf(graph.document(api, "body") ?? {}).map(({ name }) => {
      const [method, path] = name.split(" ");
      return `${path.replaceAll("/", "~1")}/${method.toUpperCase()}`;
    }),
  );

/** Returns whether a value is a number from 0.01, or unknown until deployment. */
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

/** Services whose requests contain no condition keys for the account. */
const unaccountable = ["lambda.amazonaws.com", "apigateway.amazonaws.com"];

function allowsServiceOfAnyAccount({ effect, principals, conditions }: Statement): boolean {
  const services = (principals ?? []).filter(({ kind }) => kind === "Service").flatMap(({ values }) => values);
  const limits = /^(aws:SourceAccount|aws:SourceArn|kms:EncryptionContext:.+)$/i;
  return (
    effect === "Allow" && services.some((service) => !unaccountable.includes(service)) && !conditions.some(({ key }) => limits.test(key))
  );
}
