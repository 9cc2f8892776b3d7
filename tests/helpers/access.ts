import { captureProgram } from "../../preflight/graph/capture";
import { mockAccount } from "../../preflight/graph/types/resourceType";
import type { Registration } from "../../preflight/graph/resource";
import { Type } from "../../preflight/graph/types";
import { passedTo } from "../../ci-roles/deploy";
import type { PolicyDocument } from "../../ci-roles/document";
import { boundaryPolicy, deployPolicies, type DeployedStack } from "../../ci-roles/rolePolicies";
import { actionsOf, arnFormOf, conditionKeysOf } from "../../preflight/iam/catalog";
import type { Verdict, RequestContext } from "../../preflight/iam/conditions";
import { parseStatements, type Statement } from "../../preflight/iam/document";
import { identityOpinion } from "../../preflight/iam/evaluate";
import { memoized } from "../../preflight/memo";
import { delivering, Program } from "../../testbed/program";

/** Settings of a stack with all options. */
export const everything = {
  ...delivering,
  sources: ["stripe", "paypal"],
  alertSubscriptions: [{ protocol: "email", endpoint: "oncall@example.com" }],
};

export const accountId = mockAccount;
export const region = "eu-central-1";

/** Captures the program of the roles. */
export async function captureAccess(settings: Record<string, string> = {}): Promise<Program> {
  const all = { repository: "acme/hooks", stacks: '["dev","prod"]', createProvider: "true", ...settings };
  const own = Object.entries(all).map(([key, value]) => [`webhook-pipeline-access:${key}`, value] as const);
  const config = { "aws:region": region, ...Object.fromEntries(own) };
  return new Program(await captureProgram({ project: "webhook-pipeline-access", stack: "main", entry: "ci-roles/index", config }));
}

/** Lists the policies attached to a role of GitHub Actions, by the role's logical name. */
export function policiesOf(access: Program, role: string): Registration[] {
  const name = access.one(Type.role, role).inputs.name;
  const attached = access.all(Type.rolePolicyAttachment).filter(({ inputs }) => inputs.role === name);
  return attached.map(({ inputs }) => access.all(Type.iamPolicy).find(({ outputs }) => outputs.arn === inputs.policyArn)!);
}

function documentsOf(access: Program, role: string): PolicyDocument[] {
  return policiesOf(access, role).map(({ inputs }) => JSON.parse(inputs.policy as string) as PolicyDocument);
}

/** Lists the statements of a role. */
export const statementsOfRole = (access: Program, role: string): Statement[] =>
  documentsOf(access, role).flatMap((document) => parseStatements({ ...document }));

/** Decides on an action as IAM does: an explicit denial is final. */
export function decision(statements: readonly Statement[], action: string, resource: string, context: RequestContext): Verdict {
  const request = { action, resource, caller: { role: "arn:aws:iam::123456789012:role/caller" }, context };
  const { allow, deny } = identityOpinion(statements, request);
  return deny === "yes" ? "no" : deny === "maybe" && allow === "yes" ? "maybe" : allow;
}

/** Lists all actions of the services in these statements. */
export function actionsOfServices(statements: readonly Statement[]): string[] {
  const services = new Set(statements.flatMap(({ actions }) => actions ?? []).map((action) => action.split(":")[0]));
  return [...services].flatMap((service) => Object.values(actionsOf(service)).map(({ name }) => `${service}:${name}`));
}

/** Returns whether an action applies to an ARN. */
export const isAbout = (action: string, arn: string): boolean => formsOf(action).some(({ form }) => form.test(arn));

/** Builds the context with a resource's tag. AWS sends it only if its reference lists `aws:ResourceTag` for the action or the resource type. */
export function tagTold(action: string, arn: string, tag: string | undefined): RequestContext {
  const isTold = formsOf(action).some(({ form, tellsTag }) => tellsTag && form.test(arn));
  return { "aws:resourcetag/environment": isTold ? tag : undefined };
}

/** Lists the forms of ARNs to which an action can be limited. */
const formsOf = memoized((action: string): { form: RegExp; tellsTag: boolean }[] => {
  const [service, name] = action.split(":");
  const { resourceTypes, conditionKeys } = actionsOf(service)[name.toLowerCase()];
  return resourceTypes.flatMap((type) => {
    const tellsTag = [...conditionKeys, ...type.conditionKeys, ...conditionKeysOf(service, type.name)].includes(
      "aws:ResourceTag/${TagKey}",
    );
    return (arnFormOf(service, type.name) ?? "").split(", ").map((form) => ({ form: formOf(form), tellsTag }));
  });
});

