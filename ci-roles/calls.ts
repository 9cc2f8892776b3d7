import { Type } from "../preflight/graph/types";
import { describeNetwork } from "./deployNetwork";
import { describeZones, findZones } from "./deployDomain";

/** Actions that the provider calls for resources of a type. */
export interface Calls {
  /** Actions for a preview with a refresh. */
  read: readonly string[];
  /** Further actions to create, change and delete a resource. */
  write: readonly string[];
}

const of = (service: string, ...actions: string[]) => actions.map((action) => `${service}:${action}`);
const passRole = of("iam", "PassRole");
const logDelivery = of(
  "logs",
  "CreateLogDelivery",
  "GetLogDelivery",
  "UpdateLogDelivery",
  "DeleteLogDelivery",
  "ListLogDeliveries",
  "PutResourcePolicy",
  "DescribeResourcePolicies",
  "DescribeLogGroups",
);
const tagged = (service: string, ...reads: string[]) => of(service, ...reads, "ListTagsForResource");
const retagged = (service: string, ...writes: string[]) => of(service, ...writes, "TagResource", "UntagResource");
const gateway = (...methods: string[]): Calls => ({ read: of("apigateway", "GET"), write: of("apigateway", ...methods) });

/** Calls for a bucket. The provider also reads the settings that have become separate resources. */
const bucket: Calls = {
  read: of(
    "s3",
    "GetAccelerateConfiguration",
    "GetBucketAcl",
    "GetBucketCORS",
    "GetBucketLocation",
    "GetBucketLogging",
    "GetBucketObjectLockConfiguration",
    "GetBucketPolicy",
    "GetBucketRequestPayment",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetBucketWebsite",
    "GetEncryptionConfiguration",
    "GetLifecycleConfiguration",
    "GetReplicationConfiguration",
    "ListBucket",
  ),
  write: of("s3", "CreateBucket", "PutBucketTagging", "DeleteBucket", "ListBucketVersions", "DeleteObject", "DeleteObjectVersion"),
};
const bucketPolicy: Calls = { read: of("s3", "GetBucketPolicy"), write: of("s3", "PutBucketPolicy", "DeleteBucketPolicy") };

/** Returns the actions that the provider calls for a type. @throws Error for a type that is missing here */
export function callsOf(type: string): Calls {
  const found = calls[type];
  if (!found) throw new Error(`Unknown resource type ${type}. Add the actions that the provider calls for it to ci-roles/calls.ts.`);
  return found;
}

/**
 * Actions by resource type. A test checks that every type of the program is here and that AWS knows every action.
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service
 */
