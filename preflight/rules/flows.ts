import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, labeled } from "../check";
import { fields, type Graph, isKnown, list, mayBe, parseArn, textInput, valueAt } from "../graph";
import { isObject, parseJson } from "../json";
import { patternProblems, streamFilterProblems } from "../patterns";
import type { RuleEntry } from "../rule";

/** A filter, where it is, and the table whose stream it looks at, if it does. */
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

/** Rules over what flows: filters, patterns, pipes and subscriptions. */
export const flowRules: RuleEntry[] = [
  {
    id: "event-pattern",
    awsError: "InvalidEventPatternException: Event pattern is not valid. Reason: …",
    cause: "A pattern is an object whose leaves are lists of values or matchers.",
    fix: "Write each value as a list, and each matcher as EventBridge's reference has it.",
    link: "https://github.com/cloud-custodian/cloud-custodian/issues/6507",
    check: (graph) =>
      filtersOf(graph).flatMap(({ resource, text }) => {
        const pattern = parseJson(text);
        const problems = pattern === undefined ? [`it is no JSON: ${String(text)}`] : patternProblems(pattern);
        return problems.map((problem) => ({ resource, detail: `its pattern: ${problem}` }));
      }),
  },
  {
    id: "stream-filter",
    awsError: "silent: the filter matches no record, ever, and nothing is delivered",
    cause: "The filter names what a record of the table's stream does not have.",
    fix: "Filter on eventName, or on dynamodb.NewImage.<attribute>.<type> of a stream that has new images.",
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
    cause: "A rule waits for events of a pattern, or for a time; a schedule is cron(…) or rate(…), on the default bus alone.",
    fix: "Give the rule an eventPattern or a scheduleExpression.",
    link: "https://github.com/awsdocs/aws-cloudformation-user-guide/pull/456",
    check: each(Type.eventRule, (resource) => {
      const { eventPattern, scheduleExpression: schedule, eventBusName } = resource.inputs;
      return [
        eventPattern === undefined && schedule === undefined && "it has neither a pattern nor a schedule",
        isKnown(schedule) &&
          !/^(cron\(\S+( \S+){5}\)|rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\))$/.test(String(schedule)) &&
          `its schedule is ${String(schedule)}`,
        /^cron\(/.test(String(schedule)) &&
          !/ \?( |\))/.test(String(schedule).split(" ").slice(2, 5).join(" ") + " ") &&
          `its schedule ${String(schedule)} names day of month and day of week; one of them must be ?`,
        schedule !== undefined &&
          isKnown(eventBusName) &&
          eventBusName !== "default" &&
          "it has a schedule on a bus that is not the default one",
      ];
    }),
  },
  {
    id: "event-target-role",
    awsError: "ValidationException: RoleArn is required for target arn:aws:states:…",
    cause: "EventBridge starts an execution with a role of the target's, never in its own name.",
    fix: "Give the target a roleArn that events.amazonaws.com may assume and that may start the execution.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",
    check: (graph) =>
      graph
        .all(Type.eventTarget)
        .filter((resource) => ["states", "kinesis", "ecs", "batch"].includes(parseArn(textInput(resource, "arn"))?.service ?? ""))
        .filter(({ inputs }) => inputs.roleArn === undefined)
        .map((resource) => ({ resource, detail: `it starts ${String(resource.inputs.arn)} without a role` })),
  },
  {
    id: "event-target-bus",
    awsError: "ResourceNotFoundException: Rule … does not exist on EventBus default.",
    cause: "A target is given to a rule of another bus than the target names.",
    fix: "Give the target the eventBusName of its rule.",
    link: "https://github.com/pulumi/pulumi-aws/issues/1323",
    check: each(Type.eventTarget, (resource, graph) => {
      const rule = graph.target(resource, "rule", Type.eventRule);
      const [own, other] = [resource.inputs.eventBusName ?? "default", rule?.inputs.eventBusName ?? "default"];
      const same =
        graph.find(own, Type.eventBus) === graph.find(other, Type.eventBus) &&
        (own === other || graph.find(own, Type.eventBus) !== undefined);
      return rule && isKnown(own) && isKnown(other) && !same && `its bus is ${String(own)}, its rule's ${String(other)}`;
    }),
  },
  {
    id: "pipe-invocation",
    awsError: "silent: the pipe is made, and no execution of a STANDARD state machine can be awaited by it",
    cause: "A pipe awaits an execution unless it is told not to; a STANDARD state machine can only be started.",
    fix: "Set invocationType to FIRE_AND_FORGET, or use an EXPRESS state machine.",
    link: "https://github.com/aws/aws-cdk/pull/29987",
    check: each(Type.pipe, (resource, graph) => {
      const type = valueAt(resource, "targetParameters.stepFunctionStateMachineParameters.invocationType");
      const wrong =
        isStandard(graph.target(resource, "target", Type.stateMachine)) && !["FIRE_AND_FORGET", "[unknown]"].includes(String(type));
      return wrong && `its invocationType is ${String(type ?? "REQUEST_RESPONSE")}`;
    }),
  },
  {
    id: "pipe-parts",
    awsError:
      "ValidationException: 1 validation error detected: Value null at 'source' failed to satisfy constraint: Member must not be null",
    cause: "A pipe has a source, a target and a role; reading a stream begins somewhere.",
    fix: "Give the pipe source, target and roleArn, and startingPosition for a stream.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html",
    check: each(Type.pipe, (resource, graph) => {
      const stream = graph.target(resource, "source", Type.table);
      const start = valueAt(resource, "sourceParameters.dynamodbStreamParameters.startingPosition");
      const log = valueAt(resource, "logConfiguration");
      const destinations = ["cloudwatchLogsLogDestination", "firehoseLogDestination", "s3LogDestination"].map((key) => fields(log)[key]);
      const kept = destinations.some((one) => one === "[unknown]" || Object.keys(fields(one)).length > 0);
      return labeled("it has no", [
        ["source", "target", "roleArn"].filter((input) => resource.inputs[input] === undefined),
        isObject(log) && log.level !== "OFF" && !kept && "destination of its log",
        stream && start === undefined && "startingPosition",
      ]);
    }),
  },
  {
    id: "pipe-template",
    awsError: "ValidationException: Invalid json path reference or predefined variable for placeholder",
    cause: "A template is text with placeholders; one that is not closed, or is no path, is refused.",
    fix: "Write placeholders as <$.path.to.a.value>, without quotes around an object.",
    link: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html",
    check: each(Type.pipe, (resource) => {
      const template = textInput(resource, "targetParameters.inputTemplate");
      if (template === undefined) return [];
      const filled = template.replace(/<(\$(\.[\w/-]+(\[\d+\])*)*|aws\.pipes\.[\w.-]+)>/g, "0");
      const json = /^\s*[{[]/.test(template) ? parseJson(filled) !== undefined : true;
      return (/[<>]/.test(filled) || !json) && `its inputTemplate is ${template}`;
    }),
  },
  {
    id: "subscription-filter",
    awsError: "InvalidParameterException: Invalid parameter: FilterPolicy: …",
    cause: "A filter policy is an object of lists; on attributes it is flat, only on the body it is nested.",
    fix: "Write each value as a list, and set filterPolicyScope to MessageBody for nested keys.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",
    check: each(Type.topicSubscription, (resource) => {
      const text = textInput(resource, "filterPolicy");
      if (text === undefined) return [];
      const policy = parseJson(text);
      const problems = policy === undefined ? ["it is no JSON"] : patternProblems(policy);
      const nested =
        !mayBe(resource, "filterPolicyScope", "MessageBody") && Object.values(fields(policy)).some((value) => !Array.isArray(value));
      return labeled("its filter:", [problems, nested && "nested keys need the scope MessageBody"]);
    }),
  },
  {
    id: "subscription-protocol",
    awsError: "InvalidParameterException: Invalid parameter: Does not support this protocol string / Endpoint",
    cause: "The endpoint does not fit the protocol.",
    fix: "Give an address to email, a number to sms, a URL to https, an ARN to sqs, lambda, firehose and application.",
    link: "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",
    check: each(Type.topicSubscription, (resource) => {
      const [protocol, endpoint] = [String(resource.inputs.protocol), resource.inputs.endpoint];
      const form = endpoints[protocol];
      if (protocol === "[unknown]") return [];
      if (!form) return [`its protocol is ${protocol}`];
      if (resource.inputs.rawMessageDelivery === true && !["sqs", "http", "https", "firehose"].includes(protocol))
        return [`it asks for raw messages, which ${protocol} does not support`];
      return (
        !(typeof endpoint === "string" && (!isKnown(endpoint) || form.test(endpoint))) &&
        `its endpoint for ${protocol} is ${String(endpoint)}`
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
