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

/** Services whose resources all have a name of domain/names.ts. */
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
 * Allows `pulumi up` to manage the stack's own resources, and no other stack's: the part where the name tells whose a resource is.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export function manageNamed(scope: Scope): Statement {
  const dashboards = ["cloudwatch:PutDashboard", "cloudwatch:GetDashboard", "cloudwatch:DeleteDashboards"];
  return allow("ManageNamed", [...servicesWithNames.map((service) => `${service}:*`), ...dashboards], namedArns(scope));
}

/** Allows managing resources whose name does not tell, because AWS chooses it or it contains a source's or an alarm's name. Their statements
 * require the tag `Environment`, which the program's provider sets on everything. */
export function manageTagged(scope: Scope): Statement[] {
  return [...manageSecrets(scope), ...manageAlarms(scope), ...manageKeys(scope), ...manageApi(scope), ...useAccount(scope)];
}

/** Allows managing the stack's secrets. The name alone does not tell: `webhook-*-dev` also matches `webhook-stripe-my-dev`. */
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

/** Allows managing the stack's keys. A key is tagged on `*` while it is created, because its ID is unknown before. A new key has no alias, so
 * tagging a key with another stack's alias is denied.
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

/** Allows managing the stack's API and domain, whose parts inherit their tags. Tags have a separate path, for which AWS sends no tag.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html */
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

/** Actions that AWS allows only on `*`. Of these, only the log deliveries change something: they have neither name nor tag.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html */
export const actionsWithoutResource = [
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

/** Composite alarms can be described only on `*`. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
export const describedTogether = ["cloudwatch:DescribeAlarms"];

function useAccount(scope: Scope): Statement[] {
  return [
    allow("UseAccount", [...actionsWithoutResource, ...describedTogether], "*"),
    allow("UseManagedRules", ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"], arnOf(scope, "wafv2", "regional/managedruleset/*/*")),
  ];
}

/** Services to which the stack's roles can be passed. */
export const passedTo = ["apigateway", "lambda", "pipes", "scheduler", "states"].map((service) => `${service}.amazonaws.com`);

/**
 * Allows managing the stack's roles, each with the boundary. A deployment can neither grant more than the boundary, nor change or remove it,
 * nor touch the roles of GitHub Actions.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function deployRoles(scope: Scope): Statement[] {
  const roles = roleArns(scope);
  const bounded: Conditions = { StringEquals: { "iam:PermissionsBoundary": boundaryArn(scope) } };
  const logging = `arn:${scope.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;
  const change = ["CreateRole", "PutRolePolicy", "DeleteRolePolicy", "PutRolePermissionsBoundary", "UpdateAssumeRolePolicy"];
  const look = ["GetRole", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"];
  /** Actions that grant nothing to a role. */
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

/** Denies setting another stack's tag, which would let the other stack manage the resource. */
function keepTag(scope: Scope): Statement {
  return deny("KeepTag", ["*"], "*", {
    StringNotEquals: { "aws:RequestTag/Environment": environmentOf(scope.stack) },
    Null: { "aws:RequestTag/Environment": "false" },
  });
}
