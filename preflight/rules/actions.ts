import { Type } from "../graph/types";
import type { Problems } from "../check";
import { actionsOf, arnFormOf, isService } from "../iam/catalog";
import { matches, parseStatements, type Statement } from "../iam/document";
import { resourceOpinion } from "../iam/evaluate";
import { overlap } from "../iam/glob";
import { networkActions } from "../iam/managed";
import { eachPolicy, eachStatement } from "../iam/places";
import type { RuleEntry } from "../rule";

/** Checks each statement that allows an identity something. */
const eachGrant = (problems: (statement: Statement) => Problems) =>
  eachStatement((statement, { kind }) => kind === "identity" && statement.effect === "Allow" && problems(statement));

/** Rules for actions and resources, by AWS's service authorization reference. */
export const actionRules: RuleEntry[] = [
  {
    id: "policy-action-unknown",
    awsError: "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    cause: "The action does not exist. IAM refuses one without a service, and accepts a misspelled one, which allows nothing.",
    fix: "Use an action of the service authorization reference.",
    link: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    check: eachStatement(({ actions = [], notActions = [] }) =>
      [...actions, ...notActions].filter((action) => !exists(action)).map((action) => `has the unknown action ${action}`),
    ),
  },
  {
    id: "policy-resource-mismatch",
    awsError: "silent: the statement does not allow the action, because the action does not apply to this type of resource",
    cause: "The action applies to another kind of ARN than the statement's resources.",
    fix: "Use an ARN of the form that the service authorization reference lists for the action.",
    link: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    check: eachGrant(({ actions = [], resources }) =>
      actions
        .filter((action) => isLimitable(action) && resources?.every((resource) => resource.startsWith("arn:") && !fits(action, resource)))
        .map((action) => `allows ${action} on ${resources?.join(", ")}, to which it does not apply`),
    ),
  },
  {
    id: "policy-resource-ignored",
    severity: "warning",
    awsError: "silent: the statement does not allow the action, because AWS checks this action only against *",
    cause: "The action cannot be limited to a resource, so a statement with an ARN does not allow it.",
    fix: "Allow the action on * in a separate statement.",
    link: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    check: eachGrant(
      ({ actions = [], resources }) =>
        resources?.every((resource) => resource !== "*") &&
        actions.every(isUnlimitable) &&
        actions.map((action) => `allows ${action} on ${resources.join(", ")}. AWS checks it only against *`),
    ),
  },
  {
    id: "policy-action-scope",
    awsError: "InvalidParameter: Invalid parameter: Policy statement action out of service scope!",
    cause: "The policy of a queue, topic or key contains an action that does not apply to that kind of resource.",
    fix: "Use only actions of the resource's own service that apply to it.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
    check: eachStatement(({ actions = [] }, { resource: { type }, kind }) => {
      const scope = scopes[type];
      if (scope === undefined || kind !== "resource") return false;
      return actions
        .filter((action) => exists(action) && !isInScope(action, scope))
        .map((action) => `has ${action}, which does not apply to this resource`);
    }),
  },
  {
    id: "policy-wildcard-action",
    severity: "warning",
    awsError: "silent: the role has far more permissions than it needs, including future actions of the service",
    cause: "The policy allows all actions, or all of a service.",
    fix: "List the actions that the program calls.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    check: eachGrant(({ actions = [] }) => actions.filter((action) => /^(\*|[\w-]+:\*)$/.test(action)).map((action) => `allows ${action}`)),
  },
  {
    id: "policy-wildcard-resource",
    severity: "warning",
    awsError: "silent: the role has access to every such resource in the account, not only to this program's",
    cause: "The policy allows an action on * that can be limited to a resource.",
    fix: "Use the ARN of the resource.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    check: eachGrant(
      ({ actions = [], resources, conditions }) =>
        resources?.includes("*") &&
        conditions.length === 0 &&
        actions.every(isLimitable) &&
        actions.filter((action) => !networkActions.includes(action)).map((action) => `allows ${action} on *`),
    ),
  },
  {
    id: "key-policy-lockout",
    awsError: "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.",
    cause: "No principal in the account could change the key's policy again.",
    fix: "Keep the default statement that allows kms:* to the account's root.",
    link: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    check: eachPolicy(
      ({ resource: { type, inputs }, document }) =>
        isKey(type) &&
        document &&
        inputs.bypassPolicyLockoutSafetyCheck !== true &&
        !parseStatements(document).some(letsAdminister) &&
        "its policy does not allow kms:PutKeyPolicy to any principal of the account",
    ),
  },
  {
    id: "key-needless-lambda-principal",
    severity: "warning",
    awsError: "silent: the key's policy trusts the whole Lambda service, and nothing needs it",
    cause: "Lambda decrypts a function's environment with the function's role, so the service itself needs no access to the key.",
    fix: "Remove lambda.amazonaws.com from the key's policy, and allow kms:Decrypt to the function's role.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
    check: eachPolicy(({ resource, document }) => {
      if (!isKey(resource.type) || !document) return false;
      const request = { action: "kms:Decrypt", resource: "*", caller: { service: "lambda.amazonaws.com" }, context: {} };
      return (
        resourceOpinion(parseStatements(document), request, true).allow !== "no" && "its policy allows kms:Decrypt to lambda.amazonaws.com"
      );
    }),
  },
];

