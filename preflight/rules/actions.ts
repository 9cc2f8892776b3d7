import { Type } from "../../graph/types";
import type { Problems } from "../check";
import { actionsOf, arnFormOf, isService } from "../iam/catalog";
import { matches, parseStatements, type Statement } from "../iam/document";
import { resourceOpinion } from "../iam/evaluate";
import { overlap } from "../iam/glob";
import { networkActions } from "../iam/managed";
import { eachPolicy, eachStatement } from "../iam/places";
import type { RuleEntry } from "../rule";

/** Checks each statement by which a role is allowed something. */
const eachGrant = (problems: (statement: Statement) => Problems) =>
  eachStatement((statement, { kind }) => kind === "identity" && statement.effect === "Allow" && problems(statement));

/** Rules over what actions and resources mean, by AWS's own catalog of them. */
export const actionRules: RuleEntry[] = [
  {
    id: "policy-action-unknown",
    awsError: "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    cause: "There is no such action: IAM refuses one without a service, and lets a misspelt one pass, which then allows nothing.",
    fix: "Write the action as the service authorization reference has it.",
    link: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    check: eachStatement(({ actions = [], notActions = [] }) =>
      [...actions, ...notActions].filter((action) => !exists(action)).map((action) => `names the action ${action}`),
    ),
  },
  {
    id: "policy-resource-mismatch",
    awsError: "silent: the statement does not allow the action, which is never about such a resource",
    cause: "An action and the resources beside it do not fit: the action is about another kind of ARN.",
    fix: "Give the action an ARN of the form that the service authorization reference names for it.",
    link: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    check: eachGrant(({ actions = [], resources }) =>
      actions
        .filter((action) => isLimitable(action) && resources?.every((resource) => resource.startsWith("arn:") && !fits(action, resource)))
        .map((action) => `allows ${action} on ${resources?.join(", ")}, which it is never about`),
    ),
  },
  {
    id: "policy-resource-ignored",
    severity: "warning",
    awsError: "silent: the statement does not allow the action, which AWS checks against * alone",
    cause: "The action is about no resource that could be named; with an ARN beside it, it is not allowed.",
    fix: "Allow the action in a statement of its own, on *.",
    link: "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    check: eachGrant(
      ({ actions = [], resources }) =>
        resources?.every((resource) => resource !== "*") &&
        actions.every(isUnlimitable) &&
        actions.map((action) => `allows ${action} on ${resources.join(", ")}`),
    ),
  },
  {
    id: "policy-action-scope",
    awsError: "InvalidParameter: Invalid parameter: Policy statement action out of service scope!",
    cause: "The policy of a queue, a topic or a key names an action that is never about one.",
    fix: "Name only actions of the resource's own service that are about such a resource.",
    link: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
    check: eachStatement(({ actions = [] }, { resource: { type }, kind }) => {
      const scope = scopes[type];
      if (scope === undefined || kind !== "resource") return false;
      return actions.filter((action) => exists(action) && !isInScope(action, scope)).map((action) => `names ${action}`);
    }),
  },
  {
    id: "policy-wildcard-action",
    severity: "warning",
    awsError: "silent: the role may do far more than it needs, whatever is added to the service later included",
    cause: "A role of a program is given all actions, or all of a service.",
    fix: "List the actions that are called.",
    link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    check: eachGrant(({ actions = [] }) => actions.filter((action) => /^(\*|[\w-]+:\*)$/.test(action)).map((action) => `allows ${action}`)),
  },
  {
    id: "policy-wildcard-resource",
    severity: "warning",
    awsError: "silent: the role may reach every resource of the kind in the account, not only this program's",
    cause: "An action that can be limited to a resource is allowed on *.",
    fix: "Name the ARN of the resource.",
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
    cause: "Nobody in the account may change the key's policy any more.",
    fix: "Keep the default statement that allows kms:* to the account's root.",
    link: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    check: eachPolicy(
      ({ resource: { type, inputs }, document }) =>
        isKey(type) &&
        document &&
        inputs.bypassPolicyLockoutSafetyCheck !== true &&
        !parseStatements(document).some(letsAdminister) &&
        "its policy lets no principal of the account put another policy",
    ),
  },
  {
    id: "key-needless-lambda-principal",
    severity: "warning",
    awsError: "silent: any function of the service's side is trusted with the key, and nothing needs it",
    cause:
      "Lambda decrypts a function's environment with the function's role; a key policy that names the service gives more than is used.",
    fix: "Remove lambda.amazonaws.com from the key's policy and allow kms:Decrypt to the function's role.",
    link: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html",
    check: eachPolicy(({ resource, document }) => {
      if (!isKey(resource.type) || !document) return false;
      const request = { action: "kms:Decrypt", resource: "*", caller: { service: "lambda.amazonaws.com" }, context: {} };
      return resourceOpinion(parseStatements(document), request, true).allow !== "no" && "its policy names lambda.amazonaws.com";
    }),
  },
];

/** The service of a resource that has a policy, and what that service calls it. */
const scopes: Readonly<Record<string, { service: string; resourceType: string }>> = {
  [Type.queue]: { service: "sqs", resourceType: "queue" },
  [Type.queuePolicy]: { service: "sqs", resourceType: "queue" },
  [Type.topic]: { service: "sns", resourceType: "topic" },
  [Type.topicPolicy]: { service: "sns", resourceType: "topic" },
  [Type.key]: { service: "kms", resourceType: "key" },
  [Type.keyPolicy]: { service: "kms", resourceType: "key" },
};

/** What is about a subscription or the account, though the catalog has it beside topics.
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

/** Tells whether an action, or one that a pattern stands for, exists. */
function exists(action: string): boolean {
  if (action === "*") return true;
  const [service, name] = action.split(":");
  if (name === undefined || !isService(service.toLowerCase())) return false;
  if (!/[*?]/.test(name)) return actionsOf(service)[name.toLowerCase()] !== undefined;
  return Object.keys(actionsOf(service)).some((known) => matches(name.toLowerCase(), known));
}

/** Tells whether an action can be about a resource of this form. */
function fits(action: string, resource: string): boolean {
  if (resource === "*" || resource.includes("${")) return true;
  const [service, name] = action.split(":");
  const forms = (actionsOf(service)[name.toLowerCase()]?.resourceTypes ?? []).map((type) => arnFormOf(service, type.name));
  return forms.some((form) => form === undefined || overlap(form.replace(/\$\{\w+\}/g, "*"), resource));
}

/** Tells whether AWS checks an action against `*` alone. */
const isUnlimitable = (action: string) => !/[*?]/.test(action) && exists(action) && !isLimitable(action);

function isLimitable(action: string): boolean {
  const [service, name] = action.split(":");
  return (actionsOf(service)[name?.toLowerCase()]?.resourceTypes ?? []).length > 0;
}
