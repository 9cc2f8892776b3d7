/**
 * Every physical name of the program, in one place. A name is `webhook-<what>-<environmentSuffix>`: the suffix is the
 * only part that varies, so two stacks of one account and region never share a name. What stays when a stack goes has a random
 * ending as well, so that the stack can come back.
 */

/** What Pulumi appends to a logical name where the program gives no physical one: seven hexadecimal digits.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming */
export const randomEnding = { length: "-0123abc".length, digits: 7 } as const;

interface NameRule {
  what: string;
  /** The most characters that AWS accepts for this kind of name. */
  limit: number;
  kind: string;
}

const rule =
  (kind: string, limit: number) =>
  (what: string): NameRule => ({ kind, limit, what });

/** Lengths from each service's API reference (`CreateFunction`, `CreateRole`, `CreateStateMachine`, `CreatePipe`, …). */
const lambdaFunction = rule("Lambda function", 64);
const role = rule("IAM role", 64);
/** Of a role that gets a random ending. */
const randomRole = rule("IAM role", 64 - randomEnding.length);
const policy = rule("IAM policy", 128);
const keyAlias = rule("KMS alias", 250);
const secret = rule("secret", 512);
const queue = rule("SQS queue", 80);
const table = rule("DynamoDB table", 255);
const stateMachine = rule("state machine", 80);
const pipe = rule("EventBridge pipe", 64);
const bus = rule("event bus", 256);
const restApi = rule("REST API", 1024);
const stage = rule("API stage", 128);
const topic = rule("SNS topic", 256);
const alarm = rule("CloudWatch alarm", 255);
const dashboard = rule("CloudWatch dashboard", 255);
const schedule = rule("schedule", 64);
const archive = rule("event archive", 48);
const trail = rule("CloudTrail trail", 128);
const webAcl = rule("web ACL", 128);
const metricFilter = rule("metric filter", 512);
const securityGroup = rule("security group", 255);
/** Of a `Name` tag, less what awsx appends to it for a subnet. */
const vpc = rule("VPC", 256 - "-private-2".length);
/** Bucket names are unique over all of AWS: twelve digits of account and a hyphen come on top. */
const bucket = rule("S3 bucket", 63 - 13);

/** The most characters of a source's name. */
export const longestSourceName = 40;

const rules = {
  environmentKey: keyAlias("environment"),
  logsKey: keyAlias("logs"),
  dataKey: keyAlias("data"),
  eventsTable: table("events"),
  deadLetterQueue: queue("dead-letters"),
  receiveFunction: lambdaFunction("receive"),
  receiveRole: role("receive"),
  processFunction: lambdaFunction("process"),
  processRole: role("process"),
  longestSecret: secret("x".repeat(longestSourceName)),
  reconcileFunction: lambdaFunction("reconcile"),
  reconcileRole: role("reconcile"),
  reconcileSchedule: schedule("reconcile"),
  scheduleRole: role("schedule"),
  stateMachine: stateMachine("workflow"),
  stateMachineRole: role("workflow"),
  pipe: pipe("events"),
  pipeRole: role("pipe"),
  eventBus: bus("events"),
  eventArchive: archive("events"),
  api: restApi("api"),
  stage: stage("api"),
  apiGatewayLogsRole: randomRole("api-logs"),
  throttledFilter: metricFilter("api-throttled"),
  refusedFilter: metricFilter("api-refused"),
  topic: topic("alerts"),
  dashboard: dashboard("pipeline"),
  payloadBucket: bucket("payloads"),
  trail: trail("audit"),
  trailBucket: bucket("audit"),
  vpc: vpc("vpc"),
  functionsSecurityGroup: securityGroup("functions"),
  webAcl: webAcl("firewall"),
  logDeliveryPolicy: policy("log-delivery"),
  longestAlarm: alarm("workflow-executions-timed-out"),
} as const;
export type NameKey = keyof typeof rules;

const compose = (what: string, suffix: string): string => `webhook-${what}-${suffix}`;

/** The physical name of one of the program's resources, e.g. `webhook-receive-dev`. */
export function physicalName(key: NameKey, suffix: string): string {
  return compose(rules[key].what, suffix);
}

/** The name of an alarm, from what it watches. */
export function alarmName(what: string, suffix: string): string {
  return compose(what, suffix);
}

/** The name of a source's secret. */
export function secretName(source: string, suffix: string): string {
  return compose(source, suffix);
}

/** Log groups: the service's own prefix, then the name of what writes there. */
export const logGroupName = {
  lambda: (functionName: string) => `/aws/lambda/${functionName}`,
  /** The prefix keeps the account's log resource policy within its size.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
  stateMachine: (name: string) => `/aws/vendedlogs/states/${name}`,
  pipe: (name: string) => `/aws/vendedlogs/pipes/${name}`,
  /** With the API's id: API Gateway writes its last lines after the group is deleted, and makes it anew for them. A group of a name that
   * stays would be in the way of the next API.
   * @see https://github.com/serverless/serverless/issues/6906 */
  apiAccess: (apiId: string, name: string) => `/aws/apigateway/${apiId}/${name}`,
  /** AWS WAF takes no group without this prefix. @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html */
  webAcl: (name: string) => `aws-waf-logs-${name}`,
  /** API Gateway chooses this name; made first, so that it is encrypted and expires. */
  apiExecution: (apiId: string, stageName: string) => `API-Gateway-Execution-Logs_${apiId}/${stageName}`,
} as const;

export interface NameProblem {
  kind: string;
  name: string;
  limit: number;
  /** The longest suffix with which this name still fits. */
  longestSuffix: number;
}

/** Names of resources that exist only with `auditTrail: true`. */
const auditNames: readonly string[] = ["trail", "trailBucket"] satisfies NameKey[];

/** The name that exceeds its limit the most with this suffix, if any does. */
export function tooLongName(suffix: string, { auditTrail }: { auditTrail: boolean }): NameProblem | undefined {
  return Object.entries(rules)
    .filter(([key]) => auditTrail || !auditNames.includes(key))
    .map(([, rule]) => rule)
    .map(({ kind, limit, what }) => ({ kind, limit, name: compose(what, suffix), longestSuffix: limit - compose(what, "").length }))
    .filter(({ name, limit }) => name.length > limit)
    .sort((a, b) => a.longestSuffix - b.longestSuffix)[0];
}
