import { allow, deny, type Conditions, type Statement } from "./document";
import {
  accessName,
  alarmArns,
  aliasArns,
  aliasNames,
  arnOf,
  boundaryArn,
  environmentOf,
  gatewayArn,
  gatewayTagsArns,
  iamArn,
  keyArns,
  namedArns,
  newTag,
  ownTag,
  ownTagIfAny,
  roleArns,
  secretArns,
  type Scope,
} from "./scope";

/** Services all of whose resources are called by a name of domain/names.ts. */
const servicesWithNames = [
  "cloudtrail",
  "dynamodb",
  "events",
  "lambda",
  "logs",
  "pipes",
  "s3",
  "scheduler",
  "sns",
  "sqs",
  "states",
  "wafv2",
];

/**
 * Allows everything with the stack's own resources, and nothing with another's. Where a name says whose a resource is, the statement has
 * the name.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export function manageNamed(scope: Scope): Statement {
  const dashboards = ["cloudwatch:PutDashboard", "cloudwatch:GetDashboard", "cloudwatch:DeleteDashboards"];
  return allow("ManageNamed", [...servicesWithNames.map((service) => `${service}:*`), ...dashboards], namedArns(scope));
}

/** Allows what carries the tag `Environment`, where AWS chooses a name or sources and alarms are in it. */
export function manageTagged(scope: Scope): Statement[] {
  return [...manageSecrets(scope), ...manageAlarms(scope), ...manageKeys(scope), ...manageApi(scope), ...useAccount(scope)];
}

/** Allows the stack's secrets by name and tag: `webhook-*-dev` alone would also match another stack's. */
function manageSecrets(scope: Scope): Statement[] {
  return [
    allow("MakeSecrets", ["secretsmanager:CreateSecret", "secretsmanager:TagResource"], secretArns(scope), newTag(scope)),
    allow("ManageSecrets", ["secretsmanager:*"], secretArns(scope), ownTag(scope)),
  ];
}

function manageAlarms(scope: Scope): Statement[] {
  const change = ["PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms", "ListTagsForResource", "TagResource", "UntagResource"];
  return [
    allow(
      "ManageAlarms",
      change.map((action) => `cloudwatch:${action}`),
      alarmArns(scope),
      ownTagIfAny(scope),
    ),
  ];
}

/**
 * Allows tagging a key while it is created, on `*`, because its ID is not known before. Then it has neither tag nor alias; a key with
 * another's alias is never tagged.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function manageKeys(scope: Scope): Statement[] {
  return [
    allow("MakeKeys", ["kms:CreateKey", "kms:TagResource"], "*", newTag(scope)),
    deny("KeepFromKeys", ["kms:TagResource"], keyArns(scope), {
      "ForAnyValue:StringNotEquals": { "kms:ResourceAliases": aliasNames(scope) },
    }),
    allow("ManageKeys", ["kms:*"], keyArns(scope), ownTag(scope)),
    allow("ManageAliases", ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"], aliasArns(scope)),
  ];
}

/**
 * Allows an API or a domain by the tags that its parts inherit. The tags themselves have a path of their own, of which AWS tells no tag.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
function manageApi(scope: Scope): Statement[] {
  const path = (end: string) => gatewayArn(scope, end);
  return [
    allow("MakeApis", ["apigateway:POST"], [path("/restapis"), path("/domainnames")], newTag(scope)),
    allow("TagApis", ["apigateway:PUT"], gatewayTagsArns(scope), newTag(scope)),
    allow("ManageApis", ["apigateway:*"], [path("/restapis/*"), path("/domainnames/*")], ownTag(scope)),
    allow("ReadApiAccount", ["apigateway:GET"], path("/account")),
    ...(scope.stack.managesApiGatewayAccount ? [allow("SetApiAccount", ["apigateway:PATCH"], path("/account"))] : []),
  ];
}

/** Calls that are about no resource to AWS, so that only `*` allows them. Deliveries of logs are the ones that change something: they have
 * neither name nor tag.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html */
export const aboutNothing = [
  "cloudtrail:DescribeTrails",
  "kms:ListAliases",
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
  "states:ValidateStateMachineDefinition",
];

/** Composite alarms are described on `*` alone. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
export const describedTogether = ["cloudwatch:DescribeAlarms"];

function useAccount(scope: Scope): Statement[] {
  return [
    allow("UseAccount", [...aboutNothing, ...describedTogether], "*"),
    allow("UseManagedRules", ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"], arnOf(scope, "wafv2", "regional/managedruleset/*/*")),
  ];
}

/** Services that the stack's roles are passed to. */
export const passedTo = ["apigateway", "lambda", "pipes", "scheduler", "states"].map((service) => `${service}.amazonaws.com`);

/**
 * Returns the stack's roles, each within the boundary: no right that a deployment gives reaches further than the boundary, and no deployment
 * changes the boundary or takes it away. Those of GitHub Actions are out of reach.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function deployRoles(scope: Scope): Statement[] {
  const roles = roleArns(scope);
  const bounded: Conditions = { StringEquals: { "iam:PermissionsBoundary": boundaryArn(scope) } };
  const logging = `arn:${scope.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;
  const change = ["CreateRole", "PutRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary", "UpdateAssumeRolePolicy"];
  const look = ["GetRole", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"];
  /** None of these gives a role a right. */
  const harmless = ["DeleteRole", "UpdateRole", "UpdateRoleDescription", "TagRole", "UntagRole"];
  const iam = (actions: string[]) => actions.map((action) => `iam:${action}`);
  return [
    allow("ManageRoles", iam(change), roles, bounded),
    allow("LookAfterRoles", iam([...look, ...harmless]), roles),
    allow("AttachLoggingPolicy", iam(["AttachRolePolicy", "DetachRolePolicy"]), roles, {
      ...bounded,
      ArnEquals: { "iam:PolicyARN": logging },
    }),
    allow("PassRoles", ["iam:PassRole"], roles, { StringEquals: { "iam:PassedToService": passedTo } }),
    allow("MakeServiceLinkedRoles", ["iam:CreateServiceLinkedRole"], iamArn(scope, "role/aws-service-role/*"), {
      StringEquals: { "iam:AWSServiceName": ["ops.apigateway.amazonaws.com", "wafv2.amazonaws.com"] },
    }),
    deny("KeepFromAccess", ["iam:*"], [iamArn(scope, `role/${accessName("*")}`), iamArn(scope, `policy/${accessName("*")}`)]),
    deny("KeepBoundary", ["iam:DeleteRolePermissionsBoundary"], "*"),
    keepTag(scope),
  ];
}

/** Denies giving another stack's tag to anything. */
function keepTag(scope: Scope): Statement {
  return deny("KeepTag", ["*"], "*", {
    StringNotEquals: { "aws:RequestTag/Environment": environmentOf(scope.stack) },
    Null: { "aws:RequestTag/Environment": "false" },
  });
}
