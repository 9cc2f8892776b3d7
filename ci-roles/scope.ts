import { defaultTags } from "../provider";
import { handlerNames, logGroupName, physicalName, randomEnding, type NameKey } from "../domain/names";
import type { Conditions } from "./document";
import { pipeline } from "./state";

/** Where the stacks are deployed to. */
export interface Place {
  partition: string;
  account: string;
  region: string;
}

/** A stack, as far as its permissions depend on its configuration. */
export interface DeployedStack {
  name: string;
  /** The part that varies in its names and tags. */
  suffix: string;
  /** The host name of its webhook URLs; `undefined`: it has none of its own. */
  domain: string | undefined;
  /** Whether it owns the account's API Gateway logging role. */
  managesApiGatewayAccount: boolean;
  /** Whether its functions run in a VPC of its own. */
  hasPrivateNetwork: boolean;
}

/** Tells the resources of one stack from those of all others: by name where a name says whose it is, else by the tag `Environment`. */
export interface Scope extends Place {
  stack: DeployedStack;
}

/** Returns an ARN of this place, such as `arn:aws:sqs:eu-central-1:123456789012:webhook-dead-letters-dev`. */
export const arnOf = ({ partition, region, account }: Place, service: string, resource: string) =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`;

/** API Gateway's ARNs of its own management name no account. */
export const gatewayArn = ({ partition, region }: Place, path: string) => `arn:${partition}:apigateway:${region}::${path}`;

/** API Gateway keeps the tags of a resource under a path of their own, which ends with the resource's ARN.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-api.html */
const gatewayTagsArn = (place: Place, path: string) => gatewayArn(place, `/tags/${encodeURIComponent(gatewayArn(place, path))}`);

export const iamArn = ({ partition, account }: Place, resource: string) => `arn:${partition}:iam::${account}:${resource}`;

export const environmentOf = ({ suffix }: DeployedStack) => defaultTags(suffix).Environment;

/** Returns the condition that a resource carries the stack's tag. */
export const ownTag = ({ stack }: Scope): Conditions => ({ StringEquals: { "aws:ResourceTag/Environment": environmentOf(stack) } });

/**
 * Returns the condition that a new resource gets the stack's tag, and an existing one has it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
 */
export const newTag = ({ stack }: Scope): Conditions => ({
  StringEquals: { "aws:RequestTag/Environment": environmentOf(stack) },
  StringEqualsIfExists: { "aws:ResourceTag/Environment": environmentOf(stack) },
});

/** Returns the condition that an existing resource is the stack's own: for calls that create and change alike. */
export const ownTagIfAny = ({ stack }: Scope): Conditions => ({
  StringEqualsIfExists: { "aws:ResourceTag/Environment": environmentOf(stack) },
});

const nameIn =
  ({ stack }: Scope) =>
  (key: NameKey) =>
    physicalName(key, stack.suffix);

export function functionArns(scope: Scope): string[] {
  const name = nameIn(scope);
  return handlerNames.map((handler) => arnOf(scope, "lambda", `function:${name(handler)}`));
}

/** Returns the stack's log groups, and the streams in them. Execution logs are named after the API's id and the stage. */
export function logGroupArns(scope: Scope): string[] {
  const name = nameIn(scope);
  const groups = [
    ...handlerNames.map((handler) => logGroupName.lambda(name(handler))),
    logGroupName.stateMachine(name("stateMachine")),
    logGroupName.pipe(name("pipe")),
    logGroupName.apiAccess("*", name("api")),
    logGroupName.apiExecution("*", name("stage")),
    logGroupName.webAcl(name("webAcl")),
  ];
  return groups.map((group) => arnOf(scope, "logs", `log-group:${group}`)).flatMap((arn) => [arn, `${arn}:*`]);
}

/** Matches the digits that Pulumi puts behind a name of its own making: a wildcard for each, because a longer rest may be another stack's
 * suffix. */
const anyDigits = "?".repeat(randomEnding.digits);

/** Returns the stack's roles: the only ones that its deployment makes, changes and passes on. */
export function roleArns(scope: Scope): string[] {
  const name = nameIn(scope);
  const keys = [...handlerNames, "scheduleRole", "stateMachineRole", "pipeRole"] as const;
  const names = [...keys.map(name), `${name("apiGatewayLogsRole")}-${anyDigits}`];
  return names.map((role) => iamArn(scope, `role/${role}`));
}

export function bucketArns(scope: Scope): string[] {
  const name = nameIn(scope);
  return (["payloadBucket", "trailBucket"] as const).map((key) => `arn:${scope.partition}:s3:::${name(key)}-${scope.account}`);
}

/** Secrets are called after sources, which the configuration names; Secrets Manager adds six characters. */
export const secretArns = (scope: Scope) => arnOf(scope, "secretsmanager", `secret:webhook-*-${scope.stack.suffix}-??????`);

export const alarmArns = (scope: Scope) => arnOf(scope, "cloudwatch", `alarm:webhook-*-${scope.stack.suffix}`);

export const tableArn = (scope: Scope) => arnOf(scope, "dynamodb", `table/${nameIn(scope)("eventsTable")}`);
export const queueArn = (scope: Scope) => arnOf(scope, "sqs", nameIn(scope)("deadLetterQueue"));
export const topicArn = (scope: Scope) => arnOf(scope, "sns", nameIn(scope)("topic"));
export const stateMachineArn = (scope: Scope) => arnOf(scope, "states", `stateMachine:${nameIn(scope)("stateMachine")}`);
export const eventBusArn = (scope: Scope) => arnOf(scope, "events", `event-bus/${nameIn(scope)("eventBus")}`);
export const keyArns = (place: Place) => arnOf(place, "kms", "key/*");

/** Returns all that a name says to be the stack's, roles, secrets and alarms aside. */
export function namedArns(scope: Scope): string[] {
  const name = nameIn(scope);
  return [
    ...functionArns(scope),
    ...logGroupArns(scope),
    ...bucketArns(scope).flatMap((arn) => [arn, `${arn}/*`]),
    tableArn(scope),
    `${tableArn(scope)}/*`,
    queueArn(scope),
    topicArn(scope),
    `${topicArn(scope)}:*`,
    stateMachineArn(scope),
    `${stateMachineArn(scope)}:*`,
    arnOf(scope, "pipes", `pipe/${name("pipe")}`),
    eventBusArn(scope),
    arnOf(scope, "events", `archive/${name("eventArchive")}`),
    arnOf(scope, "events", `rule/${name("eventBus")}/*`),
    arnOf(scope, "scheduler", `schedule/default/${name("reconcileSchedule")}`),
    arnOf(scope, "cloudtrail", `trail/${name("trail")}`),
    arnOf(scope, "wafv2", `regional/webacl/${name("webAcl")}/*`),
    gatewayArn(scope, `/restapis/*/stages/${name("stage")}`),
    `arn:${scope.partition}:cloudwatch::${scope.account}:dashboard/${name("dashboard")}`,
  ];
}

/** Returns the aliases of the stack's keys; the keys themselves have only the tag. */
export function aliasArns(scope: Scope): string[] {
  const name = nameIn(scope);
  return (["environmentKey", "logsKey", "dataKey"] as const).map((key) => arnOf(scope, "kms", `alias/${name(key)}`));
}

export const aliasNames = (scope: Scope) => aliasArns(scope).map((arn) => arn.split(":").at(-1)!);

/** An asterisk that stands for itself.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const asterisk = "${*}";

/**
 * Tells where the stack sets tags of API Gateway. A resource that is being made has an asterisk in place of its id; where that is asked for as it
 * stands, no id of a resource that is there matches. A stage and a domain have the stack's own name, and may be tagged again.
 * @see https://github.com/mattclay/aws-terminator/pull/284
 */
export function gatewayTagsArns(scope: Scope): string[] {
  const { domain } = scope.stack;
  const stages = gatewayTagsArn(scope, "/restapis/*/stages/");
  const domains = gatewayTagsArn(scope, "/domainnames/");
  return [
    `${gatewayTagsArn(scope, "/restapis/")}${asterisk}`,
    ...[asterisk, nameIn(scope)("stage")].map((end) => `${stages}${end}`),
    ...(domain === undefined ? [] : [asterisk, domain].map((end) => `${domains}${end}`)),
  ];
}

/** Names the roles of GitHub Actions and their boundaries; no role of the pipeline is called so. */
export function accessName(what: string): string {
  return `${pipeline}-${what}`;
}

/** Bounds the roles of a stack, whatever their own policies say. */
export const boundaryArn = (scope: Scope) => iamArn(scope, `policy/${boundaryName(scope.stack.name)}`);
export const boundaryName = (stack: string) => accessName(`boundary-${stack}`);
