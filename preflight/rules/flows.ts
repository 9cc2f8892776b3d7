import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, labeled, sentences } from "../check";
import { fields, type Graph, isKnown, list, mayBe, parseArn, textInput, valueAt } from "../graph/graph";
import { isObject, parseJson } from "../json";
import { patternProblems, streamFilterProblems } from "../patterns";
import type { RuleEntry } from "../rule";

/** A filter, its resource, and the table whose stream it filters, if any. */
interface Filter {
  resource: GraphResource;
  text: unknown;
  table: GraphResource | undefined;
}

function filtersOf(graph: Graph): Filter[] {
  const listed = (resource: GraphResource, path: string, source: string) =>
    list<{ pattern?: unknown }>(valueAt(resource, path)).map(({ pattern }) => ({
      resource,
      text: pattern,
      table: graph.target(resource, source, Type.table),
    }));
  return [
    ...graph.all(Type.pipe).flatMap((resource) => listed(resource, "sourceParameters.filterCriteria.filters", "source")),
    ...graph.all(Type.eventSourceMapping).flatMap((resource) => listed(resource, "filterCriteria.filters", "eventSourceArn")),
    ...graph
      .all(Type.eventRule)
      .filter(({ inputs }) => inputs.eventPattern !== undefined)
      .map((resource) => ({ resource, text: resource.inputs.eventPattern, table: undefined })),
  ].filter(({ text }) => text === undefined || isKnown(text));
}

const isStandard = (machine: GraphResource | undefined) =>
  machine !== undefined && [undefined, "STANDARD"].includes(machine.inputs.type as string | undefined);

