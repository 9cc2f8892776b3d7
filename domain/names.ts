/**
 * Defines every physical name of the program. A name is `webhook-<what>-<environmentSuffix>`. Only the suffix varies, so two stacks of one
 * account and region never share a name. Resources that stay after `pulumi destroy` also have a random ending, so that the stack can be
 * created again.
 */

/**
 * Ending that Pulumi appends to a logical name if the program gives no physical one: seven hexadecimal digits.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming
 */
export const randomEnding = { length: "-0123abc".length, digits: 7 } as const;

interface NameRule {
  what: string;
  kind: string;
  /** Most characters that AWS accepts for this kind of name, minus the characters that are appended to it. */
  limit: number;
}

/** Names of the handlers. Each function, its role and its log group are named after its file in handlers/. */
export const handlerNames = ["receive", "process", "reconcile", "deliver"] as const;
export type HandlerName = (typeof handlerNames)[number];

/** Most characters of a source's name. */
export const longestSourceName = 40;

/** Limits from each service's API reference (`CreateFunction`, `CreateRole`, `CreateStateMachine`, `CreatePipe`, …). */
const rules = {
  receive: { what: "receive", kind: "Lambda function", limit: 64 },
  process: { what: "process", kind: "Lambda function", limit: 64 },
  reconcile: { what: "reconcile", kind: "Lambda function", limit: 64 },
  deliver: { what: "deliver", kind: "Lambda function", limit: 64 },
  environmentKey: { what: "environment", kind: "KMS alias", limit: 250 },
  logsKey: { what: "logs", kind: "KMS alias", limit: 250 },
  dataKey: { what: "data", kind: "KMS alias", limit: 250 },
  eventsTable: { what: "events", kind: "DynamoDB table", limit: 255 },
  deadLetterQueue: { what: "dead-letters", kind: "SQS queue", limit: 80 },
  deliveriesTable: { what: "deliveries", kind: "DynamoDB table", limit: 255 },
  deliverSchedule: { what: "deliver", kind: "schedule", limit: 64 },
  deliverScheduleRole: { what: "deliver-schedule", kind: "IAM role", limit: 64 },
  reconcileSchedule: { what: "reconcile", kind: "schedule", limit: 64 },
  scheduleRole: { what: "schedule", kind: "IAM role", limit: 64 },
  stateMachine: { what: "workflow", kind: "state machine", limit: 80 },
  stateMachineRole: { what: "workflow", kind: "IAM role", limit: 64 },
  logDeliveryPolicy: { what: "log-delivery", kind: "IAM policy", limit: 128 },
  pipe: { what: "events", kind: "EventBridge pipe", limit: 64 },
  pipeRole: { what: "pipe", kind: "IAM role", limit: 64 },
  eventBus: { what: "events", kind: "event bus", limit: 256 },
  eventArchive: { what: "events", kind: "event archive", limit: 48 },
  api: { what: "api", kind: "REST API", limit: 1024 },
  stage: { what: "api", kind: "API stage", limit: 128 },
  apiGatewayLogsRole: { what: "api-logs", kind: "IAM role", limit: 64 - randomEnding.length },
  throttledFilter: { what: "api-throttled", kind: "metric filter", limit: 512 },
  refusedFilter: { what: "api-refused", kind: "metric filter", limit: 512 },
  topic: { what: "alerts", kind: "SNS topic", limit: 256 },
  dashboard: { what: "pipeline", kind: "CloudWatch dashboard", limit: 255 },
  trail: { what: "audit", kind: "CloudTrail trail", limit: 128 },
  /** Bucket names are unique across AWS, so a hyphen and the account's 12 digits are appended. */
  payloadBucket: { what: "payloads", kind: "S3 bucket", limit: 63 - 13 },
  trailBucket: { what: "audit", kind: "S3 bucket", limit: 63 - 13 },
  /** Limit of a `Name` tag, minus the ending that awsx appends for a subnet. */
  vpc: { what: "vpc", kind: "VPC", limit: 256 - "-private-2".length },
  functionsSecurityGroup: { what: "functions", kind: "security group", limit: 255 },
  webAcl: { what: "firewall", kind: "web ACL", limit: 128 },
} as const satisfies Record<string, NameRule>;
export type NameKey = keyof typeof rules;

/** What every physical name begins with. */
export const namePrefix = "webhook-";

