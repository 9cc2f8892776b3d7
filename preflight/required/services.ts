import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { fields, type Graph, list, parseArn, textInput, valueAt } from "../graph/graph";
import { keyNamed, permissionsFor, roleOf, targetOf, withKey, type RequiredPermission } from "./permission";
import { requiredToRead } from "./pipes";

/** Lists the permissions that AWS's services require on the resources that they use. */
export function requiredByServices(graph: Graph): RequiredPermission[] {
  return [
    forLogGroups,
    forAlarms,
    forApiCalls,
    forApiLogs,
    forEventTargets,
    forUndeliveredEvents,
    forSchedules,
    forSubscriptions,
    forEventSources,
  ].flatMap((list) => list(graph));
}

/** Builds the context in which a service names the source of its request. */
function sourceContext(source: GraphResource, arn = String(source.outputs.arn)) {
  return { "aws:sourcearn": arn, "aws:sourceaccount": parseArn(source.outputs.arn)?.account };
}

/** Lists key permissions of CloudWatch Logs, which encrypts in its own name. Permissions of roles do not count.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function forLogGroups(graph: Graph): RequiredPermission[] {
  return graph.all(Type.logGroup).flatMap((resource) => {
    const key = keyNamed(graph, textInput(resource, "kmsKeyId"));
    const arn = parseArn(resource.outputs.arn);
    if (!key || !arn) return [];
    const context = { "kms:encryptioncontext:aws:logs:arn": String(resource.outputs.arn) };
    const actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"];
    return actions.map((action) => ({
      rule: "log-group-key",
      resource,
      caller: { service: `logs.${arn.region}.amazonaws.com` },
      action,
      on: String(key.outputs.arn),
      // kms:DescribeKey has no encryption context, because it encrypts nothing. ArnLike fails without a value.
      context: action === "kms:DescribeKey" ? {} : context,
    }));
  });
}

/**
 * Lists what alarms need to publish.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
function forAlarms(graph: Graph): RequiredPermission[] {
  return [...graph.all(Type.metricAlarm), ...graph.all(Type.compositeAlarm)].flatMap((resource) => {
    const actions = ["alarmActions", "okActions", "insufficientDataActions"].flatMap((input) => list<string>(resource.inputs[input]));
    const topics = [...new Set(actions)].filter((action) => parseArn(action)?.service === "sns");
    const caller = { service: "cloudwatch.amazonaws.com" };
    const call = { rule: "alarm-topic-permission", resource, caller, action: "sns:Publish", context: sourceContext(resource) };
    return topics.flatMap((on) => withKey(graph, { ...call, on }, "alarm-topic-key"));
  });
}

/** Lists the invoke permissions of API Gateway, which calls functions in its own name, from one method.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html */
function forApiCalls(graph: Graph): RequiredPermission[] {
  return graph.all(Type.stage).flatMap((stage) => {
    const api = graph.target(stage, "restApi", Type.restApi);
    const stageName = textInput(stage, "stageName");
    if (!api || stageName === undefined) return [];
    return routesOf(graph, api).flatMap(({ resource, method, path, uri }) => {
      const on = /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1];
      if (!on) return [];
      const source = `${String(api.outputs.executionArn)}/${stageName}/${method}${path}`;
      const context = sourceContext(api, source);
      const caller = { service: "apigateway.amazonaws.com" };
      return [{ rule: "api-invoke-permission", resource, caller, action: "lambda:InvokeFunction", on, context }];
    });
  });
}

interface Route {
  resource: GraphResource;
  method: string;
  path: string;
  uri: string;
}

/** Lists the integrations of an API, in its document or as separate resources. */
function routesOf(graph: Graph, api: GraphResource): Route[] {
  const paths = fields(graph.document(api, "body")?.paths);
  const inDocument = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(fields(methods)).flatMap(([method, operation]) => {
      const { uri, credentials } = fields(fields(operation)["x-amazon-apigateway-integration"]);
      // An integration with a role needs no permission of the function.
      if (credentials !== undefined) return [];
      // A path parameter matches any value, `any` matches any method.
      const example = path.replace(/\{[^}]+\}/g, "value");
      return typeof uri === "string" ? [{ resource: api, method: httpMethod(method), path: example, uri }] : [];
    }),
  );
  const separate = graph
    .all(Type.apiIntegration)
    .filter(
      (integration) =>
        graph.target(integration, "restApi", Type.restApi) === api &&
        textInput(integration, "uri") !== undefined &&
        integration.inputs.credentials === undefined,
    )
    .map((resource) => ({
      resource,
      method: httpMethod(textInput(resource, "httpMethod") ?? ""),
      path: pathOf(graph, resource),
      uri: textInput(resource, "uri")!,
    }));
  return [...inDocument, ...separate];
}