/** Rules for event flows: filters, patterns, pipes and subscriptions. */
export const flowRules: RuleEntry[] = [
  {
    id: "event-pattern",
    awsError: "InvalidEventPatternException: Event pattern is not valid. Reason: …",
    cause: "A pattern must be an object whose leaves are lists of values or matchers.",
    fix: "Write each value as a list, and each matcher in the form of EventBridge's reference.",
    link: "https://github.com/cloud-custodian/cloud-custodian/issues/6507",
    check: (graph) =>
      filtersOf(graph).flatMap(({ resource, text }) => {
        const pattern = parseJson(text);
        const problems = pattern === undefined ? [`it is not JSON: ${String(text)}`] : patternProblems(pattern);
        return problems.map((problem) => ({ resource, detail: `its pattern: ${problem}` }));
      }),
  },
  {
    id: "stream-filter",
    awsError: "silent: the filter never matches a record, and nothing is delivered",
    cause: "The filter names fields or values that records of the table's stream do not have.",
    fix: "Filter on eventName, or on dynamodb.NewImage.<attribute>.<type> of a stream with new images.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html",
    check: (graph) =>
      filtersOf(graph).flatMap(({ resource, text, table }) => {
        const pattern = parseJson(text);
        if (!table || typeof pattern !== "object" || pattern === null) return [];
        return streamFilterProblems(pattern as Record<string, unknown>, table.inputs.streamViewType).map((detail) => ({
          resource,
          detail,
        }));
      }),
  },
  {
    id: "event-rule-empty",
    awsError:
      "ValidationException: Parameter(s) EventPattern or ScheduleExpression must be specified, or: ScheduleExpression is not valid.",
    cause: "A rule requires a pattern or a schedule. A schedule is cron(…) or rate(…), and only the default bus supports it.",
    fix: "Set eventPattern or scheduleExpression.",
    link: "https://github.com/awsdocs/aws-cloudformation-user-guide/pull/456",
    check: each(Type.eventRule, (resource) => {
      const { eventPattern, scheduleExpression: schedule, eventBusName } = resource.inputs;
      return [
        eventPattern === undefined && schedule === undefined && "eventPattern and scheduleExpression are both missing",
        isKnown(schedule) &&
          !/^(cron\(\S+( \S+){5}\)|rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\))$/.test(String(schedule)) &&
          `scheduleExpression is ${String(schedule)}. AWS allows cron(…) and rate(…)`,
        /^cron\(/.test(String(schedule)) &&
          !/ \?( |\))/.test(String(schedule).split(" ").slice(2, 5).join(" ") + " ") &&
          `scheduleExpression is ${String(schedule)}. AWS requires ? for the day of the month or the day of the week`,
        schedule !== undefined &&
          isKnown(eventBusName) &&
          eventBusName !== "default" &&
          "scheduleExpression is set, but the bus is not the default one",
      ];
    }),
  },
  {
    id: "event-target-role",
    awsError: "ValidationException: RoleArn is required for target arn:aws:states:…",
    cause: "EventBridge calls such a target with the target's role, not in its own name.",
    fix: "Set roleArn to a role that events.amazonaws.com can assume and that allows the call.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",
    check: (graph) =>
      graph
        .all(Type.eventTarget)
        .filter((resource) => ["states", "kinesis", "ecs", "batch"].includes(parseArn(textInput(resource, "arn"))?.service ?? ""))
        .filter(({ inputs }) => inputs.roleArn === undefined)
        .map((resource) => ({ resource, detail: `roleArn is missing for the target ${String(resource.inputs.arn)}` })),
  },
  {
    id: "event-target-bus",
    awsError: "ResourceNotFoundException: Rule … does not exist on EventBus default.",
    cause: "A target must name the bus of its rule.",
    fix: "Set eventBusName to that of the rule.",
    link: "https://github.com/pulumi/pulumi-aws/issues/1323",
    check: each(Type.eventTarget, (resource, graph) => {
      const rule = graph.target(resource, "rule", Type.eventRule);
      const [own, other] = [resource.inputs.eventBusName ?? "default", rule?.inputs.eventBusName ?? "default"];
      const same =
        graph.find(own, Type.eventBus) === graph.find(other, Type.eventBus) &&
        (own === other || graph.find(own, Type.eventBus) !== undefined);
      return rule && isKnown(own) && isKnown(other) && !same && `eventBusName is ${String(own)}, but its rule is on ${String(other)}`;
    }),
  },
  {
    id: "pipe-invocation",
    awsError: "silent: AWS creates the pipe, but the pipe cannot wait for executions of a STANDARD state machine",
    cause: "By default, a pipe waits for executions, which only EXPRESS state machines support.",
    fix: "Set invocationType to FIRE_AND_FORGET, or use an EXPRESS state machine.",
    link: "https://github.com/aws/aws-cdk/pull/29987",
    check: each(Type.pipe, (resource, graph) => {
      const type = valueAt(resource, "targetParameters.stepFunctionStateMachineParameters.invocationType");
      const wrong =
        isStandard(graph.target(resource, "target", Type.stateMachine)) && !["FIRE_AND_FORGET", "[unknown]"].includes(String(type));
      return wrong && `invocationType is ${String(type ?? "REQUEST_RESPONSE")}. A STANDARD state machine allows FIRE_AND_FORGET`;
    }),
  },
  {
    id: "pipe-parts",
    awsError:
      "ValidationException: 1 validation error detected: Value null at 'source' failed to satisfy constraint: Member must not be null",
    cause: "A pipe requires a source, a target and a role, a starting position for a stream, and a destination for its log.",
    fix: "Set source, target and roleArn, startingPosition for a stream, and a destination for the log.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html",
    check: each(Type.pipe, (resource, graph) => {
      const stream = graph.target(resource, "source", Type.table);
      const start = valueAt(resource, "sourceParameters.dynamodbStreamParameters.startingPosition");
      const log = valueAt(resource, "logConfiguration");
      const destinations = ["cloudwatchLogsLogDestination", "firehoseLogDestination", "s3LogDestination"].map((key) => fields(log)[key]);
      const kept = destinations.some((one) => one === "[unknown]" || Object.keys(fields(one)).length > 0);
      const missing = sentences([
        ["source", "target", "roleArn"].filter((input) => resource.inputs[input] === undefined),
        isObject(log) && log.level !== "OFF" && !kept && "the destination of logConfiguration",
        stream && start === undefined && "startingPosition",
      ]);
      return missing.map((what) => `${what} is missing`);
    }),
  },
  {
    id: "pipe-template",
    awsError: "ValidationException: Invalid json path reference or predefined variable for placeholder",
    cause: "Each placeholder of a template must be closed, and must be a path or a predefined variable.",
    fix: "Write placeholders as <$.path.to.a.value>, without quotes around an object.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html",
    check: each(Type.pipe, (resource) => {
      const template = textInput(resource, "targetParameters.inputTemplate");
      if (template === undefined) return [];
      const filled = template.replace(/<(\$(\.[\w/-]+(\[\d+\])*)*|aws\.pipes\.[\w.-]+)>/g, "0");
      const json = /^\s*[{[]/.test(template) ? parseJson(filled) !== undefined : true;
      return (/[<>]/.test(filled) || !json) && `inputTemplate is ${template}, which has an invalid placeholder or is not JSON`;
    }),
  },
  {
    id: "subscription-filter",
    awsError: "InvalidParameterException: Invalid parameter: FilterPolicy: …",
    cause: "A filter policy must be an object of lists. Only a policy on the message body can have nested keys.",
    fix: "Write each value as a list, and set filterPolicyScope to MessageBody for nested keys.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",
    check: each(Type.topicSubscription, (resource) => {
      const text = textInput(resource, "filterPolicy");
      if (text === undefined) return [];
      const policy = parseJson(text);
      const problems = policy === undefined ? ["it is not JSON"] : patternProblems(policy);
      const nested =
        !mayBe(resource, "filterPolicyScope", "MessageBody") && Object.values(fields(policy)).some((value) => !Array.isArray(value));
      return labeled("filterPolicy:", [problems, nested && "nested keys require the scope MessageBody"]);
    }),
  },
  {
    id: "subscription-protocol",
    awsError: "InvalidParameterException: Invalid parameter: Does not support this protocol string / Endpoint",
    cause: "Each protocol requires its own form of endpoint.",
    fix: "Set an address for email, a number for sms, a URL for https, or an ARN for sqs, lambda, firehose and application.",
    link: "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",
    check: each(Type.topicSubscription, (resource) => {
      const [protocol, endpoint] = [String(resource.inputs.protocol), resource.inputs.endpoint];
      const form = endpoints[protocol];
      if (protocol === "[unknown]") return [];
      if (!form) return [`protocol is ${protocol}, which SNS does not support`];
      if (resource.inputs.rawMessageDelivery === true && !["sqs", "http", "https", "firehose"].includes(protocol))
        return [`rawMessageDelivery is true, which ${protocol} does not support`];
      return (
        !(typeof endpoint === "string" && (!isKnown(endpoint) || form.test(endpoint))) &&
        `endpoint is ${String(endpoint)}, which is not an endpoint for ${protocol}`
      );
    }),
  },
];

const endpoints: Record<string, RegExp> = {
  email: /^[^@\s]+@[^@\s]+$/,
  "email-json": /^[^@\s]+@[^@\s]+$/,
  sms: /^\+?[\d-]{5,}$/,
  http: /^http:\/\/\S+$/,
  https: /^https:\/\/\S+$/,
  sqs: /^arn:[\w-]+:sqs:/,
  lambda: /^arn:[\w-]+:lambda:/,
  firehose: /^arn:[\w-]+:firehose:/,
  application: /^arn:[\w-]+:sns:/,
};
