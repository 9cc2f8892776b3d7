import { every, meets, some, type Verdict, type RequestContext } from "./conditions";
import { matches, type Principal, type Statement } from "./document";

/** A call that IAM allows or denies. */
export interface IamRequest {
  action: string;
  /** The ARN of the call's resource, or `*`. */
  resource: string;
  /** The caller: a role's ARN, or a service's name. */
  caller: { role: string } | { service: string };
  context: RequestContext;
}

/** Checks whether a statement applies to a request: action, resource and all conditions. */
function covers(statement: Statement, { action, resource, context }: IamRequest, { anyResource = false } = {}): Verdict {
  const { actions, notActions, resources, notResources, conditions } = statement;
  const aboutAction = includes(actions, action, true) || excludes(notActions, action, true);
  const aboutResource = anyResource || includes(resources, resource, false) || excludes(notResources, resource, false);
  return aboutAction && aboutResource ? every(conditions.map((condition) => meets(condition, context))) : "no";
}

function includes(patterns: string[] | undefined, value: string, ignoreCase: boolean): boolean {
  return patterns?.some((pattern) => matches(pattern, value, { ignoreCase })) ?? false;
}

function excludes(patterns: string[] | undefined, value: string, ignoreCase: boolean): boolean {
  return patterns !== undefined && !includes(patterns, value, ignoreCase);
}

/** Result of a set of policies for a request. An explicit denial is final. */
export interface Opinion {
  allow: Verdict;
  deny: Verdict;
}

/** Evaluates a role's own policies. */
export function identityOpinion(statements: readonly Statement[], request: IamRequest): Opinion {
  const of = (effect: string) => some(statements.filter((one) => one.effect === effect).map((one) => covers(one, request)));
  return { allow: of("Allow"), deny: of("Deny") };
}

/** Result of a resource's policy, for the caller and for the caller's account. */
export interface ResourceOpinion extends Opinion {
  /** Tells whether the policy allows the whole account, so that the role's own policies decide. */
  delegated: Verdict;
}

/**
 * Evaluates a resource's policy. A key's policy can name the key by `*`.
 * @param anyResource set if statements apply to the policy's own resource whatever they name, as in a trust policy
 */
export function resourceOpinion(statements: readonly Statement[], request: IamRequest, anyResource = false): ResourceOpinion {
  const decide = (effect: string, about: (statement: Statement) => boolean) =>
    some(statements.filter((one) => one.effect === effect && about(one)).map((one) => covers(one, request, { anyResource })));
  const names = ({ principals, notPrincipals }: Statement) =>
    includesCaller(principals, request) || (notPrincipals !== undefined && !includesCaller(notPrincipals, request));
  return {
    allow: decide("Allow", names),
    deny: decide("Deny", names),
    delegated: decide("Allow", ({ principals }) => "role" in request.caller && includesAccount(principals, request.caller.role)),
  };
}

function includesCaller(principals: Principal[] | undefined, { caller }: IamRequest): boolean {
  return (principals ?? []).some(({ kind, values }) => {
    if (values.includes("*") && (kind === "*" || kind === "AWS")) return true;
    return "role" in caller ? kind === "AWS" && values.includes(caller.role) : kind === "Service" && values.includes(caller.service);
  });
}

/** Returns whether principals include the role's account: its root ARN or its ID, which mean every principal that the account's IAM allows. */
function includesAccount(principals: Principal[] | undefined, roleArn: string): boolean {
  const [, partition, , , account] = roleArn.split(":");
  const root = [`arn:${partition}:iam::${account}:root`, account];
  return (principals ?? []).some(({ kind, values }) => kind === "AWS" && values.some((value) => root.includes(value)));
}

/**
 * Decides on a request within one account, as IAM does:
 * - An explicit denial wins.
 * - A role is allowed by its own policies or by the resource's.
 * - A key's policy must always allow the role or its account.
 * - A service is allowed only by the resource's policy.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/control-access-overview.html
 */
export function decide(request: IamRequest, identity: Opinion, resource: ResourceOpinion | undefined): Verdict {
  const isKey = request.action.toLowerCase().startsWith("kms:");
  if (identity.deny === "yes" || resource?.deny === "yes") return "no";
  const own = resource?.allow ?? ("role" in request.caller ? "no" : "maybe");
  if ("service" in request.caller) return own;
  if (isKey && resource) return some([own, every([resource.delegated, identity.allow])]);
  return some([identity.allow, own]);
}