const httpMethod = (method: string) => (/any$/i.test(method) ? "GET" : method.toUpperCase());

/** Builds the path of an integration from its API resource and that resource's parents. */
function pathOf(graph: Graph, integration: GraphResource): string {
  const type = Type.apiResource;
  let part = graph.target(integration, "resourceId", type);
  let path = "";
  for (; part; part = graph.target(part, "parentId", type))
    path = `/${(textInput(part, "pathPart") ?? "").replace(/\{.+\}/, "value")}${path}`;
  return path || "/";
}

/** Lists what API Gateway needs to write logs. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function forApiLogs(graph: Graph): RequiredPermission[] {
  return graph.all(Type.account).flatMap((resource) => {
    const role = roleOf(graph, resource, "cloudwatchRoleArn");
    const actions = ["CreateLogGroup", "CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents"];
    if (!role) return [];
    const call = { rule: "api-logging-permission", resource, caller: { role }, on: "*", atCreation: true };
    return permissionsFor(call, ...actions.map((action) => `logs:${action}`));
  });
}

/** Lists the permissions of event targets. EventBridge calls a target without a role in its own name.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html */
function forEventTargets(graph: Graph): RequiredPermission[] {
  return graph.all(Type.eventTarget).flatMap((resource) => {
    const on = textInput(resource, "arn");
    const role = roleOf(graph, resource, "roleArn");
    const action = callOf(on);
    if (!on || !action) return [];
    if (role) return withKey(graph, { rule: "event-target-permission", resource, caller: { role }, action, on });
    if (action === "states:StartExecution" || !targetOf(graph, on)) return [];
    return withKey(graph, { rule: "event-target-permission", resource, ...ofRule(graph, resource), action, on }, "event-target-key");
  });
}

/** Lists the permissions for the events that a target did not take. EventBridge always sends them in its own name.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function forUndeliveredEvents(graph: Graph): RequiredPermission[] {
  return graph.all(Type.eventTarget).flatMap((resource) => {
    const on = textInput(resource, "deadLetterConfig.arn");
    if (!on || !targetOf(graph, on)) return [];
    const call = { rule: "event-target-dead-letter-permission", resource, ...ofRule(graph, resource), action: "sqs:SendMessage", on };
    return withKey(graph, call, "event-target-key");
  });
}

/** Returns the caller and context of EventBridge for the rule of a target. */
function ofRule(graph: Graph, target: GraphResource): Pick<RequiredPermission, "caller" | "context"> {
  const rule = graph.target(target, "rule", Type.eventRule);
  return { caller: { service: "events.amazonaws.com" }, context: rule && sourceContext(rule) };
}

/** Returns the action with which EventBridge calls a target, by the target's service. */
function callOf(target: string | undefined): string | undefined {
  const actions = { lambda: "lambda:InvokeFunction", sqs: "sqs:SendMessage", sns: "sns:Publish", states: "states:StartExecution" };
  return (actions as Record<string, string>)[parseArn(target)?.service ?? ""];
}

/** Lists what schedules need. @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role */
function forSchedules(graph: Graph): RequiredPermission[] {
  return graph.all(Type.schedule).flatMap((resource) => {
    const on = textInput(resource, "target.arn");
    const role = roleOf(graph, resource, "target.roleArn");
    const action = callOf(on);
    if (!on || !role || !action) return [];
    return withKey(graph, { rule: "schedule-target-permission", resource, caller: { role }, action, on });
  });
}

/** Lists what subscriptions need. @see https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html */
function forSubscriptions(graph: Graph): RequiredPermission[] {
  return graph.all(Type.topicSubscription).flatMap((resource) => {
    const endpoint = textInput(resource, "endpoint");
    const topic = graph.target(resource, "topic", Type.topic);
    const action = { sqs: "sqs:SendMessage", lambda: "lambda:InvokeFunction" }[String(valueAt(resource, "protocol"))];
    const target = endpoint && targetOf(graph, endpoint);
    if (!topic || !action || !target) return [];
    const caller = { service: "sns.amazonaws.com" };
    const on = String(target.outputs.arn);
    const call = { rule: "subscription-permission", resource, caller, action, on, context: sourceContext(topic) };
    return withKey(graph, call, "subscription-key");
  });
}

/** Lists the permissions to read event sources, which Lambda does with the function's role. @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
function forEventSources(graph: Graph): RequiredPermission[] {
  return graph.all(Type.eventSourceMapping).flatMap((resource) => {
    const target = graph.findFunction(textInput(resource, "functionName"));
    const role = target && roleOf(graph, target, "role");
    const source = textInput(resource, "eventSourceArn");
    if (!role || !source) return [];
    return requiredToRead(graph, { rule: "event-source-permission", resource, caller: { role }, on: source, atCreation: true });
  });
}
