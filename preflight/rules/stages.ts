import { accountQuota } from "../../config/account";
import type { GraphResource } from "../graph/resource";
import { Type } from "../graph/types";
import { each, rateRounding, together, isInRange } from "../check";
import { fields, type Graph, isKnown, mayBe, parseArn, textInput, valueAt } from "../graph/graph";
import { ownPlace } from "../place";
import type { RuleEntry } from "../rule";

/** Rules for a REST API's stage: logs, deployment and settings. */
export const stageRules: RuleEntry[] = [
  {
    id: "api-logging-role",
    awsError: "BadRequestException: CloudWatch Logs role ARN must be set in account settings to enable logging",
    cause: "AWS creates a stage with logs only if the account has a logging role, to which the stage does not refer.",
    fix: "Make the stage and its method settings depend on the account's settings.",
    link: "https://github.com/VirtusLab/besom/issues/347",
    check: (graph) => {
      const [settings] = graph.all(Type.account);
      if (!settings) return [];
      return logging(graph)
        .filter((resource) => !graph.waitsFor(resource, settings))
        .map((resource) => ({ resource, detail: `it writes logs, but does not depend on ${settings.name}` }));
    },
  },
  {
    id: "api-log-format",
    awsError: "BadRequestException: Access Log format must include either $context.requestId or $context.extendedRequestId",
    cause: "Each line of an access log must contain the request's ID.",
    fix: "Add $context.requestId to the format, and remove line breaks.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    check: each(Type.stage, (resource) => {
      const format = textInput(resource, "accessLogSettings.format");
      if (valueAt(resource, "accessLogSettings") === undefined || valueAt(resource, "accessLogSettings.format") === "[unknown]") return [];
      const wrong = format === undefined || !/\$context\.(extendedR|r)equestId/.test(format) || /\n./.test(format);
      return wrong && `accessLogSettings.format is ${format ?? "missing"}. AWS requires one line with $context.requestId`;
    }),
  },
  {
    id: "api-log-destination",
    awsError:
      "BadRequestException: Invalid ARN specified in the request. ARNs must start with 'arn:aws:' or 'arn:aws-cn:' or 'arn:aws-us-gov:'",
    cause: "The destination must be the ARN of a log group, without :*, or of a delivery stream.",
    fix: "Set destinationArn to the log group's arn.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    check: each(Type.stage, (resource) => {
      const destination = textInput(resource, "accessLogSettings.destinationArn");
      const missing =
        valueAt(resource, "accessLogSettings") !== undefined && valueAt(resource, "accessLogSettings.destinationArn") === undefined;
      const wrong = destination !== undefined && !/^arn:[\w-]+:(logs:[^:]*:\d{12}:log-group:[^:]+|firehose:.+)$/.test(destination);
      return (
        (missing || wrong) &&
        `accessLogSettings.destinationArn is ${destination ?? "missing"}. AWS allows the ARN of a log group or a delivery stream`
      );
    }),
  },
  {
    id: "api-deployment-stale",
    severity: "warning",
    awsError: "silent: the stage serves the old snapshot until the next deployment",
    cause: "A deployment is a snapshot. Without triggers, a changed document or method does not create a new one.",
    fix: "Set triggers that change with the document or the methods.",
    link: "https://github.com/hashicorp/terraform/issues/6613",
    check: (graph) =>
      graph
        .all(Type.apiDeployment)
        .filter(({ inputs, propertyDependencies }) => {
          const triggers = Object.values(fields(inputs.triggers));
          const hash = triggers.some((value) => !isKnown(value) || /^[0-9a-f]{16,}$/i.test(String(value)));
          return !hash && propertyDependencies.triggers === undefined;
        })
        .map((resource) => ({ resource, detail: "triggers are missing or constant" })),
  },
  {
    id: "api-deployment-early",
    awsError: "BadRequestException: The REST API doesn't contain any methods, or: No integration defined for method",
    cause: "A deployment is a snapshot of the API's methods and integrations, which must exist before it.",
    fix: "Make the deployment depend on each integration.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/21210",
    check: each(Type.apiDeployment, (resource, graph) => {
      const api = graph.target(resource, "restApi", Type.restApi);
      const parts = [...graph.all(Type.apiIntegration), ...graph.all(Type.apiMethod)].filter(
        (part) => graph.target(part, "restApi", Type.restApi) === api && !graph.waitsFor(resource, part),
      );
      const empty =
        api &&
        api.inputs.body === undefined &&
        !graph.all(Type.apiMethod).some((one) => graph.target(one, "restApi", Type.restApi) === api);
      return [...parts.map((part) => `it does not depend on ${part.name}`), empty && `${api.name} has neither a document nor methods`];
    }),
  },
  {
    id: "api-throttle",
    severity: "warning",
    awsError: "silent: a limit above the account's quota is never reached",
    cause:
      "All methods of an account share a quota: 10,000 requests a second with a burst of 5,000, a quarter of that in newer regions, or accountRequestsPerSecond of the stack's file.",
    fix: "Set throttlingRateLimit and throttlingBurstLimit within the quota, or request a higher one and set accountRequestsPerSecond.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    check: together(
      each(Type.methodSettings, (resource, graph) =>
        Object.entries(quotasOf(graph, graph.target(resource, "stageName", Type.stage))).map(([setting, quota]) => {
          const value = valueAt(resource, `settings.${setting}`);
          return (
            value !== undefined &&
            value !== -1 &&
            !isInRange(value, 0, quota) &&
            `${setting} is ${String(value)}. The account's quota is ${quota}`
          );
        }),
      ),
      each(Type.stage, (stage, graph) => {
        const methods = methodsOf(graph, stage);
        return Object.entries(quotasOf(graph, stage)).map(([setting, quota]) => {
          const sum = sumOf(methods.map((one) => valueAt(one, `settings.${setting}`)));
          return (
            methods.length > 1 &&
            sum > quota + methods.length * rateRounding &&
            `${setting} of its ${methods.length} methods is ${Number(sum.toFixed(2))} together. The account's quota is ${quota}`
          );
        });
      }),
    ),
  },
  {
    id: "api-cache",
    awsError: "silent: nothing is cached, and every request reaches the integration",
    cause: "Methods can cache only on a stage with a cache cluster.",
    fix: "Set cacheClusterEnabled and cacheClusterSize on the stage, or remove cachingEnabled.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html",
    check: each(Type.methodSettings, (resource, graph) => {
      const stage = graph.target(resource, "stageName", Type.stage);
      const caches = valueAt(resource, "settings.cachingEnabled") === true;
      return (
        caches &&
        stage &&
        !mayBe(stage, "cacheClusterEnabled", true) &&
        `settings.cachingEnabled is true, but the stage ${stage.name} has no cache cluster`
      );
    }),
  },
  {
    id: "api-method-settings",
    awsError: "BadRequestException: Invalid method setting path: …. Must be one of: […]",
    cause: "methodPath must name a path and a method, and loggingLevel must be one of three levels.",
    fix: "Set methodPath to */* or path/METHOD, with ~1 for each slash of the path, and loggingLevel to OFF, ERROR or INFO.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/15855",
    check: each(Type.methodSettings, (resource) => {
      const path = textInput(resource, "methodPath");
      const level = valueAt(resource, "settings.loggingLevel");
      return [
        !(
          valueAt(resource, "methodPath") === "[unknown]" ||
          /^(\*|[^/]+)\/(\*|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)$/.test(path ?? "")
        ) && `methodPath is ${String(path ?? "missing")}. AWS allows */* or path/METHOD`,
        !(level === undefined || ["OFF", "ERROR", "INFO", "[unknown]"].includes(String(level))) &&
          `loggingLevel is ${String(level)}. AWS allows OFF, ERROR or INFO`,
      ];
    }),
  },
];

