import { captureProgram } from "../../graph/capture";
import { mockAccount } from "../../graph/computed";
import type { Registration } from "../../graph/resource";
import { Type } from "../../graph/types";
import { passedTo } from "../../access/deploy";
import type { PolicyDocument } from "../../access/document";
import { actionsOf, arnFormOf } from "../../policy/iam/catalogue";
import type { Answer, RequestContext } from "../../policy/iam/conditions";
import { parseStatements, type Statement } from "../../policy/iam/document";
import { identityOpinion } from "../../policy/iam/evaluate";
import { memoized } from "../../policy/memo";
import { Program } from "./graph";

export const accountId = mockAccount;
export const region = "eu-central-1";

/** The program of the roles, as it registers its resources. */
export async function captureAccess(settings: Record<string, string> = {}): Promise<Program> {
  const all = { repository: "acme/hooks", stacks: '["dev","prod"]', createProvider: "true", ...settings };
  const own = Object.entries(all).map(([key, value]) => [`webhook-pipeline-access:${key}`, value] as const);
  const config = { "aws:region": region, ...Object.fromEntries(own) };
  return new Program(await captureProgram({ project: "webhook-pipeline-access", stack: "main", entry: "access/index", config }));
}

/** The policies that are attached to a role of GitHub Actions, by its logical name. */
export function policiesOf(access: Program, role: string): Registration[] {
  const name = access.one(Type.role, role).inputs.name;
  const attached = access.all(Type.rolePolicyAttachment).filter(({ inputs }) => inputs.role === name);
  return attached.map(({ inputs }) => access.all(Type.iamPolicy).find(({ outputs }) => outputs.arn === inputs.policyArn)!);
}

export function documentsOf(access: Program, role: string): PolicyDocument[] {
  return policiesOf(access, role).map(({ inputs }) => JSON.parse(inputs.policy as string) as PolicyDocument);
}

/** All that a role may do, and may not. */
export const statementsOfRole = (access: Program, role: string): Statement[] =>
  documentsOf(access, role).flatMap((document) => parseStatements({ ...document }));

export function boundaryOf(access: Program, stack: string): Statement[] {
  const { inputs } = access.one(Type.iamPolicy, `boundary-${stack}`);
  return parseStatements(JSON.parse(inputs.policy as string) as Record<string, unknown>);
}

/** What IAM says: a denial is final. */
export function decision(statements: readonly Statement[], action: string, resource: string, context: RequestContext): Answer {
  const request = { action, resource, caller: { role: "arn:aws:iam::123456789012:role/caller" }, context };
  const { allow, deny } = identityOpinion(statements, request);
  return deny === "yes" ? "no" : deny === "maybe" && allow === "yes" ? "maybe" : allow;
}

/** Every action that AWS has for the services of these statements, wildcards spelled out. */
export function actionsOfServices(statements: readonly Statement[]): string[] {
  const services = new Set(statements.flatMap(({ actions }) => actions ?? []).map((action) => action.split(":")[0]));
  return [...services].flatMap((service) => Object.values(actionsOf(service)).map(({ name }) => `${service}:${name}`));
}

/** Whether AWS would ask about this ARN when the action is called; an action that is about no resource is asked about `*`. */
export const isAbout = (action: string, arn: string): boolean => formsOf(action).some((form) => form.test(arn));

/** The forms of the ARNs that an action can be limited to. A part of one has no slash but at its end, as names of log groups and tags do. */
const formsOf = memoized((action: string): RegExp[] => {
  const [service, name] = action.split(":");
  const { resourceTypes } = actionsOf(service)[name.toLowerCase()];
  return resourceTypes
    .flatMap((type) => (arnFormOf(service, type.name) ?? "").split(", "))
    .map((form) => new RegExp(`^${form.replaceAll(/[.?+^$()|[\]\\/](?!\{)/g, "\\$&").replaceAll(/\$\{[^}]+\}/g, ".*")}$`));
});

