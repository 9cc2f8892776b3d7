import { createHash } from "node:crypto";
import { generatedName } from "../uniqueNames";

/** The account of every mocked resource. */
export const mockAccount = "123456789012";

export type Inputs = Record<string, string>;
interface Computed {
  id: string;
  [output: string]: unknown;
}

const arn = (service: string, region: string, resource: string) => `arn:aws:${service}:${region}:${mockAccount}:${resource}`;

/** A number of fixed form for what AWS would number itself; the same for the same name. */
function pseudoId(name: string, length: number): string {
  return createHash("sha256").update(name).digest("hex").slice(0, length);
}

function pseudoUuid(name: string): string {
  return pseudoId(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * What AWS computes for each type, in the form that AWS gives it. A missing output would be known and undefined, which
 * `jsonStringify` drops without a word: so a type that is not listed here is an error.
 */
const computedOutputs: Record<string, (region: string, inputs: Inputs, name: string) => Computed> = {
  "pulumi:providers:aws": (_region, _inputs, name) => ({ id: pseudoUuid(name) }),
  "aws:kms/key:Key": (region, _inputs, name) => ({
    id: pseudoUuid(name),
    keyId: pseudoUuid(name),
    arn: arn("kms", region, `key/${pseudoUuid(name)}`),
  }),
  "aws:kms/alias:Alias": (region, { name }) => ({ id: name, arn: arn("kms", region, name) }),
  "aws:cloudwatch/logGroup:LogGroup": (region, { name }) => ({ id: name, arn: arn("logs", region, `log-group:${name}`) }),
  "aws:iam/role:Role": (_region, { name }) => ({
    id: name,
    arn: arn("iam", "", `role/${name}`),
    uniqueId: `AROA${pseudoId(name, 17).toUpperCase()}`,
  }),
  "aws:iam/policy:Policy": (_region, { name }) => ({ id: arn("iam", "", `policy/${name}`), arn: arn("iam", "", `policy/${name}`) }),
  "aws:iam/rolePolicy:RolePolicy": (_region, { role, name }) => ({ id: `${role}:${name}` }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (_region, { role, policyArn }) => ({ id: `${role}/${policyArn}` }),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": (_region, { url }) => {
    const own = arn("iam", "", `oidc-provider/${url.replace("https://", "")}`);
    return { id: own, arn: own };
  },
  "aws:dynamodb/table:Table": (region, { name }) => ({
    id: name,
    arn: arn("dynamodb", region, `table/${name}`),
    streamArn: arn("dynamodb", region, `table/${name}/stream/2026-01-01T00:00:00.000`),
    streamLabel: "2026-01-01T00:00:00.000",
  }),
  "aws:s3/bucket:Bucket": (_region, { bucket }) => ({ id: bucket, arn: `arn:aws:s3:::${bucket}` }),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (_region, { bucket }) => ({ id: bucket }),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (_region, { bucket }) => ({ id: bucket }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (_region, { bucket }) => ({ id: bucket }),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (_region, { bucket }) => ({ id: bucket }),
  "aws:s3/bucketPolicy:BucketPolicy": (_region, { bucket }) => ({ id: bucket }),
  "aws:sqs/queue:Queue": (region, { name }) => {
    const url = `https://sqs.${region}.amazonaws.com/${mockAccount}/${name}`;
    return { id: url, url, arn: arn("sqs", region, name) };
  },
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": (_region, { queueUrl }) => ({ id: queueUrl }),
  "aws:sqs/queuePolicy:QueuePolicy": (_region, { queueUrl }) => ({ id: queueUrl }),
  "aws:lambda/function:Function": (region, { name }) => {
    const own = arn("lambda", region, `function:${name}`);
    return {
      id: name,
      arn: own,
      version: "1",
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${own}/invocations`,
    };
  },
  "aws:lambda/alias:Alias": (region, { name, functionName }) => {
    const target = functionName.startsWith("arn:") ? functionName : arn("lambda", region, `function:${functionName}`);
    const own = `${target}:${name}`;
    return { id: own, arn: own, invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${own}/invocations` };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": (region, _inputs, name) => {
    const uuid = pseudoUuid(name);
    return { id: uuid, uuid, arn: arn("lambda", region, `event-source-mapping:${uuid}`) };
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (_region, { functionName, qualifier }) => ({
    id: qualifier === undefined ? functionName : `${functionName}:${qualifier}`,
  }),
  "aws:lambda/permission:Permission": (_region, _inputs, name) => ({ id: name, statementId: name }),
  "aws:secretsmanager/secret:Secret": (region, { name }, resource) => {
    const own = arn("secretsmanager", region, `secret:${name}-${pseudoId(resource, 6)}`);
    return { id: own, arn: own };
  },
  "aws:cloudwatch/eventRule:EventRule": (region, { name, eventBusName }) => {
    const bus = eventBusName === undefined || eventBusName === "default" ? "" : `${eventBusName}/`;
    return { id: `${bus}${name}`, arn: arn("events", region, `rule/${bus}${name}`) };
  },
  "aws:cloudwatch/eventTarget:EventTarget": (_region, { rule, arn: target }) => ({ id: `${rule}-${pseudoId(target, 8)}` }),
  "aws:cloudwatch/eventBus:EventBus": (region, { name }) => ({ id: name, arn: arn("events", region, `event-bus/${name}`) }),
  "aws:cloudwatch/eventArchive:EventArchive": (region, { name }) => ({ id: name, arn: arn("events", region, `archive/${name}`) }),
  "aws:scheduler/schedule:Schedule": (region, { name, groupName = "default" }) => ({
    id: `${groupName}/${name}`,
    arn: arn("scheduler", region, `schedule/${groupName}/${name}`),
    groupName,
  }),
  "aws:sfn/stateMachine:StateMachine": (region, { name }) => {
    const own = arn("states", region, `stateMachine:${name}`);
    return { id: own, arn: own };
  },
  "aws:pipes/pipe:Pipe": (region, { name }) => ({ id: name, arn: arn("pipes", region, `pipe/${name}`) }),
  "aws:apigateway/restApi:RestApi": (region, _inputs, name) => {
    const id = pseudoId(name, 10);
    return {
      id,
      arn: `arn:aws:apigateway:${region}::/restapis/${id}`,
      executionArn: arn("execute-api", region, id),
      rootResourceId: pseudoId(`root-${name}`, 10),
    };
  },
  "aws:apigateway/resource:Resource": (_region, { restApi }, name) => ({ id: pseudoId(`${restApi}-${name}`, 6) }),
  "aws:apigateway/method:Method": (_region, { restApi, resourceId, httpMethod }) => ({ id: `agm-${restApi}-${resourceId}-${httpMethod}` }),
  "aws:apigateway/integration:Integration": (_region, { restApi, resourceId, httpMethod }) => ({
    id: `agi-${restApi}-${resourceId}-${httpMethod}`,
  }),
  "aws:apigateway/deployment:Deployment": (_region, _inputs, name) => ({ id: pseudoId(`deployment-${name}`, 6) }),
  "aws:apigateway/stage:Stage": (region, { restApi, stageName }) => ({
    id: `ags-${restApi}-${stageName}`,
    arn: `arn:aws:apigateway:${region}::/restapis/${restApi}/stages/${stageName}`,
    invokeUrl: `https://${restApi}.execute-api.${region}.amazonaws.com/${stageName}`,
    executionArn: arn("execute-api", region, `${restApi}/${stageName}`),
  }),
  "aws:apigateway/methodSettings:MethodSettings": (_region, { restApi, stageName, methodPath }) => ({
    id: `${restApi}-${stageName}-${methodPath}`,
  }),
  "aws:apigateway/account:Account": () => ({ id: "api-gateway-account" }),
  "aws:sns/topic:Topic": (region, { name }) => ({ id: arn("sns", region, name), arn: arn("sns", region, name) }),
  "aws:sns/topicPolicy:TopicPolicy": (_region, inputs) => ({ id: inputs.arn }),
  "aws:sns/topicSubscription:TopicSubscription": (_region, { topic }, name) => ({
    id: `${topic}:${pseudoUuid(name)}`,
    arn: `${topic}:${pseudoUuid(name)}`,
  }),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": (_region, { name }) => ({ id: name }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (region, { name }) => ({ id: name, arn: arn("cloudwatch", region, `alarm:${name}`) }),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": (region, { alarmName }) => ({
    id: alarmName,
    arn: arn("cloudwatch", region, `alarm:${alarmName}`),
  }),
  "aws:cloudwatch/dashboard:Dashboard": (_region, { dashboardName }) => ({
    id: dashboardName,
    dashboardArn: arn("cloudwatch", "", `dashboard/${dashboardName}`),
  }),
  "aws:ec2/securityGroup:SecurityGroup": (region, _inputs, name) => {
    const id = `sg-${pseudoId(name, 17)}`;
    return { id, arn: arn("ec2", region, `security-group/${id}`) };
  },
  "aws:acm/certificate:Certificate": (region, { domainName }, name) => {
    const own = arn("acm", region, `certificate/${pseudoUuid(name)}`);
    return { id: own, arn: own, domainValidationOptions: [proofOf(domainName)] };
  },
  "aws:acm/certificateValidation:CertificateValidation": (_region, _inputs, name) => ({ id: pseudoUuid(name) }),
  "aws:route53/record:Record": (_region, { zoneId, name, type }) => ({ id: `${zoneId}_${name}_${type}`, fqdn: name }),
  "aws:apigateway/domainName:DomainName": (region, { domainName }, name) => ({
    id: domainName,
    arn: `arn:aws:apigateway:${region}::/domainnames/${domainName}`,
    regionalDomainName: `d-${pseudoId(name, 10)}.execute-api.${region}.amazonaws.com`,
    regionalZoneId: `Z${pseudoId(name, 13).toUpperCase()}`,
  }),
  "aws:apigateway/basePathMapping:BasePathMapping": (_region, { domainName }) => ({ id: `${domainName}/` }),
  "aws:wafv2/webAcl:WebAcl": (region, { name }, resource) => ({
    id: pseudoUuid(resource),
    arn: arn("wafv2", region, `regional/webacl/${name}/${pseudoUuid(resource)}`),
    capacity: "702",
  }),
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (_region, { resourceArn }) => ({ id: resourceArn }),
  "aws:wafv2/webAclAssociation:WebAclAssociation": (_region, { webAclArn, resourceArn }) => ({ id: `${webAclArn},${resourceArn}` }),
  "awsx:ec2:Vpc": (_region, _inputs, name) => ({
    id: "",
    vpcId: `vpc-${pseudoId(name, 17)}`,
    privateSubnetIds: [1, 2].map((zone) => `subnet-${pseudoId(`${name}-${zone}`, 17)}`),
  }),
  "awsx:cloudtrail:Trail": () => ({ id: "" }),
};

/** The DNS record that proves to ACM who owns a domain. */
function proofOf(domainName: string): Record<string, string> {
  return {
    domainName,
    resourceRecordName: `_${pseudoId(domainName, 32)}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${pseudoId(`value-${domainName}`, 32)}.acm-validations.aws.`,
  };
}

/** Id and computed outputs of a resource, in AWS's form. @throws Error for a type that is not listed above. */
export function computeOutputs(type: string, region: string, inputs: Inputs, name: string): Computed {
  const compute = computedOutputs[type];
  if (!compute) throw new Error(`graph/types/resourceType.ts does not know ${type} (${name}): say what AWS computes for it.`);
  const named = autoName(type, inputs, name);
  return { ...named, ...compute(region, { ...named, ...inputs }, name) };
}

/** The name that the provider makes where the program gives none: here with the same ending for each of a type. */
function autoName(type: string, inputs: Inputs, logicalName: string): Record<string, string> {
  const name = generatedName(type, inputs, logicalName, pseudoId(type, 7));
  return name === undefined ? {} : { name };
}
