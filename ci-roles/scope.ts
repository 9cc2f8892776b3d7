import { defaultTags } from "../provider";
import { destinationName, handlerNames, listenerName, logGroupName, physicalName, randomEnding, type NameKey } from "../domain/names";
import type { Conditions } from "./document";
import { pipeline } from "./state";

/** Partition, account and region of the stacks. */
export interface Place {
  partition: string;
  account: string;
  region: string;
}

/** A stack with the settings on which its permissions depend. */
export interface DeployedStack {
  name: string;
  /** Suffix of its names and tags. */
  suffix: string;
  /** Custom host name of its webhook URLs, if any. */
  domain: string | undefined;
  /** True if it owns the account's API Gateway logging role. */
  managesApiGatewayAccount: boolean;
  /** True if its functions run in its own VPC. */
  hasPrivateNetwork: boolean;
}

/** Identifies one stack's resources: by name, or by the tag `Environment` if the name does not tell. */
export interface Scope extends Place {
  stack: DeployedStack;
}

/** Builds an ARN, such as `arn:aws:sqs:eu-central-1:123456789012:webhook-dead-letters-dev`. */
export const arnOf = ({ partition, region, account }: Place, service: string, resource: string) =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`;

/** Builds an ARN of API Gateway's management API, which names no account. */
export const gatewayArn = ({ partition, region }: Place, path: string) => `arn:${partition}:apigateway:${region}::${path}`;

/** Builds the ARN of a resource's tags in API Gateway: a path that ends with the resource's ARN.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-api.html */
const gatewayTagsArn = (place: Place, path: string) => gatewayArn(place, `/tags/${encodeURIComponent(gatewayArn(place, path))}`);

/** Builds an ARN of IAM, which names no region. */
export const iamArn = ({ partition, account }: Place, resource: string) => `arn:${partition}:iam::${account}:${resource}`;

/** Returns the value of the tag `Environment` for a stack. */
export const environmentOf = ({ suffix }: DeployedStack) => defaultTags(suffix).Environment;

/** Requires the stack's tag on the resource. */
export const ownTag = ({ stack }: Scope): Conditions => ({ StringEquals: { "aws:ResourceTag/Environment": environmentOf(stack) } });

/** Requires the stack's tag in the request, and on the resource if it exists already.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html */
export const newTag = ({ stack }: Scope): Conditions => ({
  StringEquals: { "aws:RequestTag/Environment": environmentOf(stack) },
  StringEqualsIfExists: { "aws:ResourceTag/Environment": environmentOf(stack) },
});

/** Requires the stack's tag on the resource if it exists already. For actions that both create and change. */
export const ownTagIfAny = ({ stack }: Scope): Conditions => ({
  StringEqualsIfExists: { "aws:ResourceTag/Environment": environmentOf(stack) },
});

const nameIn = ({ stack }: Scope, key: NameKey) => physicalName(key, stack.suffix);

/** Lists the ARNs of the stack's functions. */
export function functionArns(scope: Scope): string[] {
  return handlerNames.map((handler) => arnOf(scope, "lambda", `function:${nameIn(scope, handler)}`));
}

/** Lists the ARNs of the stack's log groups and their streams. Names of execution logs contain the API's ID and the stage. */
export function logGroupArns(scope: Scope): string[] {
  const groups = [
    ...handlerNames.map((handler) => logGroupName.lambda(nameIn(scope, handler))),
    logGroupName.stateMachine(nameIn(scope, "stateMachine")),
    logGroupName.pipe(nameIn(scope, "pipe")),
    logGroupName.apiAccess("*", nameIn(scope, "api")),
    logGroupName.apiExecution("*", nameIn(scope, "stage")),
    logGroupName.webAcl(nameIn(scope, "webAcl")),
  ];
  return groups.map((group) => arnOf(scope, "logs", `log-group:${group}`)).flatMap((arn) => [arn, `${arn}:*`]);
}

/** Matches the digits of a generated name. One wildcard for each digit, because a longer ending can be another stack's suffix. */
const anyDigits = "?".repeat(randomEnding.digits);

/** Lists the ARNs of the stack's roles: the only ones that its deployment creates, changes and passes. */
export function roleArns(scope: Scope): string[] {
  const keys = [...handlerNames, "scheduleRole", "deliverScheduleRole", "stateMachineRole", "pipeRole"] as const;
  const names = [...keys.map((key) => nameIn(scope, key)), `${nameIn(scope, "apiGatewayLogsRole")}-${anyDigits}`];
  return names.map((role) => iamArn(scope, `role/${role}`));
}

/** Lists the ARNs of the stack's buckets. */
export function bucketArns(scope: Scope): string[] {
  return (["payloadBucket", "trailBucket"] as const).map((key) => `arn:${scope.partition}:s3:::${nameIn(scope, key)}-${scope.account}`);
}

/** Matches the stack's secrets. Their names contain the source's, and Secrets Manager adds six characters. */
export const secretArns = (scope: Scope) => arnOf(scope, "secretsmanager", `secret:webhook-*-${scope.stack.suffix}-??????`);

export const alarmArns = (scope: Scope) => arnOf(scope, "cloudwatch", `alarm:webhook-*-${scope.stack.suffix}`);

/** Matches the queues of the stack's destinations, and those of a stack whose suffix ends alike: the tag tells. */
export const destinationQueueArns = (scope: Scope) => arnOf(scope, "sqs", destinationName.queue("*", scope.stack.suffix));
/** Lists the ARNs of the rules and queues that a `listen` creates. Their digits are fixed in number, so that they match no other stack's. */
export const listenerArns = (scope: Scope) => [
  arnOf(scope, "events", `rule/${nameIn(scope, "eventBus")}/${listenerName(scope.stack.suffix)}`),
  arnOf(scope, "sqs", listenerName(scope.stack.suffix)),
];
/** Matches all event source mappings of the account: AWS chooses their names. */
export const mappingArns = (place: Place) => arnOf(place, "lambda", "event-source-mapping:*");

/** Lists the ARNs of the stack's tables. */
export const tableArns = (scope: Scope) =>
  (["eventsTable", "deliveriesTable"] as const).map((key) => arnOf(scope, "dynamodb", `table/${nameIn(scope, key)}`));
export const queueArn = (scope: Scope) => arnOf(scope, "sqs", nameIn(scope, "deadLetterQueue"));
export const topicArn = (scope: Scope) => arnOf(scope, "sns", nameIn(scope, "topic"));
export const stateMachineArn = (scope: Scope) => arnOf(scope, "states", `stateMachine:${nameIn(scope, "stateMachine")}`);
export const eventBusArn = (scope: Scope) => arnOf(scope, "events", `event-bus/${nameIn(scope, "eventBus")}`);
export const keyArns = (place: Place) => arnOf(place, "kms", "key/*");

/** Lists the ARNs of all resources that their name assigns to the stack, except roles, secrets, alarms and the queues of destinations. */
export function namedArns(scope: Scope): string[] {
  return [
    ...functionArns(scope),
    ...logGroupArns(scope),
    ...bucketArns(scope).flatMap((arn) => [arn, `${arn}/*`]),
    ...tableArns(scope).flatMap((arn) => [arn, `${arn}/*`]),
    queueArn(scope),
    topicArn(scope),
    `${topicArn(scope)}:*`,
    stateMachineArn(scope),
    `${stateMachineArn(scope)}:*`,
    arnOf(scope, "pipes", `pipe/${nameIn(scope, "pipe")}`),
    eventBusArn(scope),
    arnOf(scope, "events", `archive/${nameIn(scope, "eventArchive")}`),
    arnOf(scope, "events", `rule/${nameIn(scope, "eventBus")}/*`),
    ...(["reconcileSchedule", "deliverSchedule"] as const).map((key) =>
      arnOf(scope, "scheduler", `schedule/default/${nameIn(scope, key)}`),
    ),
    arnOf(scope, "cloudtrail", `trail/${nameIn(scope, "trail")}`),
    arnOf(scope, "wafv2", `regional/webacl/${nameIn(scope, "webAcl")}/*`),
    gatewayArn(scope, `/restapis/*/stages/${nameIn(scope, "stage")}`),
    `arn:${scope.partition}:cloudwatch::${scope.account}:dashboard/${nameIn(scope, "dashboard")}`,
  ];
}

/** Lists the ARNs of the aliases of the stack's keys. The keys themselves have only the tag. */
export function aliasArns(scope: Scope): string[] {
  return (["environmentKey", "logsKey", "dataKey"] as const).map((key) => arnOf(scope, "kms", `alias/${nameIn(scope, key)}`));
}

export const aliasNames = (scope: Scope) => aliasArns(scope).map((arn) => arn.split(":").at(-1)!);

/** A literal asterisk.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const asterisk = "${*}";

/**
 * Lists the ARNs under which the stack sets tags in API Gateway. While a resource is created, a literal asterisk stands for its ID, so these
 * ARNs match no existing resource. Stages and domains have the stack's own name, and can be tagged again.
 * @see https://github.com/mattclay/aws-terminator/pull/284
 */
export function gatewayTagsArns(scope: Scope): string[] {
  const { domain } = scope.stack;
  const stages = gatewayTagsArn(scope, "/restapis/*/stages/");
  const domains = gatewayTagsArn(scope, "/domainnames/");
  return [
    `${gatewayTagsArn(scope, "/restapis/")}${asterisk}`,
    ...[asterisk, nameIn(scope, "stage")].map((end) => `${stages}${end}`),
    ...(domain === undefined ? [] : [asterisk, domain].map((end) => `${domains}${end}`)),
  ];
}

/** Names a role or policy of GitHub Actions, or a boundary. None of the pipeline's own resources has such a name. */
export function accessName(what: string): string {
  return `${pipeline}-${what}`;
}

/** Returns the ARN of the boundary of a stack's roles. */
export const boundaryArn = (scope: Scope) => iamArn(scope, `policy/${boundaryName(scope.stack.name)}`);
export const boundaryName = (stack: string) => accessName(`boundary-${stack}`);