/** Returns the account's quota in a stage's region, by the setting that it limits. */
function quotasOf(graph: Graph, stage: GraphResource | undefined): Record<string, number> {
  const region = parseArn(stage?.outputs.arn)?.region ?? ownPlace(graph).region;
  const { perSecond, burst } = accountQuota(region, graph.account.requestsPerSecond ?? 0);
  return { throttlingRateLimit: perSecond, throttlingBurstLimit: burst };
}

/** Lists the settings of a stage's single methods. */
function methodsOf(graph: Graph, stage: GraphResource): GraphResource[] {
  return graph
    .all(Type.methodSettings)
    .filter((one) => graph.target(one, "stageName", Type.stage) === stage && !["*/*", "[unknown]"].includes(String(one.inputs.methodPath)));
}

/** Adds up the known values. */
const sumOf = (values: readonly unknown[]) =>
  values.reduce<number>((sum, value) => sum + (typeof value === "number" && value > 0 ? value : 0), 0);

function logging(graph: Graph): GraphResource[] {
  return [
    ...graph.all(Type.stage).filter((stage) => valueAt(stage, "accessLogSettings") !== undefined),
    ...graph.all(Type.methodSettings).filter((one) => ["INFO", "ERROR"].includes(valueAt(one, "settings.loggingLevel") as string)),
  ];
}