export const calls: Readonly<Record<string, Calls>> = {
  [Type.account]: { read: of("apigateway", "GET"), write: [...of("apigateway", "PATCH"), ...of("iam", "GetRole"), ...passRole] },
  [Type.alias]: { read: of("kms", "ListAliases"), write: of("kms", "CreateAlias", "UpdateAlias", "DeleteAlias") },
  [Type.apiDeployment]: gateway("POST", "PATCH", "DELETE"),
  [Type.basePathMapping]: gateway("POST", "PATCH", "DELETE"),
  [Type.bucket]: bucket,
  [Type.bucketEncryption]: { read: of("s3", "GetEncryptionConfiguration"), write: of("s3", "PutEncryptionConfiguration") },
  [Type.bucketLifecycle]: { read: of("s3", "GetLifecycleConfiguration"), write: of("s3", "PutLifecycleConfiguration") },
  [Type.bucketOwnership]: { read: of("s3", "GetBucketOwnershipControls"), write: of("s3", "PutBucketOwnershipControls") },
  [Type.bucketPolicy]: bucketPolicy,
  [Type.bucketPublicAccess]: { read: of("s3", "GetBucketPublicAccessBlock"), write: of("s3", "PutBucketPublicAccessBlock") },
  [Type.certificate]: {
    read: of("acm", "DescribeCertificate", "ListTagsForCertificate"),
    write: of("acm", "RequestCertificate", "AddTagsToCertificate", "RemoveTagsFromCertificate", "DeleteCertificate"),
  },
  [Type.certificateValidation]: { read: of("acm", "DescribeCertificate"), write: [] },
  [Type.compositeAlarm]: {
    read: tagged("cloudwatch", "DescribeAlarms"),
    write: retagged("cloudwatch", "PutCompositeAlarm", "DeleteAlarms"),
  },
  [Type.dashboard]: { read: of("cloudwatch", "GetDashboard"), write: of("cloudwatch", "PutDashboard", "DeleteDashboards") },
  [Type.domainName]: gateway("POST", "PATCH", "DELETE"),
  [Type.eventArchive]: { read: of("events", "DescribeArchive"), write: of("events", "CreateArchive", "UpdateArchive", "DeleteArchive") },
  [Type.eventBus]: {
    read: tagged("events", "DescribeEventBus"),
    write: retagged("events", "CreateEventBus", "UpdateEventBus", "DeleteEventBus"),
  },
  [Type.eventRule]: { read: tagged("events", "DescribeRule"), write: retagged("events", "PutRule", "DeleteRule") },
  [Type.eventSourceMapping]: {
    read: of("lambda", "GetEventSourceMapping", "ListTags"),
    write: retagged("lambda", "CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"),
  },
  [Type.eventTarget]: { read: of("events", "ListTargetsByRule"), write: of("events", "PutTargets", "RemoveTargets") },
  [Type.function]: {
    read: of("lambda", "GetFunction", "GetFunctionCodeSigningConfig", "GetFunctionConfiguration", "ListTags", "ListVersionsByFunction"),
    write: [
      ...retagged("lambda", "CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction"),
      ...of("lambda", "PutFunctionConcurrency", "DeleteFunctionConcurrency"),
      ...of("ec2", "DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"),
      ...passRole,
    ],
  },
  [Type.functionEventInvokeConfig]: {
    read: of("lambda", "GetFunctionEventInvokeConfig"),
    write: of("lambda", "PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig", "DeleteFunctionEventInvokeConfig"),
  },
  [Type.key]: {
    read: of("kms", "DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags"),
    write: of(
      "kms",
      "CreateKey",
      "EnableKeyRotation",
      "PutKeyPolicy",
      "ScheduleKeyDeletion",
      "TagResource",
      "UntagResource",
      "UpdateKeyDescription",
    ),
  },
  [Type.logGroup]: {
    read: tagged("logs", "DescribeLogGroups"),
    write: retagged("logs", "CreateLogGroup", "PutRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey", "DeleteLogGroup"),
  },
  [Type.logMetricFilter]: { read: of("logs", "DescribeMetricFilters"), write: of("logs", "PutMetricFilter", "DeleteMetricFilter") },
  [Type.methodSettings]: gateway("PATCH"),
  [Type.metricAlarm]: { read: tagged("cloudwatch", "DescribeAlarms"), write: retagged("cloudwatch", "PutMetricAlarm", "DeleteAlarms") },
  [Type.permission]: { read: of("lambda", "GetPolicy"), write: of("lambda", "AddPermission", "RemovePermission") },
  [Type.pipe]: {
    read: tagged("pipes", "DescribePipe"),
    write: [...retagged("pipes", "CreatePipe", "UpdatePipe", "DeletePipe", "StartPipe", "StopPipe"), ...logDelivery, ...passRole],
  },
  [Type.queue]: {
    read: of("sqs", "GetQueueAttributes", "GetQueueUrl", "ListQueueTags"),
    write: of("sqs", "CreateQueue", "SetQueueAttributes", "TagQueue", "UntagQueue", "DeleteQueue"),
  },
  [Type.queuePolicy]: { read: of("sqs", "GetQueueAttributes"), write: of("sqs", "SetQueueAttributes") },
  [Type.record]: { read: [...describeZones, ...findZones], write: of("route53", "ChangeResourceRecordSets", "GetChange") },
  [Type.restApi]: gateway("POST", "PUT", "PATCH", "DELETE", "UpdateRestApiPolicy"),
  [Type.role]: {
    read: of("iam", "GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"),
    write: of(
      "iam",
      "CreateRole",
      "DeleteRole",
      "ListInstanceProfilesForRole",
      "PutRolePermissionsBoundary",
      "TagRole",
      "UntagRole",
      "UpdateAssumeRolePolicy",
      "UpdateRole",
      "UpdateRoleDescription",
    ),
  },
  [Type.rolePolicy]: { read: of("iam", "GetRolePolicy"), write: of("iam", "PutRolePolicy", "DeleteRolePolicy") },
  [Type.rolePolicyAttachment]: { read: of("iam", "ListAttachedRolePolicies"), write: of("iam", "AttachRolePolicy", "DetachRolePolicy") },
  [Type.schedule]: {
    read: of("scheduler", "GetSchedule"),
    write: [...of("scheduler", "CreateSchedule", "UpdateSchedule", "DeleteSchedule"), ...passRole],
  },
  [Type.secret]: {
    read: of("secretsmanager", "DescribeSecret", "GetResourcePolicy"),
    write: retagged("secretsmanager", "CreateSecret", "UpdateSecret", "DeleteSecret"),
  },
  [Type.securityGroup]: {
    read: of("ec2", "DescribePrefixLists", "DescribeSecurityGroupRules", "DescribeSecurityGroups"),
    write: of(
      "ec2",
      "AuthorizeSecurityGroupEgress",
      "CreateSecurityGroup",
      "CreateTags",
      "DeleteSecurityGroup",
      "RevokeSecurityGroupEgress",
      "RevokeSecurityGroupIngress",
    ),
  },
  [Type.stage]: gateway("POST", "PATCH", "DELETE"),
  [Type.stateMachine]: {
    read: tagged("states", "DescribeStateMachine", "ListStateMachineVersions", "ValidateStateMachineDefinition"),
    write: [...retagged("states", "CreateStateMachine", "UpdateStateMachine", "DeleteStateMachine"), ...passRole],
  },
  [Type.table]: {
    read: of("dynamodb", "DescribeContinuousBackups", "DescribeTable", "DescribeTimeToLive", "ListTagsOfResource"),
    write: retagged("dynamodb", "CreateTable", "UpdateTable", "UpdateContinuousBackups", "UpdateTimeToLive", "DeleteTable"),
  },
  [Type.topic]: { read: tagged("sns", "GetTopicAttributes"), write: retagged("sns", "CreateTopic", "SetTopicAttributes", "DeleteTopic") },
  [Type.topicPolicy]: { read: of("sns", "GetTopicAttributes"), write: of("sns", "SetTopicAttributes") },
  [Type.topicSubscription]: {
    read: of("sns", "GetSubscriptionAttributes"),
    write: of("sns", "Subscribe", "SetSubscriptionAttributes", "Unsubscribe"),
  },
  [Type.trail]: {
    read: [
      ...of("cloudtrail", "DescribeTrails", "GetEventSelectors", "GetInsightSelectors", "GetTrail", "GetTrailStatus", "ListTags"),
      ...bucket.read,
    ],
    write: [
      ...of("cloudtrail", "AddTags", "CreateTrail", "DeleteTrail", "PutEventSelectors", "StartLogging", "StopLogging", "UpdateTrail"),
      ...bucket.write,
      ...bucketPolicy.write,
      "s3:PutBucketPublicAccessBlock",
    ],
  },
  [Type.vpc]: {
    read: describeNetwork,
    write: of(
      "ec2",
      "AllocateAddress",
      "AssociateRouteTable",
      "AttachInternetGateway",
      "CreateInternetGateway",
      "CreateNatGateway",
      "CreateRoute",
      "CreateRouteTable",
      "CreateSubnet",
      "CreateTags",
      "CreateVpc",
      "CreateVpcEndpoint",
      "DeleteInternetGateway",
      "DeleteNatGateway",
      "DeleteRoute",
      "DeleteRouteTable",
      "DeleteSubnet",
      "DeleteTags",
      "DeleteVpc",
      "DeleteVpcEndpoints",
      "DetachInternetGateway",
      "DisassociateRouteTable",
      "ModifySubnetAttribute",
      "ModifyVpcAttribute",
      "ModifyVpcEndpoint",
      "ReleaseAddress",
      "ReplaceRoute",
    ),
  },
  [Type.webAcl]: { read: tagged("wafv2", "GetWebACL"), write: retagged("wafv2", "CreateWebACL", "UpdateWebACL", "DeleteWebACL") },
  [Type.webAclAssociation]: {
    read: of("wafv2", "GetWebACLForResource"),
    write: [...of("wafv2", "AssociateWebACL", "DisassociateWebACL"), "apigateway:SetWebACL"],
  },
  [Type.webAclLogging]: {
    read: of("wafv2", "GetLoggingConfiguration"),
    write: [...of("wafv2", "PutLoggingConfiguration", "DeleteLoggingConfiguration"), ...logDelivery],
  },
};
