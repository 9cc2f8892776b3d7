import { accountQuota } from "../../config/account";
import type { GraphResource } from "../../graph/resource";
import { Type } from "../../graph/types";
import { each, rateRounding, together, isInRange } from "../check";
import { fields, type Graph, isKnown, mayBe, parseArn, textInput, valueAt } from "../graph";
import { ownPlace } from "../place";
import type { RuleEntry } from "../rule";

/** Rules over a REST API's stage: its logs, its deployment and its settings. */
export const stageRules: RuleEntry[] = [
  {
    id: "api-logging-role",
    awsError: "BadRequestException: CloudWatch Logs role ARN must be set in account settings to enable logging",
    cause:
      "A stage with logs can only be made when the account has a role for them; the stage does not refer to it, so nothing orders the two.",
    fix: "Let the stage and its method settings depend on the account's settings.",
    link: "https://github.com/VirtusLab/besom/issues/347",
    check: (graph) => {
      const [settings] = graph.all(Type.account);
      if (!settings) return [];
      return logging(graph)
        .filter((resource) => !graph.waitsFor(resource, settings))
        .map((resource) => ({ resource, detail: `it writes logs and does not wait for ${settings.name}` }));
    },
  },
  {
    id: "api-log-format",
    awsError: "BadRequestException: Access Log format must include either $context.requestId or $context.extendedRequestId",
    cause: "An access log names each request, in one line.",
    fix: "Have $context.requestId in the format, and no line break.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    check: each(Type.stage, (resource) => {
      const format = textInput(resource, "accessLogSettings.format");
      if (valueAt(resource, "accessLogSettings") === undefined || valueAt(resource, "accessLogSettings.format") === "[unknown]") return [];
      const wrong = format === undefined || !/\$context\.(extendedR|r)equestId/.test(format) || /\n./.test(format);
      return wrong && `its access log's format is ${format ?? "missing"}`;
    }),
  },
  {
    id: "api-log-destination",
    awsError:
      "BadRequestException: Invalid ARN specified in the request. ARNs must start with 'arn:aws:' or 'arn:aws-cn:' or 'arn:aws-us-gov:'",
    cause: "An access log goes to a log group or to a delivery stream, by its ARN, without :* behind it.",
    fix: "Set destinationArn to the log group's arn.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    check: each(Type.stage, (resource) => {
      const destination = textInput(resource, "accessLogSettings.destinationArn");
      const missing =
        valueAt(resource, "accessLogSettings") !== undefined && valueAt(resource, "accessLogSettings.destinationArn") === undefined;
      const wrong = destination !== undefined && !/^arn:[\w-]+:(logs:[^:]*:\d{12}:log-group:[^:]+|firehose:.+)$/.test(destination);
      return (missing || wrong) && `its access log goes to ${destination ?? "nothing"}`;
    }),
  },
  {
    id: "api-deployment-stale",
    severity: "warning",
    awsError: "silent: the stage keeps serving the old snapshot until a new deployment is made",
    cause: "A deployment is a snapshot: without triggers, another document or method makes no other one.",
    fix: "Give the deployment triggers that change with the document or with the methods.",
    link: "https://github.com/hashicorp/terraform/issues/6613",
    check: (graph) =>
      graph
        .all(Type.apiDeployment)
        .filter(({ inputs, propertyDependencies }) => {
          const triggers = Object.values(fields(inputs.triggers));
          const hash = triggers.some((value) => !isKnown(value) || /^[0-9a-f]{16,}$/i.test(String(value)));
          return !hash && propertyDependencies.triggers === undefined;
        })
        .map((resource) => ({ resource, detail: "it has no triggers, or only constant ones" })),
  },
  {
    id: "api-deployment-early",
    awsError: "BadRequestException: The REST API doesn't contain any methods, or: No integration defined for method",
    cause: "The deployment does not wait for the API's methods and integrations, which it is a snapshot of.",
    fix: "Let the deployment depend on each integration.",
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
      return [...parts.map((part) => `it does not wait for ${part.name}`), empty && `${api.name} has neither a document nor methods`];
    }),
  },
  {
    id: "api-throttle",
    severity: "warning",
    awsError: "silent: a limit above the account's quota is never reached",
    cause:
      "Rates are requests a second. An account has 10,000 with a burst of 5,000, a quarter of it in newer regions, or what the stack's file says (accountRequestsPerSecond), for all methods together.",
    fix: "Set throttlingRateLimit and throttlingBurstLimit within the quota, or ask AWS for more and set accountRequestsPerSecond.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
    check: together(
      each(Type.methodSettings, (resource, graph) =>
        Object.entries(quotasOf(graph, graph.target(resource, "stageName", Type.stage))).map(([setting, quota]) => {
          const value = valueAt(resource, `settings.${setting}`);
          return value !== undefined && value !== -1 && !isInRange(value, 0, quota) && `${setting} is ${String(value)}, of ${quota}`;
        }),
      ),
      each(Type.stage, (stage, graph) => {
        const methods = methodsOf(graph, stage);
        return Object.entries(quotasOf(graph, stage)).map(([setting, quota]) => {
          const sum = sumOf(methods.map((one) => valueAt(one, `settings.${setting}`)));
          return (
            methods.length > 1 &&
            sum > quota + methods.length * rateRounding &&
            `${setting} of its ${methods.length} methods is ${Number(sum.toFixed(2))} together, of ${quota}`
          );
        });
      }),
    ),
  },
  {
    id: "api-cache",
    awsError: "silent: nothing is cached, and every request reaches the integration",
    cause: "Methods are told to cache on a stage that has no cache cluster.",
    fix: "Set cacheClusterEnabled and cacheClusterSize on the stage, or leave cachingEnabled out.",
    link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html",
    check: each(Type.methodSettings, (resource, graph) => {
      const stage = graph.target(resource, "stageName", Type.stage);
      const caches = valueAt(resource, "settings.cachingEnabled") === true;
      return caches && stage && !mayBe(stage, "cacheClusterEnabled", true) && `${stage.name} has no cache cluster`;
    }),
  },
  {
    id: "api-method-settings",
    awsError: "BadRequestException: Invalid method setting path: …. Must be one of: […]",
    cause: "Settings are for a path and a method, and their level of logging is one of three.",
    fix: "Write methodPath as */* or path/METHOD, with ~1 for each slash of the path, and loggingLevel as OFF, ERROR or INFO.",
    link: "https://github.com/hashicorp/terraform-provider-aws/issues/15855",
    check: each(Type.methodSettings, (resource) => {
      const path = textInput(resource, "methodPath");
      const level = valueAt(resource, "settings.loggingLevel");
      return [
        !(
          valueAt(resource, "methodPath") === "[unknown]" ||
          /^(\*|[^/]+)\/(\*|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)$/.test(path ?? "")
        ) && `methodPath is ${String(path)}`,
        !(level === undefined || ["OFF", "ERROR", "INFO", "[unknown]"].includes(String(level))) && `loggingLevel is ${String(level)}`,
      ];
    }),
  },
];