const formOf = (arn: string) => new RegExp(`^${arn.replaceAll(/[.?+^$()|[\]\\/](?!\{)/g, "\\$&").replaceAll(/\$\{[^}]+\}/g, ".*")}$`);

/** Types without tags, or without tags from the provider. */
export const untagged: string[] = [Type.alias, Type.dashboard, Type.eventArchive, Type.schedule, Type.rolePolicy, Type.account];

/** Returns the ARN of a resource in the tests' account and region. */
export const inAccount = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;
const gateway = (path: string) => `arn:aws:apigateway:${region}::${path}`;
const tagsOf = (arn: unknown) => gateway(`/tags/${encodeURIComponent(String(arn))}`);

const indexArns = (table: unknown) => ["open", "by_time", "failed"].map((index) => `${String(table)}/index/${index}`);

/** Further ARNs of a resource besides its own: its parts, or the resource that contains it. */
const places: Record<string, (resource: Registration) => string[]> = {
  [Type.account]: () => [gateway("/account")],
  [Type.apiDeployment]: ({ inputs, outputs }) =>
    ["deployments", `deployments/${String(outputs.id)}`].map((end) => gateway(`/restapis/${String(inputs.restApi)}/${end}`)),
  [Type.basePathMapping]: ({ inputs }) => [gateway(`/domainnames/${String(inputs.domainName)}/basepathmappings/(none)`)],
  [Type.bucket]: ({ outputs }) => [`${String(outputs.arn)}/payload`],
  [Type.certificateValidation]: ({ inputs }) => [String(inputs.certificateArn)],
  [Type.dashboard]: ({ outputs }) => [String(outputs.dashboardArn)],
  [Type.eventBus]: ({ outputs }) => [`${String(outputs.arn).replace(":event-bus/", ":rule/")}/subscriber`],
  [Type.eventTarget]: ({ inputs }) => [inAccount("events", `rule/${String(inputs.eventBusName)}/${String(inputs.rule)}`)],
  [Type.functionEventInvokeConfig]: ({ inputs }) => [inAccount("lambda", `function:${String(inputs.functionName)}`)],
  [Type.logGroup]: ({ outputs }) => [`${String(outputs.arn)}:log-stream:one`, `${String(outputs.arn)}:*`],
  [Type.logMetricFilter]: ({ inputs }) => [inAccount("logs", `log-group:${String(inputs.logGroupName)}`)],
  [Type.methodSettings]: ({ inputs }) => [gateway(`/restapis/${String(inputs.restApi)}/stages/${String(inputs.stageName)}`)],
  [Type.permission]: ({ inputs }) => [inAccount("lambda", `function:${String(inputs.function)}`)],
  [Type.queuePolicy]: ({ inputs }) => [inAccount("sqs", String(inputs.queueUrl).split("/").at(-1)!)],
  [Type.restApi]: ({ outputs }) => [
    ...["resources", "models", "gatewayresponses", "deployments", "stages"].map((end) => `${String(outputs.arn)}/${end}`),
    tagsOf(outputs.arn),
  ],
  [Type.domainName]: ({ outputs }) => [tagsOf(outputs.arn)],
  [Type.stage]: ({ outputs }) => [tagsOf(outputs.arn)],
  [Type.rolePolicy]: ({ inputs }) => [`arn:aws:iam::${accountId}:role/${String(inputs.role)}`],
  [Type.rolePolicyAttachment]: ({ inputs }) => [`arn:aws:iam::${accountId}:role/${String(inputs.role)}`],
  [Type.table]: ({ outputs }) => [...indexArns(outputs.arn), String(outputs.streamArn)],
  [Type.topicPolicy]: ({ inputs }) => [String(inputs.arn)],
  [Type.topicSubscription]: ({ inputs }) => [String(inputs.topic)],
  [Type.trail]: ({ inputs }) => {
    const { bucket } = (inputs.s3Bucket as { args: { bucket: string } }).args;
    return [inAccount("cloudtrail", `trail/${String(inputs.name)}`), `arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/log`];
  },
  [Type.vpc]: ({ outputs }) => [
    inAccount("ec2", `vpc/${String(outputs.vpcId)}`),
    ...(outputs.privateSubnetIds as string[]).map((id) => inAccount("ec2", `subnet/${id}`)),
    ...["route-table/rtb-1", "internet-gateway/igw-1", "natgateway/nat-1", "elastic-ip/eipalloc-1", "vpc-endpoint/vpce-1"].map((part) =>
      inAccount("ec2", part),
    ),
  ],
  [Type.webAclAssociation]: ({ inputs }) => [String(inputs.webAclArn), String(inputs.resourceArn)],
  [Type.webAclLogging]: ({ inputs }) => [String(inputs.resourceArn)],
};
for (const type of [Type.bucketEncryption, Type.bucketLifecycle, Type.bucketOwnership, Type.bucketPolicy, Type.bucketPublicAccess])
  places[type] = ({ inputs }) => [`arn:aws:s3:::${String(inputs.bucket)}`];