/** Types without tags of their own, or that the provider gives none. */
export const untagged: string[] = [Type.alias, Type.dashboard, Type.eventArchive, Type.schedule, Type.rolePolicy, Type.account];

const inAccount = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
const gateway = (path: string) => `arn:aws:apigateway:${region}::${path}`;

/** What a resource is to IAM, beside its own ARN: its parts, or what it is a part of. */
const places: Record<string, (resource: Registration) => string[]> = {
  [Type.account]: () => [gateway("/account")],
  [Type.apiDeployment]: ({ inputs, outputs }) =>
    ["deployments", `deployments/${String(outputs.id)}`].map((end) => gateway(`/restapis/${String(inputs.restApi)}/${end}`)),
  [Type.basePathMapping]: ({ inputs }) => [gateway(`/domainnames/${String(inputs.domainName)}/basepathmappings/(none)`)],
  [Type.bucket]: ({ outputs }) => [`${String(outputs.arn)}/payload`],
  [Type.certificateValidation]: ({ inputs }) => [String(inputs.certificateArn)],
  [Type.dashboard]: ({ outputs }) => [String(outputs.dashboardArn)],
  [Type.eventBus]: ({ outputs }) => [`${String(outputs.arn).replace(":event-bus/", ":rule/")}/subscriber`],
  [Type.functionEventInvokeConfig]: ({ inputs }) => [inAccount("lambda", `function:${String(inputs.functionName)}`)],
  [Type.logGroup]: ({ outputs }) => [`${String(outputs.arn)}:log-stream:one`, `${String(outputs.arn)}:*`],
  [Type.logMetricFilter]: ({ inputs }) => [inAccount("logs", `log-group:${String(inputs.logGroupName)}`)],
  [Type.methodSettings]: ({ inputs }) => [gateway(`/restapis/${String(inputs.restApi)}/stages/${String(inputs.stageName)}`)],
  [Type.permission]: ({ inputs }) => [inAccount("lambda", `function:${String(inputs.function)}`)],
  [Type.queuePolicy]: ({ inputs }) => [inAccount("sqs", String(inputs.queueUrl).split("/").at(-1)!)],
  [Type.restApi]: ({ outputs }) => [
    ...["resources", "models", "gatewayresponses", "deployments", "stages"].map((end) => `${String(outputs.arn)}/${end}`),
    gateway(`/tags/${encodeURIComponent(String(outputs.arn))}`),
  ],
  [Type.rolePolicy]: ({ inputs }) => [`arn:aws:iam::${accountId}:role/${String(inputs.role)}`],
  [Type.rolePolicyAttachment]: ({ inputs }) => [`arn:aws:iam::${accountId}:role/${String(inputs.role)}`],
  [Type.table]: ({ outputs }) => [`${String(outputs.arn)}/index/by_status`, String(outputs.streamArn)],
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

/** Every ARN by which IAM knows a resource of the program. */
export function arnsOf(resource: Registration): string[] {
  const { arn } = resource.outputs;
  return [
    ...(typeof arn === "string" && resource.type !== Type.topicSubscription ? [arn] : []),
    ...(places[resource.type]?.(resource) ?? []),
  ];
}

/** Where a resource is made: its ARN before there is one. */
export function madeIn({ type, inputs }: Registration): string[] {
  if (type === Type.restApi) return [gateway("/restapis")];
  if (type === Type.domainName) return [gateway("/domainnames")];
  if (type === Type.stage) return [gateway(`/restapis/${String(inputs.restApi)}/stages`)];
  return type === Type.basePathMapping ? [gateway(`/domainnames/${String(inputs.domainName)}/basepathmappings`)] : [];
}

export const boundaryArn = (stack: string) => `arn:aws:iam::${accountId}:policy/webhook-pipeline-boundary-${stack}`;

/** What a request may say of itself; whoever asks chooses it. */
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
      "kms:encryptioncontext:stack": stack,
      "kms:resourcealiases": undefined,
      "route53:changeresourcerecordsetsnormalizedrecordnames": "hooks.example.com",
    })),
  );