/** Service and resource type of resources with a policy, as the service authorization reference names them. */
const scopes: Readonly<Record<string, { service: string; resourceType: string }>> = {
  [Type.queue]: { service: "sqs", resourceType: "queue" },
  [Type.queuePolicy]: { service: "sqs", resourceType: "queue" },
  [Type.topic]: { service: "sns", resourceType: "topic" },
  [Type.topicPolicy]: { service: "sns", resourceType: "topic" },
  [Type.key]: { service: "kms", resourceType: "key" },
  [Type.keyPolicy]: { service: "kms", resourceType: "key" },
};

/** Actions on subscriptions or the account that the reference lists for topics, too.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html */
const outOfScope = ["sns:setsubscriptionattributes", "sns:getsubscriptionattributes", "sns:unsubscribe", "sns:createtopic"];

function isInScope(action: string, { service, resourceType }: { service: string; resourceType: string }): boolean {
  if (action === "*") return true;
  const [prefix, name] = action.toLowerCase().split(":");
  if (prefix !== service || outOfScope.includes(action.toLowerCase())) return false;
  if (/[*?]/.test(name)) return true;
  const types = actionsOf(service)[name].resourceTypes;
  return types.length === 0 || types.some((type) => type.name === resourceType);
}

const isKey = (type: string) => type === Type.key || type === Type.keyPolicy;

function letsAdminister({ effect, principals, actions, notActions }: Statement): boolean {
  const puts = actions?.some((action) => matches(action, "kms:PutKeyPolicy", { ignoreCase: true })) ?? notActions !== undefined;
  const people = (principals ?? []).some(({ kind, values }) => kind === "*" || (kind === "AWS" && values.length > 0));
  return effect === "Allow" && puts && people;
}

/** Returns whether an action exists, or any that matches a pattern. */
function exists(action: string): boolean {
  if (action === "*") return true;
  const [service, name] = action.split(":");
  if (name === undefined || !isService(service.toLowerCase())) return false;
  if (!/[*?]/.test(name)) return actionsOf(service)[name.toLowerCase()] !== undefined;
  return Object.keys(actionsOf(service)).some((known) => matches(name.toLowerCase(), known));
}

/** Returns whether an action applies to a resource of this form. */
function fits(action: string, resource: string): boolean {
  if (resource === "*" || resource.includes("${")) return true;
  const [service, name] = action.split(":");
  const forms = (actionsOf(service)[name.toLowerCase()]?.resourceTypes ?? []).map((type) => arnFormOf(service, type.name));
  return forms.some((form) => form === undefined || overlap(form.replace(/\$\{\w+\}/g, "*"), resource));
}

/** Returns whether AWS checks an action only against `*`. */
const isUnlimitable = (action: string) => !/[*?]/.test(action) && exists(action) && !isLimitable(action);

function isLimitable(action: string): boolean {
  const [service, name] = action.split(":");
  return (actionsOf(service)[name?.toLowerCase()]?.resourceTypes ?? []).length > 0;
}