/** Lists every ARN of a resource of the program. */
export function arnsOf(resource: Registration): string[] {
  const { arn } = resource.outputs;
  return [
    ...(typeof arn === "string" && resource.type !== Type.topicSubscription ? [arn] : []),
    ...(places[resource.type]?.(resource) ?? []),
  ];
}

/** Returns the ARNs under which a resource of API Gateway is created (POST) and tagged (PUT). The ARN of the tags has an asterisk for the ID.
 * @see https://github.com/mattclay/aws-terminator/pull/284 */
export function madeIn({ type, inputs }: Registration): { POST: string[]; PUT: string[] } {
  const of = (path: string, hasTags: boolean) => ({ POST: [gateway(path)], PUT: hasTags ? [tagsOf(gateway(`${path}/*`))] : [] });
  if (type === Type.restApi) return of("/restapis", true);
  if (type === Type.domainName) return of("/domainnames", true);
  if (type === Type.stage) return of(`/restapis/${String(inputs.restApi)}/stages`, true);
  if (type === Type.basePathMapping) return of(`/domainnames/${String(inputs.domainName)}/basepathmappings`, false);
  return { POST: [], PUT: [] };
}

export const boundaryArn = (stack: string) => `arn:aws:iam::${accountId}:policy/webhook-pipeline-boundary-${stack}`;

/** Lists contexts that a caller can choose for its request. */
export const guesses = (stack: string): RequestContext[] =>
  [stack, "prod", undefined].flatMap((tag) =>
    [...passedTo, undefined].map((service) => ({
      "aws:requesttag/environment": tag,
      "iam:passedtoservice": service,
      "iam:permissionsboundary": boundaryArn(stack),
      "iam:policyarn": "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
      "iam:awsservicename": "wafv2.amazonaws.com",
      "ec2:createaction": "CreateVpc",
      "kms:viaservice": `s3.${region}.amazonaws.com`,
      "lambda:principal": "apigateway.amazonaws.com",
      "lambda:functionarn": inAccount("lambda", `function:webhook-deliver-${stack}`),
      "events:targetarn": inAccount("sqs", `webhook-to-orders-${stack}`),
      "kms:encryptioncontext:stack": stack,
      "kms:resourcealiases": undefined,
      "route53:changeresourcerecordsetsnormalizedrecordnames": "hooks.example.com",
    })),
  );

/** Lists the actions that statements allow on the resources of a stack, in any of these contexts. Omits API Gateway's account settings. */
export function reached(statements: Statement[], resources: Program, environment: string, contexts: RequestContext[]): string[] {
  const actions = actionsOfServices(statements);
  const allowed = statements.filter(({ effect }) => effect === "Allow").map((one) => ({ ...one, conditions: [] }));
  const isReached = (action: string, arn: string, tag: string | undefined) =>
    contexts.some((context) => decision(statements, action, arn, { ...tagTold(action, arn, tag), ...context }) !== "no");
  const found = new Set<string>();
  for (const resource of resources.resources.filter(({ type }) => type !== Type.account)) {
    const tag = untagged.includes(resource.type) ? undefined : environment;
    for (const arn of arnsOf(resource))
      for (const action of actions)
        if (!found.has(action) && isAbout(action, arn) && decision(allowed, action, arn, {}) !== "no" && isReached(action, arn, tag))
          found.add(action);
  }
  return [...found].sort();
}

const stateKey = `arn:aws:kms:${region}:${accountId}:key/state`;
export const stateBucket = `arn:aws:s3:::webhook-pipeline-state-${accountId}-${region}`;
const place = { partition: "aws", account: accountId, region };

/** Builds the statements of a stack's deployment role and boundary, by the stack's settings. */
export function accessOf(settings: Partial<DeployedStack> = {}): { deployment: Statement[]; boundary: Statement[]; stateKey: string } {
  const stack = { name: "dev", suffix: "dev", domain: undefined, managesApiGatewayAccount: true, hasPrivateNetwork: false, ...settings };
  const policies = Object.values(deployPolicies(place, { bucketArn: stateBucket, keyArn: stateKey }, stack));
  return {
    deployment: policies.flatMap((policy) => parseStatements({ ...policy })),
    boundary: parseStatements({ ...boundaryPolicy(place, stack) }),
    stateKey,
  };
}