/** Tells what the account may send in a stage's region, by the setting that is held against it. */
function quotasOf(graph: Graph, stage: GraphResource | undefined): Record<string, number> {
  const region = parseArn(stage?.outputs.arn)?.region ?? ownPlace(graph).region;
  const { perSecond, burst } = accountQuota(region, graph.account.requestsPerSecond ?? 0);
  return { throttlingRateLimit: perSecond, throttlingBurstLimit: burst };
}

/** Returns the settings of a stage's single methods. */
function methodsOf(graph: Graph, stage: GraphResource): GraphResource[] {
  return graph
    .all(Type.methodSettings)
    .filter((one) => graph.target(one, "stageName", Type.stage) === stage && !["*/*", "[unknown]"].includes(String(one.inputs.methodPath)));
}

/** Returns what is known of it. */
const sumOf = (values: readonly unknown[]) =>
  values.reduce<number>((sum, value) => sum + (typeof value === "number" && value > 0 ? value : 0), 0);

function logging(graph: Graph): GraphResource[] {
  return [
    ...graph.all(Type.stage).filter((stage) => valueAt(stage, "accessLogSettings") !== undefined),
    ...graph.all(Type.methodSettings).filter((one) => ["INFO", "ERROR"].includes(valueAt(one, "settings.loggingLevel") as string)),
  ];
}
