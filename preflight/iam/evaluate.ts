import { every, meets, some, type Verdict, type RequestContext } from "./conditions";
import { matches, type Principal, type Statement } from "./document";

/** A call that AWS would decide about. */
export interface IamRequest {
  action: string;
  /** The ARN that the call is about, or `*`. */
  resource: string;
  /** Who calls: a role by its ARN, or a service by its name. */
  caller: { role: string } | { service: string };
  context: RequestContext;
}

/** Tells whether a statement is about this request: its action, its resource and all of its conditions. */
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

/** What a set of identity policies says to a request; "deny" is explicit and final. */
export interface Opinion {
  allow: Verdict;
  deny: Verdict;
}

/** Returns what a role's own policies say. */
export function identityOpinion(statements: readonly Statement[], request: IamRequest): Opinion {
  const of = (effect: string) => some(statements.filter((one) => one.effect === effect).map((one) => covers(one, request)));
  return { allow: of("Allow"), deny: of("Deny") };
}

/** What a resource's policy says: to the caller itself, and to the account, which may pass it on to its roles. */
export interface ResourceOpinion extends Opinion {
  /** Whether the account as a whole is allowed: then the role's own policies decide. */
  delegated: Verdict;
}

/**
 * Tells what a resource's policy says. A key's policy may say `*` for the key itself; any other statement names its resource.
 * @param anyResource whether the policy is about its own resource whatever it says, as a trust policy is
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

/**
 * Tells whether the account's root, or its bare number, is among the principals: it stands for every principal that the account's IAM
 * allows.
 */
function includesAccount(principals: Principal[] | undefined, roleArn: string): boolean {
  const [, partition, , , account] = roleArn.split(":");
  const root = [`arn:${partition}:iam::${account}:root`, account];
  return (principals ?? []).some(({ kind, values }) => kind === "AWS" && values.some((value) => root.includes(value)));
}

/**
 * IAM's decision within one account: an explicit denial wins; a role is allowed by its own policies or by the resource's,
 * but of a key, its policy must allow the role or the account in every case; a service is allowed by the resource's alone.
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