const compose = (what: string, suffix: string): string => `${namePrefix}${what}-${suffix}`;

/** Returns the physical name of a resource, such as `webhook-receive-dev`. */
export function physicalName(key: NameKey, suffix: string): string {
  return compose(rules[key].what, suffix);
}

/** Returns an alarm's name. With the longest allowed suffix, it is far below CloudWatch's 255 characters. */
export function alarmName(what: string, suffix: string): string {
  return compose(what, suffix);
}

/** Returns the name of a source's secret. The longest source name and suffix together are far below Secrets Manager's 512 characters. */
export function secretName(source: string, suffix: string): string {
  return compose(source, suffix);
}

/** Returns the part of a destination's secret's name in which a source's has the source's name. */
export const secretOwner = (destination: string): string => `to-${destination}`;

/** Names of a destination's resources. With the longest name and suffix, a rule has 62 of 64 characters, and a queue 78 of 80. */
export const destinationName = {
  rule: (destination: string, suffix: string) => compose(destination, suffix),
  queue: (destination: string, suffix: string) => compose(secretOwner(destination), suffix),
  deadLetterQueue: (destination: string, suffix: string) => compose(`${secretOwner(destination)}-dead-letters`, suffix),
  secret: (destination: string, suffix: string) => secretName(secretOwner(destination), suffix),
} as const;

/** What the names of the queue and rule of a `listen` begin with, after `webhook-`. No destination's name begins so. */
export const listenerPrefix = "listen-";

/** What the names of all rules of `listen` begin with. */
export const listenerRules = `${namePrefix}${listenerPrefix}`;

/** Hexadecimal digits that tell one `listen` from another. Their number is fixed, so that a pattern of names excludes other stacks. */
export const listenerDigits = 8;

/** Returns the name of the temporary queue and rule of a `listen`, or the pattern of all of a stack. */
export function listenerName(suffix: string, digits = "?".repeat(listenerDigits)): string {
  return compose(`${listenerPrefix}${digits}`, suffix);
}

/** Returns the environment suffix in the physical name of a resource. */
export function suffixIn(key: NameKey, name: string): string {
  return name.slice(physicalName(key, "").length);
}

/**
 * Stands for a source's or a destination's name in the names that a function's variables hold. It must stay: an update changes the variables
 * before the code, so the code of before reads them for a moment.
 */
export const namePlaceholder = "{source}";

/** Functions that return log group names: the service's own prefix, then the name of the resource that writes there. */
export const logGroupName = {
  lambda: (functionName: string) => `/aws/lambda/${functionName}`,
  /** The prefix keeps the account's log resource policy within its size.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
  stateMachine: (name: string) => `/aws/vendedlogs/states/${name}`,
  pipe: (name: string) => `/aws/vendedlogs/pipes/${name}`,
  /**
   * Contains the API's ID: API Gateway writes its last lines after Pulumi deletes the group, and thereby creates it again. Under a name
   * without the ID, that group would block the next API.
   * @see https://github.com/serverless/serverless/issues/6906
   */
  apiAccess: (apiId: string, name: string) => `/aws/apigateway/${apiId}/${name}`,
  /** AWS WAF requires this prefix. @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html */
  webAcl: (name: string) => `aws-waf-logs-${name}`,
  /** API Gateway defines this name. Pulumi creates the group first, so that it is encrypted and expires. */
  apiExecution: (apiId: string, stageName: string) => `API-Gateway-Execution-Logs_${apiId}/${stageName}`,
} as const;

/** Most characters of a suffix with which every name fits. */
export const longestSuffix = Math.min(...Object.values(rules).map(({ limit, what }) => limit - compose(what, "").length));

export interface NameProblem {
  kind: string;
  name: string;
  limit: number;
  /** Most characters of a suffix with which this name fits. */
  longestSuffix: number;
}

/** Returns the name that exceeds its limit the most with this suffix; `undefined` if all fit. */
export function tooLongName(suffix: string): NameProblem | undefined {
  return Object.values(rules)
    .map(({ kind, limit, what }) => ({ kind, limit, name: compose(what, suffix), longestSuffix: limit - compose(what, "").length }))
    .filter(({ name, limit }) => name.length > limit)
    .sort((a, b) => a.longestSuffix - b.longestSuffix)[0];
}

/** Begins the description of a secret that does not sign: the preflight warns of its source. */
export const unsignedSecret = "Token, which signs nothing,";
